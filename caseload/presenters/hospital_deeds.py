"""What hospitals' messages did, and what somebody decided about them, in words."""

HOSPITAL_ACTIONS: dict[str, str] = {
    "feed.heard_again": "A hospital’s feed was heard again",
    "feed.silent": "A hospital’s feed fell silent",
    "hospital_message.read": "Read the text of a hospital’s message",
    "hospital_number.link": "Linked a hospital’s number to the person",
    "hospital_number.merge": "A hospital merged or changed its numbers for the person",
    "hospital_number.undo": "Took back what a hospital said of its numbers or visits",
    "hospital_stay.change": "A hospital told of a stay",
    "hospital_visit.move": "A hospital moved a visit",
    "message.apply": "Acted on a hospital’s message",
    "message.correct": "Put a hospital’s message right",
    "message.dismiss": "Dismissed a hospital’s message",
    "message.held": "A hospital’s message was held",
    "message.link": "Said whom a hospital’s message is about",
    "message.pass_over": "A hospital’s message was not acted on",
    "message.retry": "Had a hospital’s message decided on again",
    "person.told": "A hospital told of the person’s death, move or details",
}
"""By code of the audit log."""

HOSPITAL_PAGES: dict[str, str] = {
    "hospital.raw": "Read a hospital’s message about the person",
    "hospital_acts.ask_correct": "Opened a hospital’s message to put it right",
    "hospital_acts.correct": "Opened a hospital’s message to put it right",
    "hospital_acts.link": "Compared a hospital’s message with the person’s record",
}
"""Looks, by page."""

HOSPITAL_JOURNEYS: dict[str, str] = {
    "hospital": "Messages of hospitals",
    "hospital_acts": "Settled a hospital’s message",
}
