"""The accountable lead, handovers and leavers."""

from tests.support.page_cases.page_case import PageCase, refused

CASES: dict[str, tuple[PageCase, ...]] = {
    "lead.show": (
        PageCase("named", "ash.manager", "/cases/{c1}/lead", "Ash Gp"),
        PageCase("nobody", "ash.manager", "/cases/{c2}/lead", "h1"),
        PageCase("to name", "cedar.manager", "/cases/{c146}/lead", "h1", place="busy"),
        PageCase("proposed", "birch.manager", "/cases/{c6}/lead", "On leave until", place="leaving"),
        PageCase("read only", "ash.partner", "/cases/{c1}/lead", "Ash Gp"),
        PageCase("restricted", "ash.manager", "/cases/{c4}/lead", "Restricted record."),
        PageCase("deceased", "ash.manager", "/cases/{c5}/lead", "Died on"),
        PageCase(
            "error",
            "cedar.manager",
            "/cases/{c146}/lead",
            "There is a problem",
            place="busy",
            send=("/lead", {"override_note": ""}),
            status=422,
        ),
    ),
    "lead.team": (
        PageCase("empty", "birch.manager", "/cases/{c6}/team", "h1"),
        PageCase("one", "ash.manager", "/cases/{c1}/team", "Pat Example"),
        PageCase("deceased", "ash.manager", "/cases/{c5}/team", "Died on"),
        refused("ash.manager", "/cases/{c1}/team", "/team", "There is a problem", **{"from_on-day": ""}),
    ),
    "handovers.ask": (
        PageCase("one", "ash.partner", "/cases/{c4}/handover", "h1"),
        PageCase("restricted", "ash.partner", "/cases/{c4}/handover", "Restricted record."),
        refused("ash.partner", "/cases/{c4}/handover", "/handover", "There is a problem"),
    ),
    "handovers.show": (
        PageCase("empty", "nurse", "/handovers", "h1", place="quiet"),
        PageCase("one", "ash.gp", "/handovers", "FAMILY1"),
        PageCase("many", "ash.partner", "/handovers", "FAMILY6"),
        refused("ash.partner", "/handovers", "/handovers", "There is a problem"),
    ),
    "handovers.show_one": (
        PageCase("to answer", "ash.partner", "/handovers/{handover_1}", "FAMILY1"),
        PageCase("asked", "ash.gp", "/handovers/{handover_1}", "FAMILY1"),
        refused("ash.partner", "/handovers/{handover_1}", "/{handover_1}", "There is a problem"),
    ),
    "leavers.show": (
        PageCase("empty", "ash.manager", "/leavers", "h1", place="quiet"),
        PageCase("one", "birch.manager", "/leavers", "Birch Gp"),
    ),
    "leavers.new": (
        PageCase("one", "ash.manager", "/leavers/new", "h1"),
        refused("ash.manager", "/leavers/new", "/leavers/new", "There is a problem"),
    ),
    "lead.letter": (PageCase("one", "ash.manager", "/cases/{c1}/letter", "Who leads your care"),),
    "leavers.show_one": (
        PageCase("one", "birch.manager", "/leavers/{journey}", "Birch Gp"),
        PageCase("to choose", "ash.manager", "/leavers/{leaving}", "Ready to send.", place="leaving"),
        PageCase(
            "error",
            "ash.manager",
            "/leavers/{leaving}",
            "Select who takes over",
            place="leaving",
            send=("/rest", {"successor_id": ""}),
            status=422,
        ),
    ),
    "leavers.look_before_sending": (
        PageCase("one", "birch.manager", "/leavers/{journey}/send", "Birch Gp"),
        PageCase("many", "ash.manager", "/leavers/{leaving}/send", "FAMILY3", place="leaving"),
        PageCase(
            "error",
            "ash.manager",
            "/leavers/{leaving}/send",
            "Enter why the cases are handed over",
            place="leaving",
            send=("/send", {"reason": ""}),
            status=422,
        ),
    ),
}
