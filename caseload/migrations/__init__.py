"""How the case database comes to be and changes: Alembic's steps, packaged with the app."""
