"""What people change on an agenda by hand, what they ask for, and the chair's locking of it."""

import pytest

from caseload.actions.agenda import lock_agenda, remove_from_agenda, unlock_agenda
from caseload.actions.mdt_requests import take_back_request
from caseload.domain.agenda_changes import UnlockReason
from caseload.domain.plan_words import MeetingState
from caseload.domain.words import CareTeamRole, NoticeKind
from caseload.exceptions import Conflict, NotNow, NotThere
from caseload.tables import (
    AgendaLeftOut,
    AuditEvent,
    CareTeamMember,
    MdtMeeting,
    Notice,
)
from tests.support.agenda_work import WEDNESDAYS, WHY, add, ask, make_agendas, running_cases
from tests.support.case_app import NOW, audited
from tests.support.led_cases import opened

FIRST, SECOND = WEDNESDAYS[:2]


@pytest.fixture
def agendas(store, town):
    """North's series, nothing built."""
    return make_agendas(store, town)


@pytest.fixture
def small(store, town):
    """The same with room for three."""
    return make_agendas(store, town, capacity=3)


@pytest.fixture
def cases(store, town):
    """Running cases by person: 1 new at very high risk (and rising), 2 for no reason, 6 very high as before, 7 rising."""
    return running_cases(store, town)


def test_a_request_is_made_once_and_only_for_people_of_the_place(agendas, cases, store, town):
    ask(agendas, cases[2])
    with pytest.raises(Conflict) as conflict:
        ask(agendas, cases[2], "navigator")
    assert conflict.value.by == "Ash Gp"
    south = opened(store, town, 10)
    with pytest.raises(NotNow, match="not about people of this practice"):
        ask(agendas, south, "cedar.manager")
    with pytest.raises(NotThere):
        ask(agendas, cases[2], "cedar.manager")
    for why in ("  ", "w" * 251):
        with pytest.raises(NotNow) as refused:
            ask(agendas, cases[6], "birch.manager", why=why)
        assert refused.value.field == "why"
    assert [event for event in audited(store) if event[0] == "mdt_request.make"] == [
        ("mdt_request.make", [town.people[2]])
    ]


def test_a_request_is_taken_back_by_who_made_it_until_an_agenda_has_it(agendas, cases, store):
    request_id = ask(agendas, cases[2])
    with pytest.raises(NotThere):
        agendas.act(take_back_request, "navigator", request_id=request_id, row_version=1)
    agendas.act(take_back_request, "ash.gp", request_id=request_id, row_version=1)
    assert agendas.request(request_id).ended_at == NOW
    second = ask(agendas, cases[2])
    agendas.build()
    assert agendas.on()[0] == cases[2]
    with pytest.raises(NotNow, match="has taken this request up"):
        agendas.act(take_back_request, "ash.gp", request_id=second, row_version=2)


def test_adding_by_hand_takes_up_a_request_that_waits(agendas, cases):
    waiting = ask(agendas, cases[2])
    item_id = add(agendas, cases[2], why="His wife rang")
    assert agendas.request(waiting).item_id == item_id
    agendas.build()
    assert agendas.items()[0].id == item_id


def test_nobody_is_added_twice_nor_over_the_capacity_nor_unseen(small, cases, store, town):
    add(small, cases[1])
    with pytest.raises(Conflict) as conflict:
        add(small, cases[1], "chair")
    assert (conflict.value.by, conflict.value.at) == ("Navigator", NOW)
    add(small, cases[2])
    add(small, cases[6])
    with pytest.raises(NotNow, match="The agenda is full: 3 people"):
        add(small, cases[7])
    south = opened(store, town, 10)
    with pytest.raises(NotThere):
        add(small, south)
    assert small.on() == [cases[1], cases[2], cases[6]]


def test_who_was_taken_off_does_not_come_back_until_added_again(agendas, cases, store, town):
    agendas.build()
    agendas.remove(cases[1])
    assert agendas.on() == [cases[7]]
    (row,) = agendas.rows(AgendaLeftOut)
    assert (row.case_id, row.removed_by, row.removed_why) == (
        cases[1], town.users["navigator"], "Discussed by telephone",
    )  # fmt: skip
    assert ("agenda.remove", [town.people[1]]) in audited(store)
    agendas.build()
    assert agendas.on() == [cases[7]]
    add(agendas, cases[1])
    agendas.build()
    assert sorted(agendas.on()) == sorted([cases[1], cases[7]])
    assert agendas.rows(AgendaLeftOut) == []


def test_a_request_ends_with_the_item_that_was_taken_off(agendas, cases):
    request_id = ask(agendas, cases[2])
    agendas.build()
    agendas.remove(cases[2])
    request = agendas.request(request_id)
    assert (request.item_id, request.ended_at) == (None, NOW)


def test_taking_off_needs_a_reason_and_the_item_as_it_was_seen(agendas, cases):
    agendas.build()
    item = agendas.item(cases[1])
    with pytest.raises(NotNow) as refused:
        agendas.remove(cases[1], why=" ")
    assert refused.value.field == "why"
    agendas.move(cases[1], up=False)
    with pytest.raises(Conflict):
        agendas.act(remove_from_agenda, item_id=item.id, row_version=item.row_version, why=WHY)


def test_the_chair_locks_what_they_saw(agendas, cases, store, town):
    agendas.build()
    seen = agendas.row(MdtMeeting, agendas.meetings[0]).row_version
    add(agendas, cases[2])
    with pytest.raises(Conflict):
        agendas.act(lock_agenda, "chair", meeting_id=agendas.meetings[0], row_version=seen)
    agendas.lock()
    meeting = agendas.row(MdtMeeting, agendas.meetings[0])
    assert (meeting.state, meeting.locked_at, meeting.locked_by) == (MeetingState.LOCKED, NOW, town.users["chair"])
    assert audited(store)[-1] == ("agenda.lock", sorted(town.people[number] for number in (1, 2, 7)))


def test_only_the_chair_locks_and_never_an_empty_agenda(agendas, cases):
    with pytest.raises(NotNow, match="Nobody is on the agenda yet"):
        agendas.lock()
    agendas.build()
    with pytest.raises(NotNow, match="Only the chair"):
        agendas.lock(username="navigator")
    for username in ("ash.gp", "nurse", "south.navigator"):
        with pytest.raises(NotThere):
            agendas.lock(username=username)


def test_a_locked_agenda_is_not_changed_until_the_chair_unlocks_it(agendas, cases, store):
    agendas.build()
    agendas.lock()
    for change in (
        agendas.build,
        lambda: add(agendas, cases[2]),
        lambda: agendas.remove(cases[1]),
        lambda: agendas.move(cases[7], up=True),
    ):
        with pytest.raises(NotNow, match="is locked"):
            change()
    meeting = agendas.row(MdtMeeting, agendas.meetings[0])
    unlock = {"meeting_id": meeting.id, "row_version": meeting.row_version, "reason": UnlockReason.SOMEBODY_MISSING}
    with pytest.raises(NotNow, match="Only the chair"):
        agendas.act(unlock_agenda, "navigator", **unlock)
    agendas.act(unlock_agenda, "chair", **unlock)
    again = agendas.row(MdtMeeting, meeting.id)
    assert (again.state, again.locked_at, again.locked_by) == (MeetingState.PLANNED, None, None)
    (event,) = agendas_events(store, "agenda.unlock")
    assert '"code": "somebody_missing"' in event or '"code":"somebody_missing"' in event
    add(agendas, cases[2])


def agendas_events(store, action):
    with store.reading() as session:
        rows = session.query(AuditEvent).filter_by(action=action).order_by(AuditEvent.number).all()
        return [row.detail for row in rows]


def test_leads_and_navigators_are_told_once_when_it_is_locked(agendas, cases, store, town):
    with store.writing() as session:
        session.add(
            CareTeamMember(
                case_id=cases[7], user_id=town.users["south.navigator"], role=CareTeamRole.CARE_NAVIGATOR,
                from_on=NOW.date(), added_at=NOW, added_by=town.users["birch.manager"],
            )
        )  # fmt: skip
    agendas.build()
    agendas.lock()
    told = {(row.user_id, row.person_id, row.case_id) for row in on_agenda_notices(agendas)}
    assert told == {
        (town.users["ash.gp"], town.people[1], cases[1]),
        (town.users["south.navigator"], town.people[7], cases[7]),
    }
    meeting = agendas.row(MdtMeeting, agendas.meetings[0])
    agendas.act(
        unlock_agenda, "chair", meeting_id=meeting.id, row_version=meeting.row_version,
        reason=UnlockReason.LOCKED_BY_MISTAKE,
    )  # fmt: skip
    agendas.lock()
    assert len(on_agenda_notices(agendas)) == 2


def on_agenda_notices(agendas):
    return agendas.rows(Notice, Notice.kind == NoticeKind.ON_MDT_AGENDA)
