"""Every page in every state it has: which place, who looks, at what address, after sending what.

Places: "work" (tests.support.town_at_work), "quiet" (the made-up place with nothing under way), "busy" (many of
everything, for paging). An address may name people, cases, practices and what was made: /people/{p1}, /cases/{c1},
/review/{Y90001}, /handovers/{handover_6}.
"""

from tests.support.page_cases import (
    accounts,
    agendas,
    assessing,
    cohorts,
    flags,
    headline,
    hospital,
    leading,
    lists,
    mdt_room,
    people,
    plan_copies,
    plans,
    programs,
)
from tests.support.page_cases.page_case import PageCase

CASES: dict[str, tuple[PageCase, ...]] = {
    **lists.CASES,
    **people.CASES,
    **leading.CASES,
    **plan_copies.CASES,
    **accounts.CASES,
    **agendas.CASES,
    **assessing.CASES,
    **headline.CASES,
    **hospital.CASES,
    **plans.CASES,
    **programs.CASES,
    **cohorts.CASES,
    **flags.CASES,
    **mdt_room.CASES,
}

NOT_A_PAGE = {
    "static": "files",
    **dict.fromkeys(
        (
            "api.changes",
            "api.everything",
            "api.export",
            "api.export_file",
            "api.export_status",
            "api.file",
            "api.metadata",
            "api.nothing_here",
            "api.openapi",
            "api.read",
            "api.search",
            "api.version",
            "api.versions",
            "oauth.configuration",
            "oauth.configuration_of_base",
        ),
        "read by programs",
    ),
    "governance.audit_csv": "a file",
    "headline.file": "a file",
    "health.healthz": "read by machines",
    "lead.letter_as_pdf": "a file",
    "mdt_room.minutes_as_pdf": "a file",
    "plan_copies.large_pdf": "a file",
    "plan_copies.pdf": "a file",
    "plan_copies.text": "a file",
    "plan_copies.urgent_pdf": "a file",
    "sign_in.returned": "sends on to the page that was wanted",
    "sign_in.session_end": "read by the script that warns",
    "sign_in.with_provider": "sends on to the identity provider",
}
"""Addresses that answer to GET but are not pages, and why."""
