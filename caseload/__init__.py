"""The team's day: who to look at, what was decided, what happened."""
