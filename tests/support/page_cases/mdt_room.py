"""In the room of a team meeting, and its actions afterwards."""

from tests.support.page_cases.page_case import PageCase, refused

_NOW, _OVER, _READY = "/mdt/meetings/{mdt_now}", "/mdt/meetings/{mdt_over}", "/mdt/meetings/{mdt_ready}"

CASES: dict[str, tuple[PageCase, ...]] = {
    "mdt_room.room": (
        PageCase("many", "navigator", f"{_NOW}/room", "Not shown to you"),
        PageCase("read only", "volunteer", f"{_NOW}/room", "Not shown to you"),
        PageCase("closed", "chair", f"{_OVER}/room", "Closed"),
        PageCase("to come", "chair", "/mdt/meetings/{agenda_locked}/room", "You can prepare notes now."),
        PageCase("empty", "navigator", "/mdt/meetings/{mdt_empty}/room", "There is nobody on this agenda."),
    ),
    "mdt_room.item": (
        PageCase("written", "navigator", "/mdt/items/{mdt_item_1}", "Two falls in a month"),
        PageCase("empty", "chair", "/mdt/items/{mdt_item_6}", "Item 5 of 5"),
        PageCase("read only", "ash.gp", "/mdt/items/{mdt_item_1}", "Two falls in a month"),
        PageCase("restricted", "ash.gp", "/mdt/items/{mdt_item_4}", "Restricted record."),
        PageCase("deceased", "navigator", "/mdt/items/{mdt_item_5}", "Died on"),
        PageCase("closed", "navigator", "/mdt/items/{mdt_item_over}", "Continue as planned"),
        refused(
            "navigator",
            "/mdt/items/{mdt_item_6}",
            "/mdt/items/{mdt_item_6}",
            "Enter why this was decided",
            outcome="refer",
        ),
    ),  # fmt: skip
    "mdt_room.action": (
        PageCase("one", "navigator", "/mdt/actions/{mdt_action}", "Visit at home"),
        refused(
            "navigator", "/mdt/actions/{mdt_action}", "/mdt/actions/{mdt_action}", "Enter what has to be done", what=""
        ),
    ),
    "mdt_room.attendance": (
        PageCase("many", "navigator", f"{_NOW}/attendance", "Pat Example"),
        PageCase("read only", "ash.gp", f"{_NOW}/attendance", "Pat Example"),
        refused("navigator", f"{_NOW}/attendance", "/guests", "Enter the guest’s name", name=" "),
    ),
    "mdt_room.closing": (
        PageCase("missing", "chair", f"{_NOW}/close", "Still missing"),
        PageCase("ready", "chair", f"{_READY}/close", "What closing does"),
        PageCase("closed", "chair", f"{_OVER}/close", "This meeting is closed."),
        PageCase(
            "error",
            "chair",
            "/mdt/meetings/{mdt_empty}/close",
            "Enter why the meeting is closed without its quorum",
            send=("/close", {"no_quorum_reason": ""}),
            status=422,
        ),
    ),  # fmt: skip
    "mdt_room.minutes": (
        PageCase("draft", "navigator", f"{_NOW}/minutes", "Draft."),
        PageCase("closed", "chair", f"{_OVER}/minutes", "Minutes"),
        PageCase("redacted", "volunteer", f"{_OVER}/minutes", "Not shown to you"),
    ),
    "mdt_actions.show": (
        PageCase("many", "navigator", "/mdt/actions", "Ring her daughter"),
        PageCase("empty", "south.navigator", "/mdt/actions", "No action of a meeting is waiting"),
        PageCase("mine", "ash.gp", "/mdt/actions?mine=1", "Ask the pharmacy for large labels"),
        PageCase("nothing due", "ash.gp", "/mdt/actions", "How much was done", place="quiet"),
    ),
}
