"""Every way by which something leaves the case app: what, to whom, by which rule. All on one screen.

A test holds that no address and no command gives out a file, JSON or an e-mail that is not here; another asks every one of
them about people who said yes, no or nothing, whose record is restricted, and who died.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outlet:
    """One way out. `made_by` has the endpoints and commands that give it; `about_people` says that somebody can be known by it.

    `rule` says of whom nothing leaves, and what decides.
    """

    name: str
    what: str
    to_whom: str
    rule: str
    made_by: tuple[str, ...]
    about_people: bool = True


_COPY = (
    "Asked when the copy is recorded and again when it is opened (`sharing_rules`): no no to care coordination or to sharing "
    "with the recipient’s sector; urgent care needs a yes. Their own copy is the person’s right. Nothing of who has died."
)
_OPENED = "Only of people whose record the viewer may open (`queries.visible`): sharing with their sector, restriction, relationship."
_PROGRAM = (
    "Only of people the program reaches (`queries.reach`): as at pages; for urgent care those with a flag in force."
)

OUTLETS: tuple[Outlet, ...] = (
    Outlet(
        "Copy of a care plan", "One version as PDF, large print or plain text", "Whoever the copy was recorded for", _COPY,
        ("plan_copies.pdf", "plan_copies.large_pdf", "plan_copies.text"),
    ),
    Outlet(
        "Urgent summary", "One page of a plan for somebody who has to act at once", "Whoever the copy was recorded for",
        _COPY, ("plan_copies.urgent_pdf",),
    ),
    Outlet(
        "Letter about the lead", "Who the accountable lead is", "The person, or who speaks for them",
        f"{_OPENED} It goes to the person, whatever they said about others.", ("lead.letter_as_pdf",),
    ),
    Outlet(
        "Minutes of a team meeting", "What was decided about each person", "The team that met",
        f"{_OPENED} Of others the minutes say that somebody was discussed, and not who.", ("mdt_room.minutes_as_pdf",),
    ),
    Outlet(
        "FHIR for care teams", "Patient, plan, lead, team, tasks, flags and the rest, as the pages show them",
        "A program that a user let act for them", f"{_PROGRAM} RiskAssessment not of who objects to risk scores.",
        ("api.search", "api.search_by_form", "api.read", "api.versions", "api.version", "api.everything"),
    ),
    Outlet(
        "FHIR for urgent care", "Flag, and what is needed to act on it: the person, the plan, who leads",
        "The programs of 111, out of hours and ambulance services",
        "Only of people with a flag in force (`queries.flags`): they agreed to it and not against care coordination, are "
        "alive, registered in the program’s place and not restricted, and have an active plan. Never a score.",
        ("api.search", "api.search_by_form", "api.read", "api.versions", "api.version", "api.everything"),
    ),
    Outlet(
        "Copy of a care plan by FHIR", "The version that a DocumentReference points to, in one format", "The programs of the two above",
        f"{_PROGRAM} And as a copy: what is put to the person or holds, against no answer of theirs for who asks; urgent care "
        "has the urgent summary and nothing else. Nothing of who has died.", ("api.file",),
    ),
    Outlet(
        "What a program wrote", "The resource as it was taken in", "The program that wrote it",
        f"{_PROGRAM} About anybody else nothing is taken in.", ("api.create", "api.update", "api.acknowledge"),
    ),
    Outlet(
        "Change feed", "That a flag or a plan has to be read again, or is gone", "Programs that follow flags and plans",
        f"{_PROGRAM} What may not be seen any more is told as gone, to who was shown the person before.", ("api.changes",),
    ),
    Outlet(
        "Bulk export", "Resources without names, numbers or words, by pseudonym", "The data warehouse",
        "Only of people of its place who said no to nothing that can be asked, and are not restricted (`queries.reach`).",
        ("api.export", "api.export_status", "api.export_file"),
    ),
    Outlet(
        "Practice file", "Who is in care coordination, lead, plan, flag and tier", "The person’s own practice",
        "Not of who said no to care coordination or to health services seeing the record, is restricted, died or left "
        "(`intake.gp_rows`). The tier not of who objects to risk scores; the flag only where it is in force.",
        ("caseload gp-files",),
    ),
    Outlet(
        "Headline", "Numbers by place and tier", "Integration leads and boards",
        "Numbers under the bound are withheld. Who objects to risk scores is counted in no tier.",
        ("headline.file", "caseload proportions"), about_people=False,
    ),
    Outlet(
        "Audit log", "Who did what, people by reference", "Information governance officers",
        "People stand in it by their row’s number, never by name or NHS number.", ("governance.audit_csv",),
        about_people=False,
    ),
    Outlet(
        "Daily e-mail", "How much waits", "Staff who want it", "Numbers only, nothing about anybody.", ("caseload digest",),
        about_people=False,
    ),
    Outlet(
        "Acknowledgements", "Whether a message was stored, or what is wrong with it", "The hospital that sent it",
        "Names a field’s place and never what stood in it.", ("caseload listen",), about_people=False,
    ),
)  # fmt: skip

NOTHING_OF_ANYBODY: Mapping[str, str] = {
    "api.nothing_here": "says that there is nothing at an address",
    "api.export_delete": "says that an export is deleted",
    "api.metadata": "describes the interface",
    "api.openapi": "describes the interface",
    "health.healthz": "says whether the app runs",
    "oauth.configuration": "describes the interface",
    "oauth.configuration_of_base": "describes the interface",
    "oauth.revoke": "says that a token is no longer good",
    "oauth.token": "gives a program its token",
    "sign_in.session_end": "says when the reader’s own session ends",
    "static": "style sheets and scripts",
    "caseload add-client": "says under which name a program may ask",
    "caseload add-organisation": "says what was added",
    "caseload add-team": "says what was added",
    "caseload add-user": "says what was added",
    "caseload audit verify": "says whether the log is whole",
    "caseload backup": "the whole database, for who runs it: kept as safe as the database itself",
    "caseload check-run": "says what a run holds, in numbers",
    "caseload demo": "a made-up place",
    "caseload init": "says that the database is ready",
    "caseload load-run": "says what was taken in, in numbers",
    "caseload propose-leads": "says how many proposals changed",
    "caseload replay": "says what was taken in, in numbers",
    "caseload serve": "serves the addresses above",
    "caseload sweep-flags": "says how many flags have ended",
}
"""Addresses that answer something other than a page, and commands, by which nothing of anybody leaves, and why."""


def known_ways() -> frozenset[str]:
    """Every endpoint and command that is accounted for."""
    return frozenset(way for outlet in OUTLETS for way in outlet.made_by) | NOTHING_OF_ANYBODY.keys()
