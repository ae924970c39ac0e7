"""Every address of the app, who is given it, and what it shows somebody of: written by hand, compared with the app.

An address that is not here fails the matrix by name. So does one that is here and no longer in the app.
"""

from dataclasses import dataclass

from tests.support.access_oracle import IN_CARE, ROLES, may_open

EVERYONE = "everyone"
PRACTICE = ("practice",)
WITH_LISTS = ("practice", "navigator")
NAMES_LEADS = ("practice", "navigator", "mdt_chair")
RECORDS_CONSENT = ("practice", "navigator", "lead")
OVERVIEW = ("integration_lead", "practice", "mdt_chair")
IG = ("ig_officer",)
ADMIN = ("admin",)

IN_PLACE = {
    "practice": ("own practice",),
    "navigator": ("none", "own practice", "case in place"),
    "mdt_chair": ("none", "own practice", "case in place"),
}
"""For the roles that answer for a place, the combinations in which the person is registered in it."""


@dataclass(frozen=True)
class Row:
    """Who is given an address (`everyone` before signing in), and for one about somebody, which rule says of whom."""

    roles: tuple[str, ...] | str
    rule: str = ""


def opens(role, stands):
    """Whoever may open the person."""
    return may_open(role, stands)


def own_practice(role, stands):
    """The person's own practice, if it may open them."""
    return may_open(role, stands) and role == "practice" and stands.relationship == "own practice"


def own_practice_without_emergency(role, stands):
    """The person's own practice, if it may open them without break-glass."""
    return may_open(role, stands, in_emergency=False) and role == "practice" and stands.relationship == "own practice"


def leads_or_names_leads(role, stands):
    """The accountable lead, and who names the leads of the person's place."""
    named = stands.relationship in IN_PLACE.get(role, ())
    return may_open(role, stands) and (named or stands.relationship == "lead")


def names_leads(role, stands):
    """Who names the leads of the person's place, if they may open the person."""
    return may_open(role, stands) and stands.relationship in IN_PLACE.get(role, ())


def opens_but_is_not_asked(role, stands):
    """Whoever may open the person, but for the one a handover is addressed to: they answer it, they do not take it back."""
    return may_open(role, stands) and stands.relationship != "handover addressed"


RULES = {
    rule.__name__: rule
    for rule in (
        opens,
        own_practice,
        own_practice_without_emergency,
        leads_or_names_leads,
        names_leads,
        opens_but_is_not_asked,
    )
}

_PERSON = "/people/<int:person_id>"
_CASE = "/cases/<int:case_id>"
_TASK = "/tasks/<int:task_id>"
_USER = "/users/<int:user_id>"
_JOURNEY = "/leavers/<int:journey_id>"


def _both(path, row):
    return {("GET", path): row, ("POST", path): row}


ABOUT_SOMEBODY = {
    ("GET", _PERSON): Row(IN_CARE, "opens"),
    ("GET", f"{_PERSON}/looks"): Row(IN_CARE, "opens"),
    ("GET", f"{_PERSON}/tasks"): Row(IN_CARE, "opens"),
    **_both(f"{_PERSON}/tasks/new", Row(IN_CARE, "opens")),
    **_both(f"{_PERSON}/contacts/new", Row(IN_CARE, "opens")),
    **_both("/contacts/<int:contact_id>/correct", Row(IN_CARE, "opens")),
    **_both(f"{_PERSON}/concern", Row(IN_CARE, "opens")),
    ("GET", f"{_PERSON}/consent"): Row(IN_CARE, "opens"),
    **_both(f"{_PERSON}/consent/<purpose>", Row(RECORDS_CONSENT, "opens")),
    **_both(f"{_PERSON}/restriction", Row(PRACTICE, "own_practice")),
    ("POST", f"{_PERSON}/restriction/names"): Row(PRACTICE, "own_practice"),
    ("POST", f"{_PERSON}/restriction/lift"): Row(PRACTICE, "own_practice"),
    **_both("/people/duplicates/<int:first_id>/<int:second_id>", Row(PRACTICE, "own_practice_without_emergency")),
    ("POST", "/people/duplicates/<int:first_id>/<int:second_id>/apart"): Row(
        PRACTICE, "own_practice_without_emergency"
    ),
    ("POST", "/people/merges/<int:merge_id>/undo"): Row(PRACTICE, "own_practice_without_emergency"),
    **_both(f"{_CASE}/hold", Row(IN_CARE, "opens")),
    **_both(f"{_CASE}/resume", Row(IN_CARE, "opens")),
    **_both(f"{_CASE}/close", Row(IN_CARE, "opens")),
    **_both(f"{_CASE}/need", Row(IN_CARE, "opens")),
    ("GET", f"{_CASE}/lead"): Row(IN_CARE, "opens"),
    ("POST", f"{_CASE}/lead"): Row(NAMES_LEADS, "names_leads"),
    ("POST", f"{_CASE}/lead/told"): Row(IN_CARE, "opens"),
    ("GET", f"{_CASE}/letter"): Row(IN_CARE, "opens"),
    ("GET", f"{_CASE}/letter.pdf"): Row(IN_CARE, "opens"),
    **_both(f"{_CASE}/team", Row(IN_CARE, "opens")),
    ("POST", f"{_CASE}/team/<int:member_id>/end"): Row(IN_CARE, "opens"),
    **_both(f"{_CASE}/handover", Row(IN_CARE, "leads_or_names_leads")),
    **_both("/handovers/<int:handover_id>", Row(IN_CARE, "opens")),
    ("POST", "/handovers/<int:handover_id>/revoke"): Row(IN_CARE, "opens_but_is_not_asked"),
    ("GET", _TASK): Row(IN_CARE, "opens"),
    ("POST", f"{_TASK}/done"): Row(IN_CARE, "opens"),
    ("POST", f"{_TASK}/reopen"): Row(IN_CARE, "opens"),
    **_both(f"{_TASK}/cancel", Row(IN_CARE, "opens")),
    **_both(f"{_TASK}/hold", Row(IN_CARE, "opens")),
    **_both(f"{_TASK}/reassign", Row(IN_CARE, "opens")),
    **_both(f"{_TASK}/escalate", Row(IN_CARE, "opens")),
    **_both("/review/proposals/<int:proposal_id>/decline", Row(PRACTICE, "own_practice")),
    **_both("/review/proposals/<int:proposal_id>/defer", Row(PRACTICE, "own_practice")),
}
"""Addresses that carry a person, or something that belongs to one."""

ABOUT_NOBODY = {
    **_both("/sign-in", Row(EVERYONE)),
    **_both("/sign-in/code", Row(EVERYONE)),
    ("GET", "/sign-in/with/<provider>"): Row(EVERYONE),
    ("GET", "/sign-in/with/<provider>/return"): Row(EVERYONE),
    **_both("/sign-in/session", Row(EVERYONE)),
    ("POST", "/sign-out"): Row(EVERYONE),
    ("GET", "/healthz"): Row(EVERYONE),
    ("GET", "/static/<path:filename>"): Row(EVERYONE),
    ("GET", "/"): Row(ROLES),
    ("GET", "/account"): Row(ROLES),
    ("POST", "/account"): Row(ROLES),
    **_both("/account/password", Row(ROLES)),
    **_both("/account/second-factor", Row(ROLES)),
    **_both("/account/leave", Row(ROLES)),
    ("GET", "/notices"): Row(ROLES),
    ("POST", "/notices/read"): Row(ROLES),
    ("GET", "/tasks"): Row(IN_CARE),
    **_both("/search", Row(IN_CARE)),
    **_both("/emergency-access", Row(IN_CARE)),
    ("GET", "/cases"): Row(IN_CARE),
    ("GET", "/cases/unallocated"): Row(IN_CARE),
    ("POST", "/views"): Row(IN_CARE),
    **_both("/handovers", Row(IN_CARE)),
    ("GET", "/leavers"): Row(WITH_LISTS),
    **_both("/leavers/new", Row(WITH_LISTS)),
    ("GET", "/review"): Row(PRACTICE),
    **_both("/people/duplicates", Row(PRACTICE)),
    ("GET", "/overview"): Row(OVERVIEW),
    ("GET", "/governance/emergency"): Row(IG),
    **_both("/governance/audit", Row(IG)),
    ("GET", "/governance/audit.csv"): Row(IG),
    ("GET", "/users"): Row(ADMIN),
    **_both("/users/new", Row(ADMIN)),
}
"""Addresses without anybody in them; what they list is asked of every name on the page."""

OF_A_PLACE = {
    ("GET", "/review/<int:practice_id>"): Row(PRACTICE),
    ("POST", "/review/<int:practice_id>/stage"): Row(PRACTICE),
    ("POST", "/review/<int:practice_id>/unstage"): Row(PRACTICE),
    ("GET", "/review/<int:practice_id>/preview"): Row(PRACTICE),
    ("POST", "/review/<int:practice_id>/confirm"): Row(PRACTICE),
    **_both("/governance/emergency/<int:opening_id>", Row(IG)),
    ("POST", "/governance/emergency/<int:opening_id>/end"): Row(IG),
    **_both(_JOURNEY, Row(WITH_LISTS)),
    ("POST", f"{_JOURNEY}/propose"): Row(WITH_LISTS),
    **_both(f"{_JOURNEY}/send", Row(WITH_LISTS)),
    ("POST", f"{_JOURNEY}/rest"): Row(WITH_LISTS),
    ("POST", f"{_JOURNEY}/finish"): Row(WITH_LISTS),
    ("POST", f"{_JOURNEY}/stop"): Row(WITH_LISTS),
    ("GET", _USER): Row(ADMIN),
    **_both(f"{_USER}/details", Row(ADMIN)),
    **_both(f"{_USER}/roles/new", Row(ADMIN)),
    ("POST", f"{_USER}/roles/<int:role_id>/end"): Row(ADMIN),
    **_both(f"{_USER}/teams/new", Row(ADMIN)),
    ("POST", f"{_USER}/teams/<int:membership_id>/end"): Row(ADMIN),
    **_both(f"{_USER}/profile", Row(ADMIN)),
    **_both(f"{_USER}/leave/new", Row(ADMIN)),
    ("POST", f"{_USER}/leave/<int:leave_id>/remove"): Row(ADMIN),
    **_both(f"{_USER}/identity", Row(ADMIN)),
    ("POST", f"{_USER}/password"): Row(ADMIN),
    ("POST", f"{_USER}/second-factor/remove"): Row(ADMIN),
    ("POST", f"{_USER}/unlock"): Row(ADMIN),
    **_both(f"{_USER}/deactivate", Row(ADMIN)),
}
"""Addresses of something that belongs to a place: given to these roles where it is in their place, to nobody elsewhere."""

SOMEBODY_ELSES = {
    ("POST", "/account/leave/<int:leave_id>/remove"): Row(ROLES),
    ("POST", "/account/drafts/<int:draft_id>/discard"): Row(ROLES),
    ("POST", "/views/<int:view_id>/delete"): Row(IN_CARE),
}
"""Addresses of something of one's own; asked for with something that belongs to somebody else."""

EVERY_ROUTE = {**ABOUT_SOMEBODY, **ABOUT_NOBODY, **OF_A_PLACE, **SOMEBODY_ELSES}

SHOWS_NOBODY = {
    ("GET", f"{_CASE}/letter.pdf"),
    ("POST", "/people/duplicates/<int:first_id>/<int:second_id>/apart"),
    ("POST", "/people/merges/<int:merge_id>/undo"),
    ("POST", f"{_CASE}/team/<int:member_id>/end"),
    ("POST", f"{_TASK}/done"),
    ("POST", f"{_TASK}/reopen"),
    ("POST", f"{_CASE}/resume"),
    ("POST", f"{_CASE}/lead"),
    ("POST", "/handovers/<int:handover_id>/revoke"),
}
"""Addresses about somebody whose answer has no name in it: a file, and what is carried out at the press of a button."""
