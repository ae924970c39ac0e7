"""Two records found to be one person: what is proposed, what a merge moves, and that undoing it is exact."""

from datetime import timedelta

import pytest
from sqlalchemy import inspect, select

from caseload.actions.merges import MOVED, STAYS, keep_apart, merge_people, unmerge_people
from caseload.actions.notices import notify
from caseload.audit_chain import verify
from caseload.domain.duplicates import Likeness
from caseload.domain.plan_words import CohortColumn, MeasureKind
from caseload.domain.words import (
    CaseState,
    ConsentPurpose,
    ConsentState,
    ContactMode,
    EncounterKind,
    NoticeKind,
    TaskKind,
    TaskState,
)
from caseload.exceptions import Conflict, NotNow, NotThere
from caseload.queries.merges import current_id, merged_into, possible_duplicates, records_of
from caseload.queries.search import people_named, person_with_number
from caseload.tables import (
    Case,
    Cohort,
    CohortMember,
    Consent,
    Contact,
    EmergencyAccess,
    Encounter,
    OutwardChange,
    Person,
    PersonEvent,
    PersonMeasure,
    PersonMerge,
    Proposal,
    RestrictedAccess,
    RiskScore,
    Table,
    Task,
)
from tests.support.border_rows import at_the_borders
from tests.support.case_app import NOW, RUNS, audited, propose
from tests.support.led_cases import opened
from tests.support.packs import nhs

KEPT, MERGED = 2, 3
LATER = NOW + timedelta(hours=1)


def twin(store, town, number=MERGED, of=KEPT, **changes):
    """Make one record look like another."""
    with store.writing() as session:
        person, like = (session.get_one(Person, town.people[one]) for one in (number, of))
        for name in ("family_name", "given_name", "name_key", "date_of_birth"):
            setattr(person, name, changes.get(name, getattr(like, name)))


def merged(store, town, kept=KEPT, gone=MERGED, by="ash.manager", versions=None):
    with store.writing() as session:
        ids = {town.people[number] for number in (kept, gone)}
        seen = versions or {str(one): session.get_one(Person, one).row_version for one in ids}
        return merge_people(
            session, by=town.viewer(session, by), now=NOW, kept_id=town.people[kept], merged_id=town.people[gone],
            row_versions=seen, reason="The same person, registered twice",
        )  # fmt: skip


def unmerged(store, town, merge_id, by="ash.manager"):
    with store.writing() as session:
        return unmerge_people(session, by=town.viewer(session, by), now=LATER, merge_id=merge_id)


def pairs(store, town, by="ash.manager", **options):
    with store.reading() as session:
        found = possible_duplicates(session, town.viewer(session, by), NOW, limit=50, **options)
        return [(pair.first.person_id, pair.second.person_id, pair.likeness) for pair in found]


def owners(store, told=None):
    """Every row that is about a person, as (table, key) -> person id; of the change feed those told up to a number."""
    with store.reading() as session:
        found = {}
        for table in MOVED:
            if table is OutwardChange and told is not None:
                wanted = select(table).where(table.id <= told)
                found |= {("outward_change", row.id): row.person_id for row in session.execute(wanted).scalars()}
                continue
            for row in session.execute(select(table)).scalars():
                key = (row.run_id, row.rank) if table is RiskScore else row.id
                found[table.__tablename__, key] = row.person_id
        return found


def everything_about(store, town, number):
    """One row of each kind about a person; the ids of the case and its tasks."""
    person = town.people[number]
    case_id = opened(store, town, number)
    with store.writing() as session:
        user = town.users["ash.manager"]
        session.add_all(
            [
                Contact(person_id=person, case_id=case_id, mode=ContactMode.TELEPHONE, participants=[], outcome_code="x",
                        happened_at=NOW, recorded_at=NOW, recorded_by=user),
                Consent(person_id=person, purpose=ConsentPurpose.SHARING_HEALTH, state=ConsentState.GIVEN, how="said",
                        at=NOW, by=user),
                Encounter(person_id=person, source="test", source_ref=str(number), started_on=NOW.date(),
                          kind=EncounterKind.ED_ATTENDANCE),
                EmergencyAccess(user_id=town.users["nurse"], person_id=person, reason_code="other", reason="…",
                                opened_at=NOW, expires_at=LATER),
                RestrictedAccess(person_id=person, user_id=town.users["nurse"], given_at=NOW, given_by=user),
                PersonMeasure(person_id=person, kind=MeasureKind.LONELINESS, value=2, measured_on=NOW.date(), at=NOW,
                              by=user),
                CohortMember(cohort_id=_cohort(session, town, user), person_id=person, rank=1, moved_at=NOW,
                             board_column=CohortColumn.TO_CONTACT, moved_by=user),
            ]
        )  # fmt: skip
        notify(session, now=NOW, user_ids=[user], kind=NoticeKind.NEW_CASE, person_id=person, case_id=case_id)
        at_the_borders(session, person, case_id, user)
    return case_id


def _cohort(session, town, user):
    cohort = Cohort(
        name="The first 25", place_id=town.places["Y90001"], run_id=town.runs[RUNS[1]], size=25, rule={},
        begun_on=NOW.date(), created_at=NOW, created_by=user,
    )  # fmt: skip
    session.add(cohort)
    session.flush()
    return cohort.id


def test_every_reference_to_a_person_is_moved_or_said_to_stay():
    references = {
        f"{table.name}.{column.name}"
        for table in Table.metadata.sorted_tables
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name == "person"
    }
    moved = {f"{inspect(table).local_table.name}.person_id" for table in MOVED}
    assert references == moved | STAYS
    assert not moved & STAYS


def test_a_merge_moves_everything_and_undoing_it_brings_every_row_back(store, town):
    twin(store, town)
    case_id = everything_about(store, town, MERGED)
    before = owners(store)
    told = max(key for table, key in before if table == "outward_change")
    kinds = {table for (table, _), person in before.items() if person == town.people[MERGED]}
    assert kinds == {table.__tablename__ for table in MOVED}

    merge_id = merged(store, town)
    after = owners(store, told)
    left = {key for key, person in after.items() if person == town.people[MERGED]}
    assert {table for table, _ in left} == {"risk_score"}  # the kept record has one of that run
    assert after["care_case", case_id] == town.people[KEPT]
    with store.reading() as session:
        assert session.get_one(Person, town.people[MERGED]).merged_into_id == town.people[KEPT]
        rows = len(session.get_one(PersonMerge, merge_id).moved)
    assert rows == sum(person == town.people[MERGED] for person in before.values()) - len(left)

    assert unmerged(store, town, merge_id) == town.people[MERGED]
    assert owners(store, told) == before
    events = [event for event in audited(store) if event[0] in ("person.merged", "person.unmerged")]
    both = sorted([town.people[KEPT], town.people[MERGED]])
    assert [(action, sorted(people)) for action, people in events] == [
        ("person.merged", both),
        ("person.unmerged", both),
    ]
    with store.reading() as session:
        verify(session, store.secrets.audit)


def test_a_merge_leaves_behind_what_would_stand_twice(store, town):
    twin(store, town)
    made = propose(store, town, [KEPT, MERGED])
    with store.writing() as session:
        user = town.users["ash.manager"]
        for number in (KEPT, MERGED):
            session.add(RestrictedAccess(person_id=town.people[number], user_id=user, given_at=NOW, given_by=user))
    before = owners(store)
    merge_id = merged(store, town)
    after = owners(store)
    assert after["proposal", made[MERGED]] == town.people[MERGED]
    scores = {key: person for (table, key), person in after.items() if table == "risk_score"}
    assert sum(person == town.people[MERGED] for person in scores.values()) == 1
    unmerged(store, town, merge_id)
    assert owners(store) == before


def test_a_score_of_a_run_the_kept_record_has_none_of_moves(store, town):
    before = owners(store)
    merge_id = merged(store, town, kept=3, gone=2)
    after = owners(store)
    changed = {key: person for key, person in after.items() if before[key] != person}
    assert {table for table, _ in changed} == {"risk_score"}
    assert list(changed.values()) == [town.people[3]]
    unmerged(store, town, merge_id)
    assert owners(store) == before


def test_what_was_added_to_a_moved_case_goes_back_with_it(store, town):
    twin(store, town)
    case_id = everything_about(store, town, MERGED)
    merge_id = merged(store, town)
    with store.writing() as session:
        for case in (case_id, None):
            session.add(
                Task(person_id=town.people[KEPT], case_id=case, kind=TaskKind.OTHER, title=f"{case}", due_on=NOW.date(),
                     state=TaskState.OPEN, created_at=NOW)
            )  # fmt: skip
    unmerged(store, town, merge_id)
    with store.reading() as session:
        tasks = session.execute(select(Task).where(Task.title.in_([str(case_id), "None"]))).scalars()
        assert {task.title: task.person_id for task in tasks} == {
            str(case_id): town.people[MERGED],
            "None": town.people[KEPT],
        }


def test_two_cases_that_are_not_closed_are_not_merged(store, town):
    for number in (KEPT, MERGED):
        opened(store, town, number)
    with pytest.raises(NotNow, match="Close one of the two cases first"):
        merged(store, town)


def test_a_closed_case_on_either_side_does_not_stop_a_merge(store, town):
    for number in (KEPT, MERGED):
        opened(store, town, number)
    with store.writing() as session:
        case = session.execute(select(Case).where(Case.person_id == town.people[MERGED])).scalar_one()
        case.state, case.closed_at, case.closed_by = CaseState.CLOSED, NOW, town.users["ash.manager"]
    assert merged(store, town) > 0


def test_a_restricted_record_is_not_merged_into_an_open_one(store, town):
    with store.writing() as session:
        named = {"user_id": town.users["ash.manager"], "given_by": town.users["admin"], "given_at": NOW}
        session.add(RestrictedAccess(person_id=town.people[4], **named))
    for kept, gone in ((1, 4), (4, 1)):
        with pytest.raises(NotNow, match="One of the two records is restricted"):
            merged(store, town, kept, gone)


@pytest.mark.parametrize(
    ("by", "kept", "gone"), [("ash.manager", 2, 7), ("navigator", 2, 3), ("ig", 2, 3), ("ash.manager", 2, 2),
                             ("ash.manager", 2, 4)],
)  # fmt: skip
def test_merging_is_for_the_practice_of_both_records(store, town, by, kept, gone):
    if by == "navigator":
        opened(store, town, KEPT), opened(store, town, MERGED)
    with pytest.raises(NotThere):
        merged(store, town, kept, gone, by=by)


def test_a_merge_of_records_that_changed_meanwhile_conflicts(store, town):
    seen = {str(town.people[number]): 1 for number in (KEPT, MERGED)}
    twin(store, town)
    with store.writing() as session:
        session.add(PersonEvent(person_id=town.people[MERGED], kind="restricted", at=NOW, by=town.users["ash.gp"]))
    with pytest.raises(Conflict) as refused:
        merged(store, town, versions=seen)
    assert (refused.value.by, refused.value.at) == ("Ash Gp", NOW)


def test_merges_are_undone_from_the_last_one_backwards(store, town):
    first = merged(store, town, kept=2, gone=3)
    second = merged(store, town, kept=1, gone=2)
    with store.reading() as session:
        assert current_id(session, town.people[3]) == current_id(session, town.people[1]) == town.people[1]
        assert records_of(session, town.people[1]) == [town.people[number] for number in (1, 2, 3)]
    with pytest.raises(NotNow, match="Undo that merge first"):
        unmerged(store, town, first)
    with pytest.raises(NotThere):
        unmerged(store, town, first, by="birch.manager")
    unmerged(store, town, second)
    unmerged(store, town, first)
    with pytest.raises(NotNow, match="undone already"):
        unmerged(store, town, first)
    with pytest.raises(NotThere):
        unmerged(store, town, 999)


def test_a_merged_record_is_found_as_the_one_that_was_kept(store, town):
    merged(store, town)
    with store.reading() as session:
        manager, other = town.viewer(session, "ash.manager"), town.viewer(session, "birch.manager")
        assert person_with_number(session, manager, NOW, town.nhs_numbers[MERGED]) == town.people[KEPT]
        gone = session.get_one(Person, town.people[MERGED])
        found = people_named(session, manager, NOW, family="Family3", given="", born=gone.date_of_birth)
        assert [person.person_id for person in found] == [town.people[KEPT]]
        assert merged_into(session, manager, NOW, town.people[MERGED]) == town.people[KEPT]
        assert merged_into(session, other, NOW, town.people[MERGED]) is None
        assert merged_into(session, manager, NOW, town.people[KEPT]) is None
        assert current_id(session, 999_999) == 999_999


def test_an_old_link_to_a_merged_record_leads_to_the_one_that_was_kept(store, town, client_as):
    merged(store, town)
    response = client_as("ash.manager").get(f"/people/{town.people[MERGED]}")
    assert (response.status_code, response.location) == (302, f"/people/{town.people[KEPT]}")
    looks = client_as("ash.manager").get(f"/people/{town.people[MERGED]}/looks")
    assert looks.location == f"/people/{town.people[KEPT]}/looks"
    missing, forbidden = (client_as("birch.manager").get(f"/people/{one}") for one in (99_999, town.people[MERGED]))
    assert missing.status_code == forbidden.status_code == 404


def test_possible_duplicates_by_name_and_by_address(store, town):
    assert pairs(store, town) == []
    twin(store, town, 3, 2)
    twin(store, town, 1, 2, family_name="Married", name_key="married given2")
    people = town.people
    assert pairs(store, town) == [
        (people[1], people[2], Likeness.SAME_ADDRESS),
        (people[1], people[3], Likeness.SAME_ADDRESS),
        (people[2], people[3], Likeness.SAME_NAME),
    ]
    assert pairs(store, town, after=(people[1], people[3])) == [(people[2], people[3], Likeness.SAME_NAME)]
    assert pairs(store, town, by="birch.manager") == pairs(store, town, by="navigator") == []


def test_possible_duplicates_leave_out_whom_the_viewer_may_not_open(store, town):
    twin(store, town, 4, 2)
    assert pairs(store, town) == []


def test_records_that_somebody_said_are_two_people_are_not_proposed_again(store, town):
    twin(store, town)
    with store.writing() as session:
        keep_apart(
            session, by=town.viewer(session, "ash.manager"), now=NOW, first_id=town.people[3], second_id=town.people[2]
        )
    assert pairs(store, town) == []
    assert ("person.not_duplicate", [town.people[2], town.people[3]]) in audited(store)


def test_a_merged_pair_is_not_proposed(store, town):
    twin(store, town)
    merged(store, town)
    assert pairs(store, town) == []


def test_a_failed_audit_event_leaves_nothing_merged(store, town, monkeypatch):
    def broken(*_arguments, **_options):
        raise RuntimeError("the log cannot be written")

    monkeypatch.setattr("caseload.actions.merges.record", broken)
    before = owners(store)
    with pytest.raises(RuntimeError):
        merged(store, town)
    assert owners(store) == before


def test_merge_journey_through_the_pages(store, town, client_as, get, post):
    twin(store, town)
    client = client_as("ash.manager")
    first, second = town.people[KEPT], town.people[MERGED]
    assert "Same date of birth and name" in get(client, "/people/duplicates")
    url = f"/people/duplicates/{first}/{second}"
    assert "Different" in get(client, url)
    assert "Select which record you keep" in post(client, url, {}).text
    done = post(client, url, {"kept": str(first), "reason": "One passport"})
    assert "The two records were merged" in done.text
    listed = get(client, "/people/duplicates")
    assert "One passport" in listed
    with store.reading() as session:
        merge_id = session.execute(select(PersonMerge.id)).scalar_one()
    undone = post(client, f"/people/merges/{merge_id}/undo", {}, page="/people/duplicates")
    assert "The merge was undone" in undone.text
    apart = post(client, f"{url}/apart", {}, page=url)
    assert "will not be proposed again" in apart.text


def test_two_records_are_compared_by_their_numbers(town, client_as, post):
    client = client_as("ash.manager")
    numbers = {"first": town.nhs_numbers[1], "second": town.nhs_numbers[2]}
    response = post(client, "/people/duplicates", numbers, follow=False)
    assert response.location == f"/people/duplicates/{town.people[1]}/{town.people[2]}"
    for wrong in (town.nhs_numbers[7], town.nhs_numbers[4], nhs(77)):
        refused = post(client, "/people/duplicates", {**numbers, "second": wrong})
        assert refused.status_code == 422
        assert "There is no such record that you may merge" in refused.text
    same = post(client, "/people/duplicates", {**numbers, "second": town.nhs_numbers[1]})
    assert "another record" in same.text


def test_an_undecided_proposal_moves_where_the_kept_record_has_none(store, town):
    made = propose(store, town, [MERGED])
    merged(store, town)
    assert owners(store)["proposal", made[MERGED]] == town.people[KEPT]
    with store.reading() as session:
        assert session.get_one(Proposal, made[MERGED]).row_version == 2
