"""Programs of partners: the administrator's pages, the page that lets one in, and what partners wrote."""

from tests.support.page_cases.page_case import PageCase, refused

ASKED = (
    "/oauth2/authorize?response_type=code&client_id={client_id}&redirect_uri=https://partner.example/back"
    "&scope=user/CarePlan.r&state=x&code_challenge=" + "c" * 43 + "&code_challenge_method=S256"
)

CASES: dict[str, tuple[PageCase, ...]] = {
    "clients.listed": (
        PageCase("empty", "admin", "/clients", "No program has been let in.", place="quiet"),
        PageCase("many", "admin", "/clients", "111 Cymbeline"),
    ),
    "clients.new": (
        PageCase("one", "admin", "/clients/new", "Let a program in"),
        refused("admin", "/clients/new", "/clients/new", "There is a problem", keys="none"),
    ),
    "clients.show": (
        PageCase("one", "admin", "/clients/{client}", "Shut the program out"),
        PageCase("ended", "admin", "/clients/{client_ended}", "Shut out"),
    ),
    "clients.change": (
        PageCase("one", "admin", "/clients/{client}/change", "Change a program"),
        refused("admin", "/clients/{client}/change", "/change", "There is a problem", scopes="system/Flag.read"),
    ),
    "let_in.ask": (
        PageCase("one", "navigator", ASKED, "Let 111 Cymbeline act for you?"),
        PageCase(
            "not known", "navigator", "/oauth2/authorize?client_id=nobody", "This program cannot be let in", status=422
        ),
    ),
    "partner_messages.show": (
        PageCase("one", "navigator", "/people/{p1}/messages", "Seen at home. No further action."),
        PageCase("empty", "ash.manager", "/people/{p2}/messages", "No partner has written about this person."),
        PageCase("deceased", "ash.manager", "/people/{p5}/messages", "No partner has written about this person."),
    ),
}
