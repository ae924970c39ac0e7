"""What the next register says of people who are known: every change is an event in their own record, the same day."""

from datetime import date

import pytest
from sqlalchemy import select

from caseload.clock import local_day
from caseload.domain.words import CaseState, NoticeKind, Role, TaskKind, TaskState
from caseload.intake.load_run import load_run
from caseload.tables import (
    Consent,
    Encounter,
    LeadProposal,
    Notice,
    Organisation,
    PersonEvent,
    RiskRun,
    RiskScore,
    Task,
)
from tests.integration.caseload.intake.conftest import LATER
from tests.support.case_app import NOW, audited
from tests.support.months import NOVEMBER, OCTOBER, make_month
from tests.support.packs import admission, nhs, practice


def events(session, person):
    wanted = select(PersonEvent).where(PersonEvent.person_id == person.id).order_by(PersonEvent.id)
    return [(event.kind, event.before, event.after) for event in session.execute(wanted).scalars()]


def test_nothing_changed_is_no_event_and_no_new_version(store, place):
    place.november()
    with store.reading() as session:
        assert session.execute(select(PersonEvent)).all() == []
        assert place.person(session, 1).row_version == 1


def test_changed_details_are_one_event_with_just_the_fields_that_changed(store, place):
    loaded = place.november(
        names={1: {"family_name": "Łukasz-Smith", "postcode": "ZZ2 2ZZ", "phone": None}},
        register={1: {"lives_alone": 1, "imd_decile": 3}},
    )
    with store.reading() as session:
        person = place.person(session, 1)
        assert events(session, person) == [
            (
                "details_changed",
                {
                    "family_name": "O’Family1",
                    "postcode": "ZZ1 1ZZ",
                    "phone": "01632 960000",
                    "lives_alone": None,
                    "imd_decile": None,
                },
                {
                    "family_name": "Łukasz-Smith",
                    "postcode": "ZZ2 2ZZ",
                    "phone": "",
                    "lives_alone": True,
                    "imd_decile": 3,
                },
            )
        ]
        assert (person.name_key, person.phone, person.lives_alone) == ("lukaszsmith given1", "", True)
        assert person.imd_decile == 3
        assert (person.row_version, person.updated_at) == (2, LATER)
        event = session.execute(select(PersonEvent)).scalar_one()
        run = session.execute(select(RiskRun.id).order_by(RiskRun.id.desc())).scalars().first()
        assert (event.run_id, event.by, event.at) == (run, None, LATER)
    assert "Details changed: 1" in "\n".join(loaded.lines())


def test_a_death_is_known_the_day_it_arrives_and_the_case_stays_open(store, place):
    nurse = place.staff("nurse", Role.LEAD, "Testborough")
    navigator = place.staff("navigator", Role.NAVIGATOR, "Testborough")
    case_id = place.open_case(1, lead=nurse, navigator=navigator)
    loaded = place.november(
        register={1: {"date_of_death": "2026-10-20", "deregistered_on": "2026-10-22"}},
        tiers={2: "high", 3: "none"},
    )
    with store.reading() as session:
        person = place.person(session, 1)
        assert (person.date_of_death, person.deregistered_on) == (date(2026, 10, 20), date(2026, 10, 22))
        assert [kind for kind, _, _ in events(session, person)] == ["died", "left"]
        assert place.case(session, case_id).state == CaseState.OPEN
        (task,) = session.execute(select(Task).where(Task.kind == TaskKind.AFTER_DEATH)).scalars()
        assert (task.case_id, task.person_id, task.state) == (case_id, person.id, TaskState.OPEN)
        assert (task.owner_id, task.due_on, task.created_by) == (navigator, local_day(LATER), None)
        told = session.execute(select(Notice).where(Notice.kind == NoticeKind.PERSON_DIED)).scalars().all()
        assert sorted(notice.user_id for notice in told) == sorted([nurse, navigator])
        assert {notice.case_id for notice in told} == {case_id}
        assert session.execute(select(Task).where(Task.kind == TaskKind.AFTER_MOVE)).all() == []
    assert loaded.latest.cases_told == 1
    assert "1 cases stay open" in "\n".join(loaded.lines())


@pytest.mark.parametrize(
    ("register", "absent", "kind", "left_on"),
    [
        ({1: {"deregistered_on": "2026-10-15"}}, (), "left", date(2026, 10, 15)),
        ({}, (1,), "left", date(2026, 11, 1)),  # gone from the register: the day it was extracted
        ({1: {"practice_code": "F84003"}}, (), "moved_practice", None),
    ],
)
def test_leaving_or_moving_leaves_the_case_open_with_a_task_and_notices(store, place, register, absent, kind, left_on):
    navigator = place.staff("navigator", Role.NAVIGATOR, "Testborough")
    case_id = place.open_case(1)
    tiers = {1: "high", 2: "high"} if kind == "moved_practice" else {2: "high"}
    place.november(register=register, absent=absent, tiers=tiers)
    with store.reading() as session:
        person = place.person(session, 1)
        assert [one for one, _, _ in events(session, person)] == [kind]
        assert person.deregistered_on == left_on
        assert person.practice.code == ("F84003" if kind == "moved_practice" else "F84001")
        assert place.case(session, case_id).state == CaseState.OPEN
        (task,) = session.execute(select(Task).where(Task.kind == TaskKind.AFTER_MOVE)).scalars()
        assert (task.case_id, task.rule_code) == (case_id, f"person_{kind}")
        (notice,) = session.execute(select(Notice).where(Notice.kind == NoticeKind.PERSON_MOVED)).scalars()
        assert notice.user_id == navigator  # nobody leads and the team is empty: the navigators of the place


def test_somebody_who_comes_back_is_registered_again(store, place):
    place.november(register={1: {"deregistered_on": "2026-10-15"}}, tiers={2: "high"})

    month = make_month(place.folder / "december", index=date(2026, 12, 1), register={1: {"practice_code": "F84002"}})
    load_run(store, month.request, now=LATER)
    with store.reading() as session:
        person = place.person(session, 1)
        assert person.deregistered_on is None
        kinds = events(session, person)
        assert [kind for kind, _, _ in kinds] == ["left", "returned"]
        assert set(kinds[1][1]) == {"practice_id", "deregistered_on"}
        assert [proposal.state for proposal in place.proposals(session, 1)] == ["closed", "proposed"]
        assert place.proposals(session, 1)[1].practice_id == person.practice_id


def test_a_death_recorded_by_mistake_is_taken_back(store, place):
    place.november(register={3: {"date_of_death": "2026-10-20"}})

    load_run(store, make_month(place.folder / "december", index=date(2026, 12, 1)).request, now=LATER)
    with store.reading() as session:
        person = place.person(session, 3)
        assert person.date_of_death is None
        assert [kind for kind, _, _ in events(session, person)] == ["died", "death_corrected"]


def test_a_load_never_lifts_a_restriction(store, place):
    with store.writing() as session:
        place.person(session, 1).restricted = True
    place.november(names={1: {"phone": "01632 960001"}})
    with store.reading() as session:
        assert place.person(session, 1).restricted is True


def test_new_people_join_and_a_renamed_practice_is_renamed(store, tmp_path):

    first = make_month(tmp_path / "october", index=OCTOBER, absent=[12], tiers={1: "high"})
    load_run(store, first.request, now=NOW)
    practices = [practice(f"F8400{n}", network="North", name=f"Renamed {n}") for n in (1, 2, 3)]
    loaded = load_run(store, make_month(tmp_path / "november", index=NOVEMBER, practices=practices).request, now=LATER)
    assert loaded.latest.people.new == 1
    with store.reading() as session:
        renamed = session.execute(select(Organisation).where(Organisation.code == "F84003")).scalar_one()
        parent = session.get_one(Organisation, renamed.parent_id)
        assert (renamed.name, parent.name) == ("Renamed 3", "North")


def test_the_load_and_what_it_set_off_are_audited_without_a_persons_values(store, place):
    place.open_case(1)
    place.november(register={1: {"date_of_death": "2026-10-20"}}, tiers={2: "high"})
    actions = [action for action, _ in audited(store)]
    assert actions.count("run.load") == 2


def merge(store, place, merged, kept):
    with store.writing() as session:
        place.person(session, merged).merged_into_id = place.person(session, kept).id


def test_what_comes_under_a_merged_number_is_of_who_they_are_now(store, place):
    merge(store, place, 4, 1)
    merge(store, place, 2, 4)  # and who was merged into somebody merged
    rows = [{"nhs_number": nhs(2), "kind": "sharing", "from_date": "2026-10-10"}]
    loaded = place.november(
        objections=rows, admissions=[admission(nhs(n), "2026-10-20", spell_id=f"S{n}") for n in (1, 2, 4)]
    )
    with store.reading() as session:
        one = place.person(session, 1).id
        assert set(session.execute(select(Consent.person_id)).scalars()) == {one}
        assert session.execute(select(Encounter.source_ref, Encounter.person_id).order_by(Encounter.id)).all() == [
            ("S1", one), ("S2", one), ("S4", one),
        ]  # fmt: skip
        scored = session.execute(select(RiskScore.person_id).where(RiskScore.run_id == _newest(session))).scalars()
        assert place.person(session, 4).id in set(scored)  # a score stays with the number it was made for
    assert loaded.latest.merged_astray == 0


def test_a_record_merged_into_one_that_left_the_register_is_pointed_out(store, place):
    merge(store, place, 2, 1)
    loaded = place.november(register={1: {"deregistered_on": "2026-10-20"}}, tiers={2: "high"})
    assert loaded.latest.merged_astray == 1
    assert "1 people are on the register under a number whose record was merged" in "\n".join(loaded.lines())


def test_the_lead_rule_looks_again_at_every_case(store, place):
    case_id = place.open_case(10)  # 85 years old and high: by age
    younger = place.open_case(2)
    loaded = place.november(tiers={2: "very_high", 10: "high"}, register={2: {"date_of_birth": "1980-01-01"}})
    with store.reading() as session:
        wanted = select(LeadProposal.rule_code).where(LeadProposal.case_id == younger).order_by(LeadProposal.id.desc())
        assert session.execute(wanted).scalars().first() == "VH"
        assert len(session.execute(select(LeadProposal).where(LeadProposal.case_id == case_id)).all()) == 1
    assert loaded.lead_proposals == 1


def _newest(session):
    return session.execute(select(RiskRun.id).order_by(RiskRun.id.desc())).scalars().first()
