"""Two records merged in the app: no load brings the merged one back, or asks about the kept one twice."""

import pytest
from sqlalchemy import select

from caseload.actions.merges import merge_people, unmerge_people
from caseload.domain.proposal_rules import UNDECIDED
from caseload.domain.words import ConsentState, ProposalState, Role
from caseload.intake import load_run as loading
from caseload.intake.load_run import load_run
from caseload.queries.viewers import viewer_of
from caseload.tables import Consent, Encounter, Person, Proposal, RiskScore
from tests.integration.caseload.intake.conftest import LATER
from tests.support.case_app import NOW
from tests.support.months import NOVEMBER, TIERS, make_month
from tests.support.packs import admission, nhs

KEPT, GONE = 1, 2  # very high and high, both proposed in October, both at F84001


def merge(place):
    """As somebody does at the duplicates page; answers the merge's id and who did it."""
    manager = place.staff("merger", Role.PRACTICE, "F84001")
    with place.store.writing() as session:
        kept, gone = place.person(session, KEPT), place.person(session, GONE)
        return manager, merge_people(
            session, by=viewer_of(session, manager, NOW), now=NOW, kept_id=kept.id, merged_id=gone.id,
            row_versions={str(one.id): one.row_version for one in (kept, gone)}, reason="Registered twice",
        )  # fmt: skip


def undecided(place):
    """Every undecided proposal of either record, as the number of the record it is about."""
    with place.store.reading() as session:
        wanted = select(Person.nhs_number).join(Proposal, Proposal.person_id == Person.id)
        found = session.execute(wanted.where(Proposal.state.in_(UNDECIDED))).scalars().all()
        return sorted(number for number in (KEPT, GONE) for one in found if one == nhs(number))


def before_the_lock(monkeypatch, do):
    """Let something happen when a load has read what is here, and has not begun to write."""
    noted = loading.note_kept
    done = []

    def then(session, connection):
        noted(session, connection)
        if not done:
            done.append(session.rollback())  # on SQLite the same thread may not write while it reads
            do()

    monkeypatch.setattr(loading, "note_kept", then)


def merged_into(place):
    with place.store.reading() as session:
        gone = place.person(session, GONE)
        return gone.merged_into_id == place.person(session, KEPT).id


def test_a_load_leaves_a_merged_record_merged_and_asks_about_the_kept_one_once(store, place):
    place.decide(GONE, ProposalState.DECLINED)
    merge(place)
    loaded = place.november(names={GONE: {"family_name": "Changed"}})
    assert merged_into(place)
    assert undecided(place) == [KEPT]
    assert loaded.latest.people.new == 0


def test_two_undecided_proposals_stay_one_that_is_seen(store, place):
    merge(place)  # the merged record's own proposal stays behind with it, unseen
    place.november()
    assert undecided(place) == [KEPT, GONE]
    with store.reading() as session:
        assert len(place.proposals(session, KEPT)) == 1
        assert place.proposals(session, GONE)[0].created_at == NOW  # October's


def test_a_merged_record_risen_since_is_not_proposed(store, place):
    place.decide(KEPT, ProposalState.DECLINED)
    place.decide(GONE, ProposalState.DECLINED)
    merge(place)
    place.november(tiers=TIERS | {GONE: "very_high", KEPT: "high"})
    assert undecided(place) == []


def test_the_month_after_an_unmerge_both_are_themselves_again(store, place):
    manager, merge_id = merge(place)
    place.november(tiers=TIERS | {KEPT: "none", GONE: "none"})
    with store.writing() as session:
        unmerge_people(session, by=viewer_of(session, manager, LATER), now=LATER, merge_id=merge_id)
    december = make_month(place.folder / "december", index=NOVEMBER.replace(month=12))
    load_run(store, december.request, now=LATER)
    assert undecided(place) == [KEPT, GONE]


@pytest.mark.parametrize("listed", ["high", "none"])
def test_records_merged_while_a_load_reads_are_one_person_for_it(store, place, monkeypatch, listed):
    objections = [{"nhs_number": nhs(GONE), "kind": "sharing", "from_date": "2026-10-10"}]
    admissions = [admission(nhs(GONE), "2026-10-20", spell_id="S2")]
    before_the_lock(monkeypatch, lambda: merge(place))
    place.november(objections=objections, admissions=admissions, tiers=TIERS | {GONE: listed})
    assert merged_into(place)
    with store.reading() as session:
        kept, gone = place.person(session, KEPT).id, place.person(session, GONE).id
        refused = select(Consent.person_id).where(Consent.state == ConsentState.REFUSED)
        assert set(session.execute(refused).scalars()) == {kept}
        stays = set(session.execute(select(Encounter.person_id)).scalars())
        assert stays == {kept}  # whichever of the two numbers is in a tier
        assert gone in set(session.execute(select(RiskScore.person_id)).scalars())  # a score stays with its number
        assert len(place.proposals(session, KEPT)) == 1


def test_a_load_keeps_the_stays_that_came_with_a_merged_record(store, place):
    stays = [admission(nhs(GONE), "2026-09-20", spell_id="S2")]
    november = make_month(place.folder / "november", index=NOVEMBER, admissions=stays)
    load_run(store, november.request, now=LATER)
    merge(place)
    december = make_month(
        place.folder / "december", index=NOVEMBER.replace(month=12), admissions=stays, tiers=TIERS | {GONE: "none"}
    )
    load_run(store, december.request, now=LATER)
    with store.reading() as session:
        kept = place.person(session, KEPT).id
        assert session.execute(select(Encounter.source_ref, Encounter.person_id)).all() == [("S2", kept)]


def test_records_taken_apart_while_a_load_reads_are_two_for_it(store, place, monkeypatch):
    manager, merge_id = merge(place)

    def take_apart():
        with store.writing() as session:
            unmerge_people(session, by=viewer_of(session, manager, NOW), now=NOW, merge_id=merge_id)

    before_the_lock(monkeypatch, take_apart)
    place.november(objections=[{"nhs_number": nhs(GONE), "kind": "sharing", "from_date": "2026-10-10"}])
    with store.reading() as session:
        said = set(session.execute(select(Consent.person_id)).scalars())
        assert said == {place.person(session, GONE).id}
    assert undecided(place) == [KEPT, GONE]
