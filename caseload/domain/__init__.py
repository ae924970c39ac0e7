"""Pure rules of the team's day: no web, no database."""
