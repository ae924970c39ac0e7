"""What the notes of a meeting are called, and the outcome that is no decision."""

NOTES: dict[str, str] = {
    "situation": "Situation",
    "action_to_date": "Action to date",
    "latest": "Latest news",
    "persons_view": "The person’s view",
}
"""The notes of an item by field, in the order in which they are asked for."""

NOTE_LENGTH = 4_000
RATIONALE_LENGTH = 2_000

NOT_REACHED = "not_reached"
NOT_REACHED_WORDS = "Not reached: carried over to the next meeting"
"""There was no time for the item. It is no decision, and so no word of `MdtDecisionKind`."""
