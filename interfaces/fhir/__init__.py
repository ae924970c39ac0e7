"""HL7 FHIR R4 (4.0.1), UK Core where it has a profile: our records as JSON, and what comes in read strictly."""
