"""Rows and rules put into the words and shapes a page shows."""
