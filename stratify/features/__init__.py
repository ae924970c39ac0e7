"""What is known about each person before an index date, as numbers a risk model can read."""
