"""What programs do and read, and what is done about programs, in words for the audit log and the page of looks."""

PROGRAM_ACTIONS: dict[str, str] = {
    "flag.acknowledge": "Said that a flag was taken over",
    "message.write": "Wrote to the care team",
    "message.read": "Marked a partner’s message as read",
}
"""About somebody."""

PROGRAM_WORDS: dict[str, str] = {
    "client.add": "Let a program in",
    "client.change": "Changed a program",
    "client.end": "Shut a program out",
    "export.ask": "Asked for a bulk export",
    "export.delete": "Deleted a bulk export",
    "export.made": "Made the files of a bulk export",
    "export.failed": "Could not make a bulk export",
    "token.issue": "Was given a token for the API",
    "token.let_in": "Let a program act for them",
    "token.code_again": "A program sent a used code again; its tokens were revoked",
    "token.revoke": "Gave a token for the API back",
}
"""About programs and tokens: nobody in particular."""

PROGRAM_JOURNEYS: dict[str, str] = {
    "api": "A program read the record through the API",
    "api_for": "A program that they let in read the record",
    "export": "Was in a bulk export, without name or number",
    "partner_messages": "Messages from partners",
}
"""Looks; what stands behind the full stop is the kind of resource."""
