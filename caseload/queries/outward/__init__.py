"""What may leave through the API: for each FHIR resource the records a viewer may be sent."""
