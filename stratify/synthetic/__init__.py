"""The made-up borough: for the demonstration, the tests and the docs. Nothing here knows of a feature or a model."""
