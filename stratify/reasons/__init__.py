"""Why somebody's score is what it is: groups of contributions in words, with source and dates."""
