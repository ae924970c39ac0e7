"""The extract pack: table specifications, readers, rules and the report on a pack."""
