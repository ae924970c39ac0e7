"""What each part of a report says: figures turned into words, tables and charts for the templates."""
