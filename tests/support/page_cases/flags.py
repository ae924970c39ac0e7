"""Flags for urgent care."""

from tests.support.page_cases.page_case import PageCase, refused

NEW = "/people/{p6}/flags/new/has_care_plan"

CASES: dict[str, tuple[PageCase, ...]] = {
    "flags.show": (
        PageCase("empty", "birch.gp", "/people/{p6}/flags", "There is no flag about this person, and there never was."),
        PageCase("many", "ash.gp", "/people/{p1}/flags", "Her daughter lives there now."),
        PageCase("taken over", "navigator", "/people/{p1}/flags", "Nurse"),
        PageCase("read only", "ash.manager", "/people/{p2}/flags", "No flag can be set now."),
        PageCase("restricted", "ash.manager", "/people/{p4}/flags", "This record is restricted."),
        PageCase("opened in an emergency", "nurse", "/people/{p4}/flags", "Restricted record."),
        PageCase("deceased", "ash.manager", "/people/{p5}/flags", "This person has died."),
    ),
    "flags.new": (
        PageCase("one", "birch.gp", NEW, "Set a flag: Has a care plan"),
        PageCase("read only", "ash.manager", "/people/{p2}/flags/new/door", "No flag can be set now."),
        PageCase("deceased", "ash.manager", "/people/{p5}/flags/new/door", "This person has died."),
        PageCase("not there", "birch.gp", "/people/{p6}/flags/new/anything", "Page not found", status=404),
        refused("birch.gp", NEW, "/flags/new/has_care_plan", "Enter what urgent care should know", said=" "),
    ),
    "flags.ask_change": (
        PageCase("one", "ash.gp", "/flags/{flag}/change", "Change the flag: Has a care plan"),
        PageCase("read only", "ash.gp", "/flags/{flag_ended}/change", "This flag has ended."),
        refused("ash.gp", "/flags/{flag}/change", "/change", "Enter a telephone number", ring_phone="the practice"),
    ),
    "flags.ask_end": (
        PageCase("one", "ash.gp", "/flags/{flag}/end", "End the flag: Has a care plan"),
        PageCase("read only", "ash.gp", "/flags/{flag_ended}/end", "This flag has ended."),
        refused("ash.gp", "/flags/{flag}/end", "/end", "Enter the reason", note=" "),
    ),
}
