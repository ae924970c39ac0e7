"""Care plans as documents, and copies of them."""

from tests.support.page_cases.page_case import PageCase, refused

CASES: dict[str, tuple[PageCase, ...]] = {
    "plan_copies.show": (
        PageCase("one", "birch.manager", "/plans/{copied}/print", "To stay in my own home."),
        PageCase("no longer in force", "birch.manager", "/plans/{copied_before}/print", "No longer in force"),
        PageCase("restricted", "ash.manager", "/plans/{copied_restricted}/print", "ready to be agreed"),
        PageCase("empty", "ash.manager", "/plans/{copied_deceased}/print", "Nothing is written in this plan yet."),
    ),
    "plan_copies.urgent": (
        PageCase("one", "birch.manager", "/plans/{copied}/urgent", "Never give it"),
        PageCase("many", "ash.manager", "/plans/{copied_restricted}/urgent", "Left out so that this fits"),
        PageCase("no longer in force", "birch.manager", "/plans/{copied_before}/urgent", "No longer in force"),
        PageCase("empty", "ash.manager", "/plans/{copied_deceased}/urgent", "says nothing for an emergency yet"),
    ),
    "plan_copies.ask": (
        PageCase("one", "birch.manager", "/plans/{copied}/share", "Who may be given a copy now"),
        PageCase("restricted", "ash.manager", "/plans/{copied_restricted}/share", "Restricted record."),
        PageCase("read only", "birch.manager", "/plans/{copied_before}/share", "A later version has replaced"),
        PageCase("deceased", "ash.manager", "/plans/{copied_deceased}/share", "Died on"),
        refused("birch.manager", "/plans/{copied}/share", "/share", "Select who the copy is for"),
    ),
    "plan_copies.shares": (
        PageCase("empty", "ash.manager", "/plans/{copied_restricted}/shares", "Nobody has been given a copy yet"),
        PageCase("many", "birch.manager", "/plans/{copied}/shares", "Kim Nurse, East Community Trust"),
        PageCase("refused to urgent care", "birch.manager", "/plans/{copied}/shares", "NHS 111, urgent care"),
    ),
}
