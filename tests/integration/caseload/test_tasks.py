"""Tasks: made by hand and by rule, done and undone, held, moved, escalated; once, by who may, with their history."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from caseload.actions.care_team import end_member
from caseload.actions.restrictions import restrict_person
from caseload.actions.tasks import (
    cancel_case_tasks,
    cancel_task,
    complete_task,
    escalate_task,
    hold_task,
    pass_on_case_tasks,
    reassign_task,
    reopen_task,
)
from caseload.domain.restriction import RestrictReason
from caseload.domain.words import NoticeKind
from caseload.exceptions import Conflict, NotNow, NotThere
from caseload.queries.assignees import default_list, lists_for, may_be_given
from caseload.queries.visible import related
from caseload.tables import AuditEvent, CareTeamMember, Notice, Person, Task, User
from tests.support.case_app import NOW, audited
from tests.support.day_work import TODAY, act, on_task, rule_task, said, steps_of, task_for, task_row, version_of
from tests.support.led_cases import led, opened


def notices_of(store, town, username):
    with store.reading() as session:
        rows = select(Notice.kind).where(Notice.user_id == town.users[username]).order_by(Notice.id)
        return list(session.execute(rows).scalars())


def on_care_team(store, town, case_id, username, role="care_navigator"):
    with store.writing() as session:
        session.add(
            CareTeamMember(
                case_id=case_id, user_id=town.users[username], role=role, from_on=TODAY, added_at=NOW,
                added_by=town.users["ash.manager"],
            )
        )  # fmt: skip


def test_task_by_hand_is_on_ones_own_list(store, town):
    task_id = task_for(store, town, 1, by="ash.manager", title="Bring the form")
    row = task_row(store, task_id)
    assert (row["owner_id"], row["team_id"], row["title"]) == (town.users["ash.manager"], None, "Bring the form")
    assert (row["state"], row["created_by"], row["due_on"]) == ("open", town.users["ash.manager"], TODAY)
    assert steps_of(store, task_id) == [("created", None, f"user:{town.users['ash.manager']}")]
    assert ("task.created", [town.people[1]]) in audited(store)
    assert notices_of(store, town, "ash.manager") == []


def test_task_by_hand_belongs_to_the_current_case(store, town):
    case_id = opened(store, town, 1)
    assert task_row(store, task_for(store, town, 1, by="ash.manager"))["case_id"] == case_id


def test_task_for_somebody_else_is_a_notice_to_them(store, town):
    task_for(store, town, 1, by="ash.manager", owner_id=town.users["ash.gp"])
    assert notices_of(store, town, "ash.gp") == [NoticeKind.TASK_ASSIGNED]


@pytest.mark.parametrize("username", ["cedar.manager", "therapist", "integration", "admin", "navigator"])
def test_task_cannot_be_given_to_who_may_not_open_the_person(store, town, username):
    with pytest.raises(NotNow):
        task_for(store, town, 1, by="ash.manager", owner_id=town.users[username])
    with store.reading() as session:
        assert session.execute(select(func.count(Task.id))).scalar_one() == 0


def test_task_goes_to_a_team_that_can_open_the_person_only(store, town):
    with pytest.raises(NotNow):
        task_for(store, town, 1, by="ash.manager", team_id=town.team_id)  # its navigators see people with a case
    opened(store, town, 1)
    assert task_row(store, task_for(store, town, 1, by="ash.manager", team_id=town.team_id))["team_id"] == town.team_id
    with pytest.raises(NotNow):
        task_for(store, town, 10, by="cedar.manager", team_id=town.team_id)


@pytest.mark.parametrize(("username", "number"), [("cedar.manager", 1), ("navigator", 1), ("ig", 1), ("admin", 2)])
def test_task_cannot_be_set_by_who_may_not_open_the_person(store, town, username, number):
    with pytest.raises(NotThere):
        task_for(store, town, number, by=username)
    assert [event for event in audited(store) if event[0].startswith("task.")] == []


def test_rule_sets_a_task_once_for_one_cause(store, town):
    first = rule_task(store, town, 1, "test:1")
    assert rule_task(store, town, 1, "test:1") is None
    assert rule_task(store, town, 1, "test:2") is not None
    assert task_row(store, first)["rule_code"] == "test"
    assert task_row(store, first)["created_by"] is None


def test_rule_task_goes_to_the_navigator_then_the_lead_then_the_team(store, town):
    case_id = opened(store, town, 1)
    with store.reading() as session:
        assert default_list(session, NOW, person_id=town.people[1], case_id=case_id) == (None, town.team_id)
    case_id = led(store, town, 2, "therapist", need="functional")
    with store.reading() as session:
        assert default_list(session, NOW, person_id=town.people[2], case_id=case_id) == (town.users["therapist"], None)
    on_care_team(store, town, case_id, "navigator")
    with store.reading() as session:
        assert default_list(session, NOW, person_id=town.people[2], case_id=case_id) == (town.users["navigator"], None)


def test_rule_task_where_no_team_serves_is_on_nobodys_list(store, town):
    row = task_row(store, rule_task(store, town, 10, "test:south"))
    assert (row["owner_id"], row["team_id"]) == (None, None)


def test_rule_task_for_a_list_that_cannot_open_the_person_goes_elsewhere(store, town):
    row = task_row(store, rule_task(store, town, 1, "test:no_case", team_id=town.team_id))
    assert (row["owner_id"], row["team_id"]) == (None, None)
    row = task_row(store, rule_task(store, town, 1, "test:elsewhere", owner_id=town.users["cedar.manager"]))
    assert (row["owner_id"], row["team_id"]) == (None, None)


def test_refused_sharing_leaves_no_task_on_a_list_nobody_can_open(client_as, get, store, town):
    opened(store, town, 1)
    task_id = task_for(store, town, 1, by="ash.manager", team_id=town.team_id, title="On the team’s list")
    said(store, town, 1, "sharing_health", "refused")
    row = task_row(store, task_id)
    assert (row["owner_id"], row["team_id"]) == (None, None)
    assert steps_of(store, task_id)[-1] == ("reassigned", f"team:{town.team_id}", "nobody")
    assert "On the team’s list" in get(client_as("ash.gp"), "/")
    assert "On the team’s list" not in get(client_as("navigator"), "/")


def test_restriction_passes_the_tasks_of_those_not_named_on(store, town):
    led(store, town, 1, "ash.gp")
    task_id = task_for(store, town, 1, by="navigator")
    with store.writing() as session:
        person = session.get_one(Person, town.people[1])
        restrict_person(
            session, by=town.viewer(session, "ash.manager"), now=NOW, person_id=person.id,
            row_version=person.row_version, reason=RestrictReason.STAFF, user_ids=[],
        )  # fmt: skip
    assert task_row(store, task_id)["owner_id"] == town.users["ash.gp"]


def test_end_on_the_care_team_passes_their_tasks_on_today(store, town):
    case_id = led(store, town, 1, "ash.gp")
    on_care_team(store, town, case_id, "nurse", "nurse")
    task_id = task_for(store, town, 1, by="nurse")
    stays = task_for(store, town, 1, by="ash.manager")
    with store.writing() as session:
        member = session.execute(
            select(CareTeamMember).where(CareTeamMember.user_id == town.users["nurse"])
        ).scalar_one()
        end_member(
            session, by=town.viewer(session, "ash.manager"), now=NOW, case_id=case_id, member_id=member.id,
            row_version=member.row_version,
        )  # fmt: skip
    assert task_row(store, task_id)["owner_id"] == town.users["ash.gp"]
    assert task_row(store, stays)["owner_id"] == town.users["ash.manager"]


def test_done_and_undone(store, town):
    task_id = task_for(store, town, 1, by="ash.manager")
    on_task(store, town, complete_task, task_id, by="ash.gp", note="Rang twice")
    row = task_row(store, task_id)
    assert (row["state"], row["ended_by"], row["ended_note"]) == ("done", town.users["ash.gp"], "Rang twice")
    on_task(store, town, reopen_task, task_id, by="ash.manager")
    row = task_row(store, task_id)
    assert (row["state"], row["ended_at"], row["ended_by"], row["ended_note"]) == ("open", None, None, "")
    assert [step[0] for step in steps_of(store, task_id)] == ["created", "done", "reopened"]
    assert [action for action, _ in audited(store)][-2:] == ["task.done", "task.reopened"]


@pytest.mark.parametrize("action", [complete_task, cancel_task, hold_task, reassign_task, escalate_task])
def test_ended_task_takes_no_further_step(store, town, action):
    task_id = task_for(store, town, 1, by="ash.manager")
    on_task(store, town, complete_task, task_id, by="ash.manager")
    with pytest.raises(NotNow, match="is done"):
        on_task(store, town, action, task_id, by="ash.manager", **arguments_of(action, town))
    assert len(steps_of(store, task_id)) == 2


def test_open_task_cannot_be_undone(store, town):
    task_id = task_for(store, town, 1, by="ash.manager")
    with pytest.raises(NotNow, match="open already"):
        on_task(store, town, reopen_task, task_id, by="ash.manager")


@pytest.mark.parametrize("action", [complete_task, cancel_task, hold_task, reassign_task, escalate_task])
def test_task_changed_meanwhile_is_a_conflict(store, town, action):
    task_id = task_for(store, town, 1, by="ash.manager")
    seen = version_of(store, task_id)
    on_task(store, town, hold_task, task_id, by="ash.gp", until=TODAY + timedelta(days=2))
    with pytest.raises(Conflict):
        act(store, town, action, by="ash.manager", task_id=task_id, row_version=seen, **arguments_of(action, town))
    assert [step[0] for step in steps_of(store, task_id)] == ["created", "held"]


@pytest.mark.parametrize("action", [complete_task, cancel_task, hold_task, reassign_task, escalate_task, reopen_task])
@pytest.mark.parametrize("username", ["cedar.manager", "therapist", "ig"])
def test_task_does_not_exist_for_who_may_not_open_the_person(store, town, action, username):
    task_id = task_for(store, town, 1, by="ash.manager")
    with pytest.raises(NotThere):
        on_task(store, town, action, task_id, by=username, **arguments_of(action, town))


def arguments_of(action, town):
    """What an action on a task has to be told besides."""
    return {
        cancel_task: {"note": "Not needed"},
        hold_task: {"until": TODAY + timedelta(days=3)},
        reassign_task: {"owner_id": town.users["ash.gp"]},
        escalate_task: {"to_id": town.users["ash.partner"], "note": "Please decide"},
    }.get(action, {})


def test_hold_moves_nothing_but_the_hold(store, town):
    task_id = task_for(store, town, 1, by="ash.manager")
    on_task(store, town, hold_task, task_id, by="ash.manager", until=TODAY + timedelta(days=9))
    row = task_row(store, task_id)
    assert (row["hold_until"], row["due_on"], row["state"]) == (TODAY + timedelta(days=9), TODAY, "open")
    on_task(store, town, hold_task, task_id, by="ash.manager", until=None)
    assert task_row(store, task_id)["hold_until"] is None
    assert [step[0] for step in steps_of(store, task_id)] == ["created", "held", "released"]


@pytest.mark.parametrize("days", [0, -1])
def test_hold_until_today_is_no_hold(store, town, days):
    task_id = task_for(store, town, 1, by="ash.manager")
    with pytest.raises(NotNow):
        on_task(store, town, hold_task, task_id, by="ash.manager", until=TODAY + timedelta(days=days))


def test_reassigned_task_tells_its_new_owner_and_answers_an_escalation(store, town):
    opened(store, town, 1)
    task_id = task_for(store, town, 1, by="ash.manager")
    on_task(store, town, escalate_task, task_id, by="ash.manager", to_id=town.users["navigator"], note="Who goes?")
    assert task_row(store, task_id)["escalated_to_id"] == town.users["navigator"]
    assert task_row(store, task_id)["owner_id"] == town.users["ash.manager"]
    assert notices_of(store, town, "navigator") == [NoticeKind.TASK_ESCALATED]
    on_task(store, town, reassign_task, task_id, by="navigator", owner_id=town.users["ash.gp"])
    row = task_row(store, task_id)
    assert (row["owner_id"], row["escalated_to_id"]) == (town.users["ash.gp"], None)
    assert notices_of(store, town, "ash.gp") == [NoticeKind.TASK_ASSIGNED]
    assert steps_of(store, task_id)[-1] == (
        "reassigned", f"user:{town.users['ash.manager']}", f"user:{town.users['ash.gp']}",
    )  # fmt: skip


def test_escalation_to_oneself_is_refused(store, town):
    task_id = task_for(store, town, 1, by="ash.manager")
    with pytest.raises(NotNow, match="other than yourself"):
        on_task(store, town, escalate_task, task_id, by="ash.manager", to_id=town.users["ash.manager"], note="Me")


def test_reassigning_to_the_same_list_is_refused(store, town):
    opened(store, town, 1)
    own, teams = task_for(store, town, 1, by="ash.manager"), rule_task(store, town, 1, "same", team_id=town.team_id)
    for task_id, options in ((own, {"owner_id": town.users["ash.manager"]}), (teams, {"team_id": town.team_id})):
        before = steps_of(store, task_id)
        with pytest.raises(NotNow, match="on this list already"):
            on_task(store, town, reassign_task, task_id, by="ash.manager", **options)
        assert steps_of(store, task_id) == before


def test_escalated_task_can_be_left_where_it_is(store, town):
    task_id = task_for(store, town, 1, by="ash.manager")
    on_task(store, town, escalate_task, task_id, by="ash.manager", to_id=town.users["ash.gp"], note="?")
    on_task(store, town, reassign_task, task_id, by="ash.gp", owner_id=town.users["ash.manager"])
    row = task_row(store, task_id)
    assert (row["owner_id"], row["escalated_to_id"]) == (town.users["ash.manager"], None)


def test_reassigning_needs_exactly_one_list(store, town):
    task_id = task_for(store, town, 1, by="ash.manager")
    both = {"owner_id": town.users["ash.gp"], "team_id": town.team_id}
    for lists in (both, {}):
        with pytest.raises(NotNow, match="one list"):
            on_task(store, town, reassign_task, task_id, by="ash.manager", **lists)


def test_ending_a_case_cancels_its_open_tasks_only(store, town):
    case_id = opened(store, town, 1)
    done, waiting = (task_for(store, town, 1, by="ash.manager") for _ in range(2))
    on_task(store, town, complete_task, done, by="ash.manager")
    with store.writing() as session:
        count = cancel_case_tasks(
            session, now=NOW, case_id=case_id, note="The case was closed.", by=town.users["ash.manager"]
        )
    assert count == 2  # the first contact as well
    assert (task_row(store, done)["state"], task_row(store, waiting)["state"]) == ("done", "cancelled")
    assert task_row(store, waiting)["ended_note"] == "The case was closed."


def test_handing_over_takes_the_open_tasks_of_that_case_along(store, town):
    case_id = led(store, town, 1, "ash.gp")
    theirs = task_for(store, town, 1, by="ash.gp")
    others = task_for(store, town, 1, by="ash.manager")
    elsewhere = task_for(store, town, 2, by="ash.gp")
    with store.writing() as session:
        pass_on_case_tasks(
            session, now=NOW, case_id=case_id, from_id=town.users["ash.gp"], to_id=town.users["ash.partner"],
            by=town.users["ash.gp"],
        )  # fmt: skip
    owners = [task_row(store, one)["owner_id"] for one in (theirs, others, elsewhere)]
    assert owners == [town.users["ash.partner"], town.users["ash.manager"], town.users["ash.gp"]]


def test_failed_audit_keeps_nothing(store, town, monkeypatch):
    task_id = task_for(store, town, 1, by="ash.manager")

    def broken(*_arguments, **_options):
        raise RuntimeError("the log cannot be written")

    monkeypatch.setattr("caseload.store.chain_pending", broken)
    with pytest.raises(RuntimeError):
        on_task(store, town, complete_task, task_id, by="ash.manager")
    assert task_row(store, task_id)["state"] == "open"


@pytest.mark.parametrize("purposes", [(), ("sharing_health",), ("sharing_social_care",), ("sharing_voluntary",)])
@pytest.mark.parametrize("number", [1, 2, 4, 10])
def test_who_may_be_given_work_is_who_may_open_the_person(store, town, number, purposes):
    """The set-wise question against `related`, asked for one user after the other."""
    manager = "ash.manager" if number < 6 else "cedar.manager"
    if number == 4:
        with store.writing() as session:
            session.get_one(Person, town.people[4]).restricted = False
    if number != 1:
        case_id = led(store, town, number, "social.worker", need="social", code="persons_choice")
        on_care_team(store, town, case_id, "volunteer", "voluntary_worker")
        on_care_team(store, town, case_id, "nurse", "nurse")
    for purpose in purposes:
        said(store, town, number, purpose, "refused", by=manager)
    if number == 4:
        with store.writing() as session:
            session.get_one(Person, town.people[4]).restricted = True
    with store.reading() as session:
        person_id = town.people[number]
        may = {
            name
            for name in town.users
            if session.execute(
                select(Person.id).where(Person.id == person_id, related(town.viewer(session, name), NOW))
            ).first()
        }
        given = {
            name for name, user_id in town.users.items()
            if may_be_given(session, NOW, person_id, owner_id=user_id, team_id=None)
        }  # fmt: skip
        listed = {one.user_id for one in everybody_listed(session, town, person_id)}
    assert given == may
    assert listed == {town.users[name] for name in may}
    assert may or number == 4


def test_who_left_is_not_offered(store, town):
    with store.writing() as session:
        session.get_one(User, town.users["ash.gp"]).deactivated_at = NOW
    with store.reading() as session:
        assert town.users["ash.gp"] not in {one.user_id for one in everybody_listed(session, town, town.people[1])}


def everybody_listed(session, town, person_id):
    """Whom a form offers, asked for by somebody who may open the person; nobody where there is nobody to ask."""
    for name in town.users:
        try:
            return lists_for(session, town.viewer(session, name), NOW, person_id).people
        except (NotThere, AssertionError):
            continue
    return ()


def test_audit_of_tasks_holds_no_words_of_anybody(store, town):
    task_id = task_for(store, town, 1, by="ash.manager", title="Ring Given1 Family1", detail="She fell")
    on_task(store, town, complete_task, task_id, by="ash.manager", note="Spoke to Given1")
    with store.reading() as session:
        details = " ".join(session.execute(select(AuditEvent.detail)).scalars())
    assert "Given1" not in details
    assert "fell" not in details
