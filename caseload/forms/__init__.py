"""What a page asks for, and what is wrong with what it was given, in whole sentences."""
