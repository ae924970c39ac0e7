"""What the audit log says of what is done about team meetings and their agendas."""

AGENDA_ACTIONS: dict[str, str] = {
    "agenda.add": "Put the person on the agenda of a team meeting",
    "agenda.build": "Built the agenda of a team meeting",
    "agenda.lock": "Locked the agenda of a team meeting",
    "agenda.order": "Changed the order of the agenda of a team meeting",
    "agenda.remove": "Took the person off the agenda of a team meeting",
    "agenda.unlock": "Unlocked the agenda of a team meeting",
    "mdt_request.make": "Asked that a team meeting discuss the person",
    "mdt_request.take_back": "Took back that a team meeting should discuss the person",
    "mdt_series.change": "Changed a series of team meetings",
    "mdt_series.create": "Set up a series of team meetings",
    "mdt_series.end": "Ended a series of team meetings",
    "meeting.cancel": "Cancelled a team meeting",
    "meeting.move": "Moved a team meeting to another day",
    "meeting.plan": "Planned team meetings",
}
"""Changes, by their code."""

AGENDA_PAGES: dict[str, str] = {
    "agenda.show": "The agenda of a team meeting",
    "agenda.adding": "Opened the form that puts the person on an agenda",
    "agenda.add": "Opened the form that puts the person on an agenda",
    "agenda.removing": "Opened the form that takes the person off an agenda",
    "agenda.remove": "Opened the form that takes the person off an agenda",
    "agenda.asking": "Opened the form that asks for a team discussion",
    "agenda.ask": "Opened the form that asks for a team discussion",
    "meetings.home": "Requests for team discussions",
}
"""Pages that show people, by endpoint."""
