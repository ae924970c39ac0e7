"""One blueprint per journey."""
