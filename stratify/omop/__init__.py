"""Somebody else's records: an OMOP CDM 5.x database turned into an extract pack."""
