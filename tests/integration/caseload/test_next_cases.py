"""From a confirmed review to a lead for everybody in it: what comes next is a link away."""

from sqlalchemy import select

from caseload.actions.rule_tasks import RuleTask, add_rule_tasks
from caseload.domain.words import Decision, TaskKind
from caseload.queries.assignees import may_be_given, reached_by_team
from caseload.queries.next_cases import next_without_lead
from caseload.tables import Case, Task, TaskEvent, TeamMembership
from tests.support.case_app import NOW, audited, propose
from tests.support.day_work import TODAY, rule_task, said
from tests.support.led_cases import leads_of, led, opened
from tests.support.review_work import decided, staged
from tests.support.statements import statements


def cases_of(store, town):
    with store.reading() as session:
        rows = session.execute(select(Case.person_id, Case.id))
        numbers = {person: number for number, person in town.people.items()}
        return {numbers[person]: case for person, case in rows}


def test_after_a_confirmation_the_list_says_what_comes_next(store, town, client_as, post):
    opened(store, town, 1)
    ids, ash = propose(store, town, [2, 3]), town.places["Y90001"]
    staged(store, town, ash, ids.values(), Decision.ACCEPT)
    manager, url = client_as("ash.manager"), f"/review/{ash}"
    html = post(manager, f"{url}/confirm", page=f"{url}/preview").text
    first = cases_of(store, town)[2]
    assert f'<a href="/cases/{first}/lead">Name the lead of the first new case</a>' in html
    assert '<a href="/cases/unallocated">People without a lead (3)</a>' in html
    assert "3 cases" in manager.get("/cases/unallocated").text
    assert "What next" not in manager.get(url).text


def test_a_confirmation_that_accepts_nobody_leads_nowhere(store, town, client_as, post):
    opened(store, town, 1)
    ids, ash = propose(store, town, [2]), town.places["Y90001"]
    staged(store, town, ash, ids.values(), Decision.DECLINE, reason_code="needs_met")
    url = f"/review/{ash}"
    html = post(client_as("ash.manager"), f"{url}/confirm", page=f"{url}/preview").text
    assert "1 person declined" in html
    assert "What next" not in html


def test_naming_a_lead_goes_to_the_next_case_and_at_last_to_the_list(store, town, client_as, post):
    first, second = opened(store, town, 1), opened(store, town, 2)
    opened(store, town, 6)  # of another practice
    client = client_as("ash.manager")
    assert "Save and go to the next case without a lead" in client.get(f"/cases/{first}/lead").text
    names = {"user_id": town.users["ash.gp"], "override_code": "persons_choice", "next": "1"}
    answer = post(client, f"/cases/{first}/lead", names, follow=False)
    assert (answer.status_code, answer.location) == (303, f"/cases/{second}/lead")
    answer = post(client, f"/cases/{second}/lead", names, follow=False)
    assert (answer.status_code, answer.location) == (303, "/cases/unallocated")
    assert [leads_of(store, case)[0][0] for case in (first, second)] == [town.users["ash.gp"]] * 2


def test_the_next_case_is_behind_this_one_in_the_list_which_begins_again(store, town):
    first, second, third = (opened(store, town, number) for number in (1, 2, 3))
    led(store, town, 6, "birch.gp", code="knows_person", note="x")
    with store.reading() as session:
        viewer = town.viewer(session, "navigator")
        assert [next_without_lead(session, viewer, NOW, one) for one in (first, second, third)] == [
            second,
            third,
            first,
        ]
        assert next_without_lead(session, town.viewer(session, "birch.manager"), NOW, first) is None


def test_first_contacts_of_many_cases_take_no_more_questions_than_of_one(store, town):
    ids, ash = propose(store, town, [1, 2, 3]), town.places["Y90001"]
    asked = {}
    for chosen in ([ids[1]], [ids[2], ids[3]]):
        staged(store, town, ash, chosen, Decision.ACCEPT)
        with statements(store.engine) as sent:
            decided(store, town, ash)
        asked[len(chosen)] = [one for one in sent if one.lstrip().startswith(("SELECT", "WITH"))]
    assert len(asked[1]) == len(asked[2])


def test_many_tasks_of_a_rule_are_those_that_one_after_another_would_be(store, town):
    opened(store, town, 1)
    rule_task(store, town, 1, "t:0")
    wanted = [
        RuleTask(town.people[number], None, TaskKind.FOLLOW_UP, "Look in", TODAY, "test", ref, owner, team)
        for number, ref, owner, team in (
            (1, "t:0", None, None), (1, "t:1", None, town.team_id), (2, "t:2", None, town.team_id),
            (2, "t:3", town.users["ash.gp"], None), (2, "t:2", None, None),
        )
    ]  # fmt: skip
    with store.writing() as session:
        made = add_rule_tasks(session, now=NOW, tasks=wanted, by=None)
        found = [session.get_one(Task, task_id) for task_id in made]
        lists = {task.rule_ref: (task.owner_id, task.team_id) for task in found}
        created = set(session.execute(select(TaskEvent.task_id).where(TaskEvent.kind == "created")).scalars())
    assert list(lists) == ["t:1", "t:2", "t:3"]
    assert lists["t:1"] == (None, town.team_id)
    assert lists["t:2"] != (None, town.team_id)  # without a case no member of the team may open them
    assert lists["t:3"] == (town.users["ash.gp"], None)
    assert set(made) <= created
    assert [action for action, _ in audited(store)].count("task.created") == len(made) + 2


def test_a_team_reaches_many_people_as_it_reaches_each(store, town):
    for number in (1, 2, 4, 6, 10):
        opened(store, town, number)
    led(store, town, 7, "nurse", need="nursing")
    said(store, town, 2, "sharing_health", "refused")
    with store.writing() as session:
        session.add(TeamMembership(user_id=town.users["nurse"], team_id=town.team_id, from_at=NOW))
    people = list(town.people.values())
    with store.reading() as session:
        each = {one for one in people if may_be_given(session, NOW, one, owner_id=None, team_id=town.team_id)}
        assert reached_by_team(session, NOW, people, town.team_id) == each
    numbers = {number for number, person in town.people.items() if person in each}
    assert {1, 6, 7} <= numbers
    assert not {2, 3, 4, 10} & numbers
