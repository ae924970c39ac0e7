"""People and their histories in, scores with reasons out."""
