"""What comes in from outside: monthly runs and the pack they were made from."""
