"""Every address of the app, who is given it, and what it shows somebody of: written by hand, compared with the app.

An address that is not here fails the matrix by name. So does one that is here and no longer in the app.
"""

from dataclasses import dataclass

from tests.support.access_hospital import SETTLES, reads_message, told_of_message
from tests.support.access_oracle import IN_CARE, ROLES, may_open

EVERYONE = "everyone"
PRACTICE = ("practice",)
WITH_LISTS = ("practice", "navigator")
NAMES_LEADS = ("practice", "navigator", "mdt_chair")
RECORDS_CONSENT = ("practice", "navigator", "lead")
WORKS_COHORTS = NAMES_LEADS
HEADLINE = ("integration_lead", "practice", "mdt_chair")
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


def runs_its_meeting(role, stands):
    """Whoever runs meetings of the place, whether they may open the person or not: they are told a number."""
    return True


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
        runs_its_meeting,
        opens_but_is_not_asked,
        reads_message,
        told_of_message,
    )
}

_PERSON = "/people/<int:person_id>"
_CASE = "/cases/<int:case_id>"
_TASK = "/tasks/<int:task_id>"
_USER = "/users/<int:user_id>"
_CLIENT = "/clients/<int:client_row_id>"
_ASSESSMENT = "/assessments/<int:assessment_id>"
_VERSION = "/plans/<int:version_id>"
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
    **_both(f"{_PERSON}/measures", Row(IN_CARE, "opens")),
    **_both(f"{_CASE}/assessment", Row(IN_CARE, "opens")),
    ("GET", _ASSESSMENT): Row(IN_CARE, "opens"),
    **_both(f"{_ASSESSMENT}/sections/<discipline>", Row(IN_CARE, "opens")),
    ("POST", f"{_ASSESSMENT}/sections/<discipline>/reopen"): Row(IN_CARE, "opens"),
    **_both(f"{_ASSESSMENT}/capacity", Row(IN_CARE, "opens")),
    **_both(f"{_ASSESSMENT}/outcome", Row(IN_CARE, "opens")),
    **_both(f"{_ASSESSMENT}/abandon", Row(IN_CARE, "opens")),
    ("GET", f"{_PERSON}/consent"): Row(IN_CARE, "opens"),
    ("GET", f"{_PERSON}/flags"): Row(IN_CARE, "opens"),
    ("GET", f"{_PERSON}/messages"): Row(IN_CARE, "opens"),
    ("POST", f"{_PERSON}/messages/<int:message_id>/read"): Row(IN_CARE, "opens"),
    **_both(f"{_PERSON}/flags/new/<code>", Row(IN_CARE, "opens")),
    **_both("/flags/<int:flag_id>/change", Row(IN_CARE, "opens")),
    **_both("/flags/<int:flag_id>/end", Row(IN_CARE, "opens")),
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
    **_both(f"{_CASE}/plan", Row(IN_CARE, "opens")),
    **_both(f"{_CASE}/replaced-plans", Row(IN_CARE, "opens")),
    ("GET", _VERSION): Row(IN_CARE, "opens"),
    **_both(f"{_VERSION}/sections/<heading>", Row(IN_CARE, "opens")),
    **_both(f"{_VERSION}/ready", Row(IN_CARE, "opens")),
    **_both(f"{_VERSION}/sign", Row(IN_CARE, "opens")),
    **_both(f"{_VERSION}/agreement", Row(IN_CARE, "opens")),
    **_both(f"{_VERSION}/activate", Row(IN_CARE, "opens")),
    **_both(f"{_VERSION}/withdraw", Row(IN_CARE, "opens")),
    ("GET", "/plans/compare/<int:version_id>/<int:other_version_id>"): Row(IN_CARE, "opens"),
    ("GET", f"{_VERSION}/print"): Row(IN_CARE, "opens"),
    ("GET", f"{_VERSION}/urgent"): Row(IN_CARE, "opens"),
    ("GET", f"{_VERSION}/copy.pdf"): Row(IN_CARE, "opens"),
    ("GET", f"{_VERSION}/large.pdf"): Row(IN_CARE, "opens"),
    ("GET", f"{_VERSION}/copy.txt"): Row(IN_CARE, "opens"),
    ("GET", f"{_VERSION}/urgent.pdf"): Row(IN_CARE, "opens"),
    **_both(f"{_VERSION}/share", Row(IN_CARE, "opens")),
    ("GET", f"{_VERSION}/shares"): Row(IN_CARE, "opens"),
    **_both("/handovers/<int:handover_id>", Row(IN_CARE, "opens")),
    ("POST", "/handovers/<int:handover_id>/revoke"): Row(IN_CARE, "opens_but_is_not_asked"),
    **_both("/cohorts/members/<int:cohort_member_id>/leave", Row(WORKS_COHORTS, "opens")),
    ("POST", "/cohorts/members/<int:cohort_member_id>/move"): Row(WORKS_COHORTS, "opens"),
    **_both("/encounters/<int:encounter_id>/discharge", Row(IN_CARE, "opens")),
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

RUNS_MDT = ("navigator", "mdt_chair")
_ITEM = "/mdt/items/<int:item_id>"
_MDT_ACTION = "/mdt/actions/<int:mdt_action_id>"
ABOUT_SOMEBODY |= {
    ("GET", _ITEM): Row(IN_CARE, "opens"),
    ("POST", _ITEM): Row(RUNS_MDT, "opens"),
    ("POST", f"{_ITEM}/draft"): Row(RUNS_MDT, "opens"),
    **_both(_MDT_ACTION, Row(RUNS_MDT, "opens")),
    ("POST", f"{_MDT_ACTION}/remove"): Row(RUNS_MDT, "opens"),
    **_both(f"{_ITEM}/remove", Row(RUNS_MDT, "runs_its_meeting")),
    ("POST", f"{_ITEM}/up"): Row(RUNS_MDT, "runs_its_meeting"),
    ("POST", f"{_ITEM}/down"): Row(RUNS_MDT, "runs_its_meeting"),
    **_both(f"{_CASE}/mdt-request", Row(IN_CARE, "opens")),
    ("POST", "/mdt/requests/<int:request_id>/take-back"): Row(IN_CARE, "opens"),
}

_HOSPITAL_MESSAGE = "/hospital/messages/<int:hospital_message_id>"
_IDENTITY_CHANGE = "/hospital/identities/<int:identity_change_id>"
ABOUT_SOMEBODY |= {
    ("GET", _HOSPITAL_MESSAGE): Row(SETTLES, "told_of_message"),
    ("POST", f"{_HOSPITAL_MESSAGE}/retry"): Row(SETTLES, "told_of_message"),
    ("POST", f"{_HOSPITAL_MESSAGE}/dismiss"): Row(SETTLES, "told_of_message"),
    ("GET", f"{_HOSPITAL_MESSAGE}/raw"): Row(SETTLES, "reads_message"),
    **_both(f"{_HOSPITAL_MESSAGE}/correct", Row(SETTLES, "reads_message")),
    **_both(f"{_HOSPITAL_MESSAGE}/link", Row(SETTLES, "reads_message")),
    ("GET", _IDENTITY_CHANGE): Row(SETTLES, "told_of_message"),
    ("POST", f"{_IDENTITY_CHANGE}/undo"): Row(SETTLES, "told_of_message"),
}

ABOUT_NOBODY = {
    ("GET", "/hospital"): Row(SETTLES),
    ("GET", "/hospital/held"): Row(SETTLES),
    ("GET", "/hospital/identities"): Row(SETTLES),
    ("GET", "/mdt/actions"): Row(IN_CARE),
    ("GET", "/mdt"): Row(IN_CARE),
    **_both("/mdt/series/new", Row(RUNS_MDT)),
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
    ("GET", "/cohorts"): Row(WORKS_COHORTS),
    **_both("/cohorts/new", Row(WORKS_COHORTS)),
    **_both("/leavers/new", Row(WITH_LISTS)),
    ("GET", "/review"): Row(PRACTICE),
    **_both("/people/duplicates", Row(PRACTICE)),
    ("GET", "/overview"): Row(PRACTICE),
    ("GET", "/headline"): Row(HEADLINE),
    ("GET", "/headline.csv"): Row(HEADLINE),
    ("GET", "/governance/emergency"): Row(IG),
    **_both("/governance/audit", Row(IG)),
    ("GET", "/governance/audit.csv"): Row(IG),
    ("GET", "/users"): Row(ADMIN),
    **_both("/users/new", Row(ADMIN)),
    ("GET", "/clients"): Row(ADMIN),
    **_both("/clients/new", Row(ADMIN)),
    **_both("/oauth2/authorize", Row(IN_CARE)),
}
"""Addresses without anybody in them; what they list is asked of every name on the page."""

_MEETING = "/mdt/meetings/<int:meeting_id>"
_SERIES = "/mdt/series/<int:series_id>"
OF_A_PLACE = {
    ("GET", _SERIES): Row(IN_CARE),
    **_both(f"{_SERIES}/change", Row(RUNS_MDT)),
    ("POST", f"{_SERIES}/plan"): Row(RUNS_MDT),
    ("POST", f"{_SERIES}/end"): Row(RUNS_MDT),
    ("GET", _MEETING): Row(IN_CARE),
    ("POST", f"{_MEETING}/build"): Row(RUNS_MDT),
    **_both(f"{_MEETING}/add", Row(RUNS_MDT)),
    ("POST", f"{_MEETING}/lock"): Row(RUNS_MDT),
    **_both(f"{_MEETING}/unlock", Row(RUNS_MDT)),
    **_both(f"{_MEETING}/move-day", Row(RUNS_MDT)),
    **_both(f"{_MEETING}/cancel", Row(RUNS_MDT)),
    **_both(f"{_MEETING}/hold-today", Row(RUNS_MDT)),
    ("GET", f"{_MEETING}/room"): Row(IN_CARE),
    ("GET", f"{_MEETING}/minutes"): Row(IN_CARE),
    ("GET", f"{_MEETING}/minutes.pdf"): Row(IN_CARE),
    ("GET", f"{_MEETING}/attendance"): Row(IN_CARE),
    ("POST", f"{_MEETING}/attendance"): Row(RUNS_MDT),
    ("POST", f"{_MEETING}/guests"): Row(RUNS_MDT),
    ("POST", "/mdt/attendance/<int:attendance_id>/remove"): Row(RUNS_MDT),
    **_both(f"{_MEETING}/close", Row(RUNS_MDT)),
    ("POST", f"{_MEETING}/carry-over"): Row(RUNS_MDT),
    ("GET", "/review/<int:practice_id>"): Row(PRACTICE),
    ("POST", "/review/<int:practice_id>/stage"): Row(PRACTICE),
    ("POST", "/review/<int:practice_id>/unstage"): Row(PRACTICE),
    ("GET", "/review/<int:practice_id>/preview"): Row(PRACTICE),
    ("POST", "/review/<int:practice_id>/confirm"): Row(PRACTICE),
    **_both("/governance/emergency/<int:opening_id>", Row(IG)),
    ("POST", "/governance/emergency/<int:opening_id>/end"): Row(IG),
    ("GET", "/cohorts/<int:cohort_id>"): Row(WORKS_COHORTS),
    ("GET", "/cohorts/<int:cohort_id>/report"): Row(WORKS_COHORTS),
    **_both("/cohorts/<int:cohort_id>/end", Row(WORKS_COHORTS)),
    **_both(_JOURNEY, Row(WITH_LISTS)),
    ("POST", f"{_JOURNEY}/propose"): Row(WITH_LISTS),
    **_both(f"{_JOURNEY}/send", Row(WITH_LISTS)),
    ("POST", f"{_JOURNEY}/rest"): Row(WITH_LISTS),
    ("POST", f"{_JOURNEY}/finish"): Row(WITH_LISTS),
    ("POST", f"{_JOURNEY}/stop"): Row(WITH_LISTS),
    ("GET", _CLIENT): Row(ADMIN),
    **_both(f"{_CLIENT}/change", Row(ADMIN)),
    ("POST", f"{_CLIENT}/end"): Row(ADMIN),
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

_FHIR = "/fhir/R4"
_KIND = f"{_FHIR}/<kind:resource>"
_ONE = f"{_KIND}/<id:logical>"
_EXPORT = f"{_FHIR}/$export"
TO_PROGRAMS = {
    ("POST", "/oauth2/token"),
    ("POST", "/oauth2/revoke"),
    ("GET", "/.well-known/smart-configuration"),
    ("GET", f"{_FHIR}/.well-known/smart-configuration"),
    ("GET", f"{_FHIR}/metadata"),
    ("GET", f"{_FHIR}/openapi.json"),
    ("GET", _KIND),
    ("POST", _KIND),
    ("POST", f"{_KIND}/_search"),
    ("GET", f"{_KIND}/_history"),
    ("GET", _ONE),
    ("GET", f"{_FHIR}/Binary/<id:logical>"),
    ("PUT", _ONE),
    ("GET", f"{_ONE}/_history"),
    ("GET", f"{_ONE}/_history/<id:version_name>"),
    ("GET", f"{_FHIR}/Patient/<id:logical>/$everything"),
    ("POST", f"{_FHIR}/Flag/<id:logical>/$acknowledge"),
    ("GET", _EXPORT),
    ("GET", f"{_EXPORT}/<int:export_id>"),
    ("DELETE", f"{_EXPORT}/<int:export_id>"),
    ("GET", f"{_EXPORT}/<int:export_id>/<id:file_name>"),
    *(
        (method, f"{_FHIR}/{rest}")
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
        for rest in ("", "<path:anything>")
    ),
}
"""Answered to programs only, by a token and never by a session: test_api_matrix.py asks them."""

SHOWS_NOBODY = {
    ("GET", f"{_ITEM}/remove"),
    ("POST", f"{_ITEM}/up"),
    ("POST", f"{_ITEM}/down"),
    ("POST", "/mdt/requests/<int:request_id>/take-back"),
    ("POST", f"{_VERSION}/ready"),
    ("POST", f"{_VERSION}/sign"),
    ("POST", f"{_VERSION}/activate"),
    ("POST", _ITEM),
    ("POST", f"{_ITEM}/draft"),
    ("POST", f"{_MDT_ACTION}/remove"),
    ("GET", f"{_VERSION}/copy.pdf"),
    ("GET", f"{_VERSION}/large.pdf"),
    ("GET", f"{_VERSION}/copy.txt"),
    ("GET", f"{_VERSION}/urgent.pdf"),
    ("POST", "/people/duplicates/<int:first_id>/<int:second_id>/apart"),
    ("POST", "/people/merges/<int:merge_id>/undo"),
    ("POST", f"{_CASE}/team/<int:member_id>/end"),
    ("POST", f"{_PERSON}/messages/<int:message_id>/read"),
    ("POST", f"{_TASK}/done"),
    ("POST", f"{_TASK}/reopen"),
    ("POST", f"{_CASE}/resume"),
    ("POST", f"{_CASE}/assessment"),
    ("POST", f"{_ASSESSMENT}/sections/<discipline>/reopen"),
    ("POST", f"{_CASE}/lead"),
    ("POST", "/handovers/<int:handover_id>/revoke"),
    ("POST", "/cohorts/members/<int:cohort_member_id>/move"),
    ("GET", _HOSPITAL_MESSAGE),
    ("POST", f"{_HOSPITAL_MESSAGE}/retry"),
    ("POST", f"{_HOSPITAL_MESSAGE}/dismiss"),
    ("POST", f"{_HOSPITAL_MESSAGE}/correct"),
    ("POST", f"{_IDENTITY_CHANGE}/undo"),
}
"""Addresses about somebody whose answer has no name in it: a file, and what is carried out at the press of a button."""
