"""The Today page: every list against a plain reading of the tables, its counts, its order, and never a name too many."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from caseload.actions.tasks import complete_task, escalate_task, hold_task
from caseload.domain.due import Due, due_state
from caseload.queries.today import TaskList, task_list, task_lists
from caseload.tables import CareTeamMember, EmergencyAccess, Person, Task, User, UserRole
from tests.support.case_app import NOW, audited, propose
from tests.support.day_work import TODAY, on_task, rule_task, said, task_for
from tests.support.led_cases import asked as handover_asked
from tests.support.led_cases import led, opened
from tests.support.statements import statements

DAYS = (-40, -3, -1, 0, 0, 1, 6, 7, 8, 30)


def many_tasks(store, town):
    """Tasks of every due state, on one's own list, a team's and somebody else's; two on hold, one hold over."""
    for number in (1, 2):
        opened(store, town, number)
    made = []
    for due in DAYS:
        for place, options in enumerate(({"owner_id": town.users["navigator"]}, {"team_id": town.team_id})):
            made.append(rule_task(store, town, 1 + place, f"t:{due}:{place}:{len(made)}", due=due, **options))
    task_for(store, town, 1, by="ash.manager")
    on_task(store, town, hold_task, made[0], by="navigator", until=TODAY + timedelta(days=5))
    on_task(store, town, hold_task, made[2], by="navigator", until=TODAY + timedelta(days=9))
    on_task(store, town, complete_task, made[4], by="navigator")
    with store.writing() as session:
        session.get_one(Task, made[6]).hold_until = TODAY  # a hold that ends today
    return made


def plainly(store, town, today=TODAY):
    """Which list each open task of the navigator is on, worked out from the rows one by one."""
    found = {name: [] for name in TaskList}
    with store.reading() as session:
        for task in session.query(Task).all():
            mine = task.owner_id == town.users["navigator"] or (task.owner_id is None and task.team_id == town.team_id)
            if task.state != "open" or not mine:
                continue
            state = due_state(task.due_on, task.hold_until, today)
            day = max(task.due_on, task.hold_until or task.due_on)
            found[TaskList(state.value)].append((day, task.id))
    return {name: [task_id for _, task_id in sorted(rows)] for name, rows in found.items()}


@pytest.mark.parametrize("later", [0, 1, 5, 9, 40])
def test_every_list_is_what_the_rows_say_in_order(store, town, later):
    many_tasks(store, town)
    now = NOW + timedelta(days=later)
    wanted = plainly(store, town, TODAY + timedelta(days=later))
    with store.reading() as session:
        viewer = town.viewer(session, "navigator", now)
        today = task_lists(session, viewer, now, 3)
        for name in TaskList:
            total, found = task_list(session, viewer, now, name, after=None, most=100)
            rows = [row.task_id for row in found]
            assert total == len(rows)
            assert rows == wanted[name], name
            assert today.counts.lists[name] == len(rows)
            assert [row.task_id for row in today.lists.get(name, [])] in (rows[:3], [])
    assert sum(len(rows) for rows in wanted.values()) > 18


def test_day_turns_at_midnight_in_london(store, town):
    opened(store, town, 1)
    rule_task(store, town, 1, "late", due=0, owner_id=town.users["navigator"])
    late = NOW.replace(hour=22, minute=59)  # 23:59 in London
    with store.reading() as session:
        for moment, name in ((late, TaskList.TODAY), (late + timedelta(minutes=2), TaskList.OVERDUE)):
            viewer = town.viewer(session, "navigator", moment)
            _, rows = task_list(session, viewer, moment, name, after=None, most=9)
            mine = [row for row in rows if row.title == "Look in"]
            assert len(mine) == 1


def test_pages_of_a_list_show_every_task_once(client_as, get, store, town, app):
    opened(store, town, 1)
    made = [rule_task(store, town, 1, f"p:{n}", due=-(n // 5), owner_id=town.users["navigator"]) for n in range(120)]
    client, url, seen, pages = client_as("navigator"), "/tasks?list=overdue", [], 0
    while url:
        html = get(client, url)
        seen += [int(found) for found in re.findall(r'href="/tasks/(\d+)"', html)]
        assert "Overdue (115)" in html
        following = re.search(r'href="([^"]+)">Next page', html)
        url, pages = (following.group(1).replace("&amp;", "&") if following else None), pages + 1
    assert pages == 3
    assert len(seen) == len(set(seen)) == 115
    assert set(seen) < set(made)


def test_counts_on_the_page_equal_its_rows(client_as, get, store, town):
    many_tasks(store, town)
    html = get(client_as("navigator"), "/")
    for name, heading in (("overdue", "Overdue"), ("today", "Due today"), ("soon", "Due in the next 7 days")):
        part = html.split(f'id="{name}"')[1].split("<h2")[0]
        count = int(re.search(rf"{heading} \((\d+)\)", html).group(1))
        assert count == len(re.findall(r'href="/tasks/\d+"', part)) == len(plainly(store, town)[TaskList(name)])


def test_a_task_about_somebody_who_has_died_says_so_and_offers_no_contact(client_as, get, store, town):
    opened(store, town, 2)
    handover_asked(store, town, led(store, town, 1, "ash.gp"), "ash.partner", by="ash.gp")
    for number in (1, 2):
        rule_task(store, town, number, f"d:{number}", owner_id=town.users["navigator"])
    with store.writing() as session:
        session.get_one(Person, town.people[1]).date_of_death = date(2026, 10, 3)
    handovers = get(client_as("ash.partner"), "/").split('id="handovers"')[1].split("<h2")[0]
    assert "Died 3 October 2026" in handovers
    html = get(client_as("navigator"), "/")
    alive, dead = (
        [row for row in re.findall(r"<tr.*?</tr>", html, flags=re.S) if f'href="/people/{town.people[number]}"' in row]
        for number in (2, 1)
    )
    assert all("Died 3 October 2026" in row and "years" not in row for row in dead)
    assert any(f"/people/{town.people[2]}/contacts/new" in row for row in alive)
    assert f"/people/{town.people[1]}/contacts/new" not in html
    assert "Died" not in "".join(alive)


def test_long_list_says_how_many_there_are_and_leads_to_all(client_as, get, store, town):
    opened(store, town, 1)
    for number in range(25):
        rule_task(store, town, 1, f"l:{number}", due=-1, owner_id=town.users["navigator"])
    part = get(client_as("navigator"), "/").split('id="overdue"')[1].split("<h2")[0]
    assert "Overdue (25)" in part
    assert len(re.findall(r'href="/tasks/\d+"', part)) == 20
    assert "The first 20 of 25." in part
    assert 'href="/tasks?list=overdue"' in part


def test_today_looks_at_exactly_the_people_it_shows(client_as, get, store, town):
    many_tasks(store, town)
    opened(store, town, 6)
    before = len(audited(store))
    get(client_as("navigator"), "/")
    (event,) = audited(store)[before:]
    assert event == ("view", sorted([town.people[1], town.people[2], town.people[6]]))


def test_escalated_and_handed_over_wait_for_the_viewer(client_as, get, store, town):
    case_id = led(store, town, 1, "ash.gp")
    task_id = task_for(store, town, 1, by="ash.gp", title="Who decides", due=90)
    with store.writing() as session:
        session.add(
            CareTeamMember(
                case_id=case_id, user_id=town.users["ash.partner"], role="gp", from_on=TODAY, added_at=NOW,
                added_by=town.users["ash.gp"],
            )
        )  # fmt: skip
    on_task(store, town, escalate_task, task_id, by="ash.gp", to_id=town.users["ash.partner"], note="?")
    handover_asked(store, town, case_id, "ash.partner", by="ash.gp")
    html = get(client_as("ash.partner"), "/")
    assert "Escalated to you (1)" in html
    assert "Who decides" in html.split('id="escalated"')[1].split("<h2")[0]
    assert "Handovers to answer (1)" in html
    assert "FAMILY1, Given1" in html.split('id="handovers"')[1].split("<h2")[0]


def test_new_to_me_is_what_others_gave_in_the_last_week(client_as, get, clock, store, town):
    led(store, town, 1, "ash.gp", now=NOW - timedelta(days=3))
    task_for(store, town, 2, by="ash.manager", title="From the manager", owner_id=town.users["ash.gp"])
    task_for(store, town, 2, by="ash.gp", title="From myself")
    part = get(client_as("ash.gp"), "/").split('id="new"')[1].split("<h2")[0]
    assert "From the manager" in part
    assert "From myself" not in part
    assert "You are the accountable lead" in part
    clock.now = NOW + timedelta(days=8)
    assert "New to you in the last 7 days (0)" in get(client_as("ash.gp"), "/")


def test_new_tasks_on_a_teams_list_or_nobodys_are_new_to_who_sees_the_list(client_as, get, store, town):
    opened(store, town, 1)
    for number in range(3):
        rule_task(store, town, 1, f"team:{number}", team_id=town.team_id, title=f"For the team {number}")
    task_for(store, town, 1, by="navigator", team_id=town.team_id, title="Put there by myself")
    nobodys = rule_task(store, town, 1, "nobody", title="Nobody has it")
    with store.writing() as session:
        task = session.get_one(Task, nobodys)
        task.owner_id = task.team_id = None
    client = client_as("navigator")
    part = get(client, "/").split('id="new"')[1].split("<h2")[0]
    assert all(f"Task on your team’s list: For the team {number}" in part for number in range(3))
    assert "Task on nobody’s list: Nobody has it" in part
    assert "Put there by myself" not in part
    count = int(re.search(r"New to you in the last 7 days \((\d+)\)", part).group(1))
    assert count == part.count('<tr role="row" class="nhsuk-table__row">')
    assert "For the team" not in get(client_as("ash.gp"), "/").split('id="new"')[1]
    with statements(store.engine) as sent:
        get(client, "/")
    assert len(sent) <= 12


def test_practice_sees_who_waits_for_its_decision(client_as, get, store, town):
    propose(store, town, [1, 2, 3, 7])
    html = get(client_as("ash.manager"), "/")
    assert "Ash Surgery: 3 people to decide about" in html
    assert "Birch" not in html
    assert "Nobody waits" not in html


@pytest.mark.parametrize(
    ("username", "shown"),
    [
        ("integration", "Headline figures, October 2026"),
        ("ig", "1 emergency opening to review"),
        ("admin", "1 user locked out"),
    ],
)
def test_roles_outside_care_see_their_own_work_and_never_a_name(client_as, get, store, town, username, shown):
    many_tasks(store, town)
    with store.writing() as session:
        session.add(
            EmergencyAccess(
                user_id=town.users["nurse"], person_id=town.people[1], reason_code="r", reason="Family1 fell",
                opened_at=NOW, expires_at=NOW + timedelta(hours=1),
            )
        )  # fmt: skip
        session.get_one(User, town.users["birch.gp"]).locked_until = NOW + timedelta(minutes=10)
    before = len(audited(store))
    html = get(client_as(username), "/")
    assert shown in html
    assert not re.search(r"FAMILY\d|Given\d|/people/", html)
    assert audited(store)[before:] == []


def test_locked_users_are_counted_where_the_administrator_looks_after_them(client_as, get, store, town):
    with store.writing() as session:
        held = session.execute(select(UserRole).where(UserRole.user_id == town.users["admin"])).scalar_one()
        held.place_id = town.places["SOUTH"]
        session.get_one(User, town.users["birch.gp"]).locked_until = NOW + timedelta(minutes=10)
    assert "0 users locked out" in get(client_as("admin"), "/")
    with store.writing() as session:
        session.get_one(User, town.users["cedar.manager"]).locked_until = NOW + timedelta(minutes=10)
    assert "1 user locked out" in get(client_as("admin"), "/")


def test_tasks_about_people_out_of_reach_are_counted_without_a_name(client_as, get, store, town):
    led(store, town, 1, "social.worker", need="social", code="persons_choice")
    task_id = task_for(store, town, 1, by="social.worker")
    said(store, town, 1, "sharing_social_care", "refused")
    with store.writing() as session:
        session.get_one(Task, task_id).owner_id = town.users["social.worker"]
    html = get(client_as("social.worker"), "/")
    assert "1 task on your list is about people whose record you cannot open any more" in html
    assert "FAMILY1" not in html


def test_done_from_today_can_be_undone_there(client_as, post, store, town):
    task_id = task_for(store, town, 1, by="ash.manager", title="Ring the daughter")
    client = client_as("ash.manager")
    page = post(client, f"/tasks/{task_id}/done", page="/")
    assert page.status_code == 200
    assert "“Ring the daughter” for FAMILY1, Given1 is done." in page.text
    page = post(client, f"/tasks/{task_id}/reopen", page=f"/?done={task_id}")
    assert "The task is open again." in page.text
    assert "Ring the daughter" in page.text.split('id="today"')[1]


def test_undo_is_not_offered_for_who_may_not_open_the_person(client_as, get, store, town):
    task_id = task_for(store, town, 1, by="ash.manager")
    on_task(store, town, complete_task, task_id, by="ash.manager")
    assert "FAMILY1" not in get(client_as("cedar.manager"), f"/?done={task_id}")


def test_today_asks_the_database_at_most_12_questions(client_as, get, store, town):
    many_tasks(store, town)
    propose(store, town, [3])
    for username in ("navigator", "ash.manager", "ig"):
        client = client_as(username)
        get(client, "/")
        with statements(store.engine) as sent:
            get(client, "/")
        assert len(sent) <= 12, username


def test_every_due_state_has_a_list():
    assert {state.value for state in Due} < {name.value for name in TaskList}
    assert due_state(date(2026, 1, 1), None, date(2026, 1, 2)) is Due.OVERDUE
