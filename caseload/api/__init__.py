"""What programs are answered: OAuth 2 for tokens, FHIR R4 for everything else. No page, no cookie, no session."""
