"""Questions about leads: why nobody leads, who is compared, and how many questions a page asks."""

from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import event

from caseload.actions.handovers import reject_handover
from caseload.actions.leavers import start_leaver
from caseload.domain.candidates import Continuity, Nearness
from caseload.domain.words import CaseState, Tier
from caseload.exceptions import NotNow
from caseload.lead_rules import read_lead_rules
from caseload.queries.lead_cases import lead_case
from caseload.queries.leads import why_unallocated
from caseload.queries.practitioners import candidates_for
from caseload.tables import CareTeamMember, Case, Consent, Contact, Leave, Practitioner, User
from tests.support.case_app import NOW
from tests.support.led_cases import asked, decided, led, named, opened


def why(store, town, case_ids, username="ash.manager"):
    with store.reading() as session:
        return why_unallocated(session, town.viewer(session, username), NOW, case_ids)


def compared(store, town, case_id, **options):
    with store.reading() as session:
        case = lead_case(session, town.viewer(session, "ash.manager"), NOW, case_id)
        found = candidates_for(session, NOW, case, read_lead_rules(), **options)
        names = {ident: name for name, ident in town.users.items()}
        return {names[one.user_id]: one for one in found}


def test_why_nobody_leads_is_said_for_each_case_the_viewer_may_open(store, town):
    very_high, without_need = opened(store, town, 1), opened(store, town, 2)
    elsewhere = opened(store, town, 10)
    assert why(store, town, [very_high, without_need, elsewhere]) == {
        very_high: "The rule proposes the registered GP. Nobody has confirmed one yet.",
        without_need: "The primary need is not recorded.",
    }


def test_why_says_that_nobody_whom_the_rule_proposes_is_available(store, town):
    case_id = opened(store, town, 2, "mental_health")
    with store.writing() as session:
        session.add(
            Leave(user_id=town.users["mental.health"], first_day=date(2026, 10, 1), last_day=date(2026, 10, 30))
        )
    assert why(store, town, [case_id])[case_id] == (
        "The rule proposes a mental health professional, and there is none who is available."
    )


def test_why_of_no_case_asks_nothing(store, town):
    assert why(store, town, []) == {}


def test_candidates_are_placed_by_the_smallest_place_they_share_with_the_person(store, town):
    found = compared(store, town, opened(store, town, 1))
    assert {name: found[name].nearness for name in ("ash.gp", "birch.gp", "chair", "therapist", "social.worker")} == {
        "ash.gp": Nearness.PRACTICE,
        "birch.gp": Nearness.NETWORK,
        "chair": Nearness.NETWORK,
        "therapist": Nearness.LOCALITY,
        "social.worker": Nearness.BOROUGH,
    }
    assert "navigator" not in found  # no practitioner
    assert "integration" not in found


def test_workload_counts_points_by_tier_of_cases_that_are_not_closed(store, town):
    led(store, town, 1, "ash.gp")  # very high: 4
    led(store, town, 2, "ash.gp", need="medical", code="persons_choice")  # high: 2
    case_id = opened(store, town, 3)  # high: 2
    gp = compared(store, town, case_id)["ash.gp"]
    assert (gp.points, gp.added, gp.capacity, gp.percent_now, gp.percent_after) == (6, 2, 60, 10, 13)


def test_workload_counts_what_somebody_is_asked_to_take_over_until_they_answer(store, town):
    first, second = led(store, town, 1, "ash.gp"), led(store, town, 2, "ash.gp", need="medical", code="persons_choice")
    case_id = opened(store, town, 3)  # high: 2

    def load(of=case_id, **options):
        gp = compared(store, town, of, **options)["ash.partner"]
        return gp.points, gp.added, gp.waiting

    assert load() == (0, 2, 0)
    asked(store, town, first, "ash.partner", by="ash.gp")  # very high: 4
    handover_id = asked(store, town, second, "ash.partner", by="ash.gp")  # high: 2
    assert load() == (6, 2, 2)
    assert load(first) == (2, 4, 1)  # the case itself is what would be added
    decided(store, town, reject_handover, handover_id, by="ash.partner", note="Too many")
    assert load() == (4, 2, 1)
    with store.writing() as session:
        session.get_one(Case, first).state = CaseState.CLOSED
    assert load() == (0, 2, 0)


def test_a_request_that_has_lapsed_is_not_counted(store, town):
    first, case_id = led(store, town, 1, "ash.gp"), opened(store, town, 3)
    asked(store, town, first, "ash.partner", by="ash.gp", now=NOW - timedelta(days=2), handover_days=1)
    assert compared(store, town, case_id)["ash.partner"].waiting == 0


def test_workload_of_somebody_who_objects_to_scores_counts_as_one_without_a_tier(store, town):
    led(store, town, 1, "ash.gp")  # very high: 4
    case_id = opened(store, town, 3)
    assert compared(store, town, case_id)["ash.gp"].points == 4
    with store.writing() as session:
        session.add(
            Consent(person_id=town.people[1], purpose="risk_stratification", state="refused", how="asked", at=NOW)
        )
    assert compared(store, town, case_id)["ash.gp"].points == read_lead_rules().weights[Tier.NONE] < 4


def test_somebody_who_is_leaving_is_not_compared_and_the_pages_say_so(store, town, client_as, get):
    case_id = opened(store, town, 2)
    leads = led(store, town, 1, "ash.gp")
    assert "ash.gp" in compared(store, town, case_id)
    with store.writing() as session:
        start_leaver(session, by=town.viewer(session, "ash.manager"), now=NOW, user_id=town.users["ash.gp"])
    assert "ash.gp" not in compared(store, town, case_id)
    client = client_as("ash.manager")
    said = "Not offered, because this person is leaving: Ash Gp."
    assert said in get(client, f"/cases/{case_id}/lead")
    assert said not in get(client, f"/cases/{leads}/handover")  # who hands it over is not missed among the receivers
    other = led(store, town, 6, "birch.gp")
    assert said in get(client_as("birch.manager"), f"/cases/{other}/handover")
    with pytest.raises(NotNow, match="is leaving"):
        named(store, town, case_id, "ash.gp", by="ash.manager", code="persons_choice")


def test_continuity_is_the_most_somebody_had_to_do_with_the_person(store, town):
    case_id = opened(store, town, 1)
    with store.writing() as session:
        session.add(
            Contact(
                person_id=town.people[1],
                mode="telephone",
                participants=["person"],
                outcome_code="x",
                happened_at=NOW,
                recorded_at=NOW,
                recorded_by=town.users["nurse"],
            )  # fmt: skip
        )
        for username in ("nurse", "therapist"):
            session.add(
                CareTeamMember(
                    case_id=case_id,
                    user_id=town.users[username],
                    role="nurse",
                    from_on=date(2026, 10, 1),
                    until_on=date(2026, 10, 2),
                    added_at=NOW,
                    added_by=town.users["ash.gp"],
                )  # fmt: skip
            )
    found = compared(store, town, case_id)
    assert {name: found[name].continuity for name in ("nurse", "therapist", "ash.gp")} == {
        "nurse": Continuity.CARE_TEAM,
        "therapist": Continuity.CARE_TEAM,
        "ash.gp": Continuity.NONE,
    }


def test_somebody_deactivated_or_without_a_role_in_care_is_not_compared(store, town):
    with store.writing() as session:
        session.get_one(User, town.users["nurse"]).deactivated_at = NOW
        session.add(Practitioner(user_id=town.users["integration"], profession="nurse", capacity=10))
    found = compared(store, town, opened(store, town, 1))
    assert "nurse" not in found
    assert "integration" not in found


def test_a_leave_that_is_over_or_still_to_come_does_not_count_as_away(store, town):
    with store.writing() as session:
        for first, last in ((date(2026, 9, 1), date(2026, 10, 4)), (date(2026, 10, 6), date(2026, 10, 9))):
            session.add(Leave(user_id=town.users["ash.gp"], first_day=first, last_day=last))
    gp = compared(store, town, opened(store, town, 1))["ash.gp"]
    assert (gp.away_until, gp.next_day) == (None, date(2026, 10, 5))


@contextmanager
def counting(store):
    said = []

    def listener(*parts):
        said.append(parts[2])

    event.listen(store.engine, "before_cursor_execute", listener)
    try:
        yield said
    finally:
        event.remove(store.engine, "before_cursor_execute", listener)


def asks(store, client, url):
    """How many questions a page asks of the database before it is made; the looks written after it are not counted."""
    client.get(url)
    with counting(store) as said:
        assert client.get(url).status_code == 200
    return [text for text in said if text.lstrip().upper().startswith(("SELECT", "WITH")) and "audit_head" not in text]


MOST = 12


def test_no_page_about_leads_asks_more_than_its_budget_however_many_cases(store, town, client_as):
    cases = [led(store, town, number, "ash.gp", code="persons_choice") for number in (1, 2, 3)]
    unled = opened(store, town, 6)
    request = asked(store, town, cases[0], "ash.partner", by="ash.gp")
    with store.writing() as session:
        journey_id = start_leaver(
            session, by=town.viewer(session, "ash.manager"), now=NOW, user_id=town.users["ash.gp"]
        )
    urls = [
        f"/cases/{cases[0]}/lead", f"/cases/{unled}/lead", f"/cases/{cases[0]}/team", f"/cases/{cases[1]}/handover",
        "/handovers", f"/handovers/{request}", "/leavers", "/leavers/new", f"/leavers/{journey_id}",
        f"/leavers/{journey_id}/send", f"/cases/{cases[0]}/letter",
    ]  # fmt: skip
    client = client_as("navigator")
    over = {url: len(found) for url in urls if len(found := asks(store, client, url)) > MOST}
    assert over == {}
