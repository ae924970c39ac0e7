"""The made-up place while somebody is leaving: three cases with a receiver to choose, a lead on leave, many to compare."""

from datetime import date

from caseload.actions.leavers import start_leaver
from caseload.store import Store
from caseload.tables import Leave
from tests.support.case_app import NOW, make_town
from tests.support.led_cases import led, opened
from tests.support.town_at_work import AtWork


def make_leaving_town(store: Store) -> AtWork:
    """Put it into an empty database. Case 6 has no lead yet, and one of those who could lead it is away."""
    work = AtWork(store, make_town(store))
    for number in (1, 2, 3):
        work.cases[number] = led(store, work.town, number, "ash.gp", code="persons_choice")
    work.cases[6] = opened(store, work.town, 6)
    with store.writing() as session:
        session.add(
            Leave(user_id=work.town.users["birch.gp"], first_day=date(2026, 10, 1), last_day=date(2026, 10, 14))
        )
        by = work.town.viewer(session, "ash.manager")
        work.ids["leaving"] = start_leaver(session, by=by, now=NOW, user_id=work.town.users["ash.gp"])
    return work
