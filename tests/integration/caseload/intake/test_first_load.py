"""A first run into an empty case database: places, people, scores, the list, hospital stays."""

from datetime import date

import pytest
from sqlalchemy import func, select

from caseload.domain.words import EncounterKind, OrganisationKind, ProposalKind, ProposalState, Residence, Sex, Tier
from caseload.intake.load_run import load_run
from caseload.tables import (
    Encounter,
    Organisation,
    Person,
    PersonEvent,
    Proposal,
    ProposalEvent,
    RiskRun,
    RiskScore,
    Table,
)
from interfaces.pseudonyms import pseudonym
from tests.support.case_app import NOW, audited
from tests.support.months import KEY, OCTOBER, TIERS, make_month
from tests.support.packs import admission, attendance, nhs


@pytest.fixture
def month(tmp_path):
    return make_month(
        tmp_path / "october",
        register={
            1: {"residence": "nursing_care", "lives_alone": 0, "has_carer": 1, "sex": "1", "imd_decile": 10},
            5: {"date_of_death": "2026-09-30"},
            9: {"deregistered_on": "2026-09-30"},
            12: {"date_of_death": "2026-05-01"},
            11: {"deregistered_on": "2026-05-01"},
        },
        tiers={number: tier for number, tier in TIERS.items() if number not in (3, 11, 12)},
        admissions=[admission(nhs(1), "2026-09-14", spell_id="S1", discharged_on="2026-09-20")],
        ed_attendances=[attendance(nhs(2), "2026-08-01", attendance_id="A1", provider_code="R1H")],
    )


@pytest.fixture
def loaded(store, month):
    return load_run(store, month.request, now=NOW)


def people(session):
    return {person.nhs_number: person for person in session.execute(select(Person)).scalars()}


def test_first_load_takes_in_who_is_registered_or_was_scored(store, loaded):
    with store.reading() as session:
        known = people(session)
    assert sorted(known) == sorted(nhs(number) for number in range(1, 11))  # 11 and 12 left or died before, unscored
    assert (loaded.scores, loaded.scored, loaded.latest.people.new) == (9, 9, 10)


def test_first_load_brings_every_field_of_a_person(store, loaded):
    with store.reading() as session:
        one, five, nine = (people(session)[nhs(number)] for number in (1, 5, 9))
        assert (one.family_name, one.given_name, one.name_key) == ("O’Family1", "Given1", "ofamily1 given1")
        assert (one.date_of_birth, one.sex, one.residence) == (date(1931, 3, 2), Sex.MALE, Residence.NURSING_CARE)
        assert (one.lives_alone, one.has_carer, five.lives_alone) == (False, True, None)
        assert (one.imd_decile, five.imd_decile) == (10, None)
        assert (one.address_line, one.postcode, one.phone) == ("1 Test Street", "ZZ1 1ZZ", "01632 960000")
        assert (one.practice.code, one.pseudonym) == ("F84001", pseudonym(KEY, nhs(1)))
        assert (one.restricted, one.merged_into_id, one.updated_at, one.row_version) == (False, None, NOW, 1)
        assert (five.date_of_death, nine.deregistered_on) == (date(2026, 9, 30), date(2026, 9, 30))
        assert session.execute(select(func.count()).select_from(PersonEvent)).scalar_one() == 0


def test_first_load_numbers_people_so_that_an_id_says_nothing(store, loaded):
    with store.reading() as session:
        names = session.execute(select(Person.pseudonym).order_by(Person.id)).scalars().all()
    assert names == sorted(names)


def test_first_load_makes_the_place_tree(store, loaded):
    with store.reading() as session:
        places = {place.id: place for place in session.execute(select(Organisation)).scalars()}
        paths = set()
        for place in places.values():
            path = [place.name]
            while place.parent_id is not None:
                place = places[place.parent_id]
                path.append(place.name)
            paths.add(tuple(path))
        kinds = [place.kind for place in places.values()]
    assert ("Practice F84002", "North", "North", "Testborough") in paths
    assert ("Practice F84003", "South", "North", "Testborough") in paths
    assert [kinds.count(kind) for kind in ("practice", "network", "locality", "borough")] == [3, 2, 1, 1]
    assert set(kinds) <= set(OrganisationKind)


def test_first_load_keeps_scores_as_the_run_wrote_them(store, loaded):
    with store.reading() as session:
        run = session.execute(select(RiskRun)).scalar_one()
        rows = session.execute(select(Person.nhs_number, RiskScore).join(RiskScore).order_by(RiskScore.rank)).all()
        assert [number for number, _ in rows] == [nhs(n) for n in (1, 6, 2, 7, 10, 4, 8, 5, 9)]
        first, last = rows[0][1], rows[-1][1]
        assert (first.tier, first.rank, first.rising, first.percentile) == (Tier.VERY_HIGH, 1, True, 100.0)
        assert first.reasons == [
            {
                "code": "emergency_admissions", "text": "2 emergency admissions in the last 12 months",
                "first_date": "2026-01-03", "last_date": "2026-08-14", "source": "admissions",
            }
        ]  # fmt: skip
        assert (last.tier, last.reasons, last.cohorts) == (Tier.NONE, [], ["over_75"])
        assert first.raw_score == pytest.approx(3.0 - 6.0 / 9)
        assert (run.place, run.index_date, run.extracted_on) == ("Testborough", OCTOBER, OCTOBER)
        assert (run.key_id, run.people, run.demonstration, run.loaded_at) == (KEY.id, 9, True, NOW)


def test_first_load_proposes_the_living_and_registered_of_the_two_highest_tiers(store, loaded):
    with store.reading() as session:
        rows = session.execute(select(Person, Proposal).join(Proposal).order_by(Proposal.id)).all()
        assert [person.nhs_number for person, _ in rows] == [nhs(n) for n in (1, 6, 2, 7, 10)]
        for person, proposal in rows:
            assert (proposal.kind, proposal.state) == (ProposalKind.SCORE, ProposalState.PROPOSED)
            assert (proposal.practice_id, proposal.created_at) == (person.practice_id, NOW)
        told = session.execute(select(ProposalEvent.proposal_id, ProposalEvent.state, ProposalEvent.by)).all()
        assert told == [(proposal.id, ProposalState.PROPOSED, None) for _, proposal in rows]
    assert loaded.latest.listed.new == 5


def test_first_load_does_not_propose_who_died_or_left_since_the_index_date(tmp_path, store):
    month = make_month(
        tmp_path / "month",
        extracted=date(2026, 10, 20),
        register={1: {"date_of_death": "2026-10-03"}, 2: {"deregistered_on": "2026-10-04"}},
    )
    load_run(store, month.request, now=NOW)
    with store.reading() as session:
        proposed = session.execute(select(Person.nhs_number).join(Proposal)).scalars().all()
    assert sorted(proposed) == sorted(nhs(n) for n in (6, 7, 10))


def test_first_load_takes_in_stays_of_people_in_a_tier(store, loaded):
    with store.reading() as session:
        rows = session.execute(select(Person.nhs_number, Encounter).join(Encounter).order_by(Encounter.id)).all()
        admitted = {row[0]: row[1] for row in rows}
        assert sorted(admitted) == sorted([nhs(1), nhs(2)])
        stay, visit = admitted[nhs(1)], admitted[nhs(2)]
        assert (stay.source, stay.source_ref, stay.kind) == ("admissions", "S1", EncounterKind.EMERGENCY_ADMISSION)
        assert (stay.started_on, stay.ended_on) == (date(2026, 9, 14), date(2026, 9, 20))
        assert (stay.provider_code, stay.diagnosis_code) == ("R1H00", "J189")
        assert (visit.kind, visit.ended_on, visit.provider_code) == (EncounterKind.ED_ATTENDANCE, None, "R1H")


def test_first_load_tells_the_audit_log_once(store, loaded):
    assert audited(store) == [("run.load", [])]


def test_first_load_says_what_it_did(loaded):
    said = "\n".join(loaded.lines())
    assert "Taken in: Testborough, index date 1 October 2026. 9 scores of 9." in said
    assert "10 people are new, at 3 practices." in said
    assert "5 people were put before their practices, at 3 of them." in said
    assert "Hospital stays: 2 added, 0 replaced, 0 removed." in said


def everything(store):
    with store.reading() as session:
        return {
            table.name: session.execute(select(table).order_by(*table.primary_key.columns)).all()
            for table in Table.metadata.sorted_tables
        }


def test_the_same_run_again_changes_nothing(store, month, loaded):
    before = everything(store)
    again = load_run(store, month.request, now=NOW)
    assert everything(store) == before
    assert again.again
    assert list(again.lines()) == [
        "The run of Testborough for 1 October 2026 was taken in before. Nothing was changed."
    ]
