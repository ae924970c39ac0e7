"""Hospital messages: feeds, what is held, one message, its text, what is done about it, changes of identity."""

from tests.support.page_cases.page_case import PageCase, refused

WHO = "data.quality"
LINK = {"nhs_number": "999 000 0999", "born-day": "15", "born-month": "7", "born-year": "1958"}
PERSON_2 = {**LINK, "nhs_number": "999 000 0026"}

CASES: dict[str, tuple[PageCase, ...]] = {
    "hospital.feeds": (
        PageCase("many", WHO, "/hospital", "Told on 5 October"),
    ),
    "hospital.held": (
        PageCase("many", WHO, "/hospital/held", "The NHS number was not traced"),
        PageCase("filtered", WHO, "/hospital/held?feed=royal&reason=date", "This list is filtered"),
        PageCase("empty", WHO, "/hospital/held", "No message is held.", place="quiet"),
    ),
    "hospital.message": (
        PageCase("one", WHO, "/hospital/messages/{hm_link}", "Link it to a person"),
        PageCase("closed", WHO, "/hospital/messages/{hm_restricted}", "is not shown to you"),
        PageCase("settled", WHO, "/hospital/messages/{hm_merge}", "Changed numbers or visits"),
        PageCase("no feed", WHO, "/hospital/messages/{hm_dismiss}", "You can dismiss it."),
        PageCase("not there", WHO, "/hospital/messages/9999999", "Page not found", status=404),
        refused(WHO, "/hospital/messages/{hm_link}", "/dismiss", "Say why nothing is to be done about it", note=" "),
    ),
    "hospital.raw": (
        PageCase("one", WHO, "/hospital/messages/{hm_date}/raw", "PID-7, look here"),
        PageCase("not there", WHO, "/hospital/messages/{hm_restricted}/raw", "Page not found", status=404),
    ),
    "hospital.changes": (
        PageCase("many", WHO, "/hospital/identities", "Taken back"),
        PageCase("empty", WHO, "/hospital/identities", "No number was changed", place="quiet"),
    ),
    "hospital.change": (
        PageCase("one", WHO, "/hospital/identities/{hc_merge}", "Take this change back"),
        PageCase("taken back", WHO, "/hospital/identities/{hc_undone}", "Taken back"),
    ),
    "hospital_acts.ask_correct": (
        PageCase("one", WHO, "/hospital/messages/{hm_date}/correct", "one segment a line"),
        refused(WHO, "/hospital/messages/{hm_date}/correct", "/correct", "Nothing was changed", note="Asked the ward"),
    ),
    "hospital_acts.ask_link": (
        PageCase("one", WHO, "/hospital/messages/{hm_link}/link", "Find the person"),
        PageCase(
            "confirm", WHO, "/hospital/messages/{hm_link}/link", "Is message", send=("/link", PERSON_2),
        ),
        refused(WHO, "/hospital/messages/{hm_link}/link", "/link", "There is nobody to link", **LINK),
    ),
}  # fmt: skip
