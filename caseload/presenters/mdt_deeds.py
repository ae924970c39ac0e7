"""What the audit log says of what is done in the room of a meeting."""

MDT_ACTIONS: dict[str, str] = {
    "mdt.action_add": "Wrote down an action of a team meeting",
    "mdt.action_change": "Changed an action of a team meeting",
    "mdt.action_remove": "Removed an action of a team meeting",
    "mdt.attendance": "Wrote down who came to a team meeting",
    "mdt.carry_over": "Carried items over to the next team meeting",
    "mdt.close": "Closed a team meeting",
    "mdt.guest": "Added a guest to a team meeting",
    "mdt.guest_remove": "Removed a guest from a team meeting",
    "mdt.notes": "Wrote notes at a team meeting",
    "mdt.outcome": "Recorded what a team meeting decided",
}
"""Changes, by their code."""

MDT_PAGES: dict[str, str] = {
    "mdt_room.room": "The agenda in the room of a team meeting",
    "mdt_room.item": "Opened an item of a team meeting",
    "mdt_room.save": "Opened an item of a team meeting",
    "mdt_room.action": "Opened an action of a team meeting",
    "mdt_room.change": "Opened an action of a team meeting",
    "mdt_room.closing": "Checked a team meeting before closing it",
    "mdt_room.close": "Checked a team meeting before closing it",
    "mdt_room.minutes": "Read the minutes of a team meeting",
    "mdt_room.minutes_as_pdf": "Made the minutes of a team meeting as a file",
    "mdt_actions.show": "Actions of team meetings",
}
"""Pages that show people, by endpoint."""
