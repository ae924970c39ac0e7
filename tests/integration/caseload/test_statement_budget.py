"""How many SQL statements a page sends, from finding the session to writing down who was looked at."""

from functools import cache

import pytest

from benchmarks.case_place import Size
from benchmarks.case_work import Work, fill
from caseload.database import migrating, open_database
from caseload.domain.words import Role
from caseload.secrets import Secrets
from caseload.settings import settings_with
from caseload.sign_in.web import start_session
from caseload.store import Store
from tests.support.busy_town import make_busy_town
from tests.support.case_app import NOW, make_town
from tests.support.copied_places import copied
from tests.support.leaving_town import make_leaving_town
from tests.support.page_cases import CASES
from tests.support.quick_apps import quick_app
from tests.support.sqlite import sqlite_url
from tests.support.statements import statements
from tests.support.town_at_work import AtWork, make_town_at_work

BUDGET = 12
OF_ITS_OWN = {"leavers.show_one": 13}
"""Pages that may ask more: the journey of a leaver compares receivers for every case, once in somebody's years here."""
SECRET = "a secret that only tests know, long enough"
MAKE = {
    "work": make_town_at_work,
    "quiet": lambda store: AtWork(store, make_town(store)),
    "busy": make_busy_town,
    "leaving": make_leaving_town,
}
SMALL, LARGE = (Size(people, cases, 60, practices=6, now=NOW) for people, cases in ((1_200, 110), (6_000, 1_100)))

# Who asks for what of the two made-up places; {person}, {case}, {task}, {practice}, {proposal} are the first of theirs.
GROWING = {
    Role.NAVIGATOR: (
        "/", "/tasks", "/cases", "/cases/unallocated", "/people/{person}", "/people/{person}/looks", "/people/{person}/tasks",
        "/people/{person}/contacts/new", "/tasks/{task}", "/cases/{case}/lead", "/cases/{case}/team", "/notices",
    ),
    Role.PRACTICE: ("/", "/review/{practice}", "/review/{practice}/preview", "/cases", "/overview"),
    Role.INTEGRATION_LEAD: ("/headline", "/headline.csv"),
    Role.IG_OFFICER: ("/governance/audit", "/governance/emergency"),
    Role.ADMIN: ("/users", "/users/5"),
}  # fmt: skip


class Asked:
    """An application over one place, and who may be asked for a page of it."""

    def __init__(self, store):
        self.store = store
        self.app = quick_app(settings_with(secret_key=SECRET, secure_cookies=False), store=store, now=lambda: NOW)

    @cache  # noqa: B019 - as many as there are users in a test
    def client(self, user_id):
        client = self.app.test_client()
        if user_id is not None:
            with self.store.writing() as session:
                token = start_session(session, user_id, NOW)
            client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], token)
        return client

    def statements(self, user_id, path):
        """What the second asking of a page sends: the first may fill what the app keeps for good."""
        client = self.client(user_id)
        client.get(path)
        with statements(self.store.engine) as sent:
            assert client.get(path).status_code in (200, 302)  # a list with one choice leads on to it
        return sent


def store_in(folder):
    return Store(open_database(sqlite_url(folder)), Secrets.of(SECRET))


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """A function: the application over a place of this kind, made when it is first asked for, and the place."""
    made = {}

    def place(kind):
        if kind not in made:
            store = store_in(tmp_path_factory.mktemp(kind))
            work = copied(store, MAKE[kind])
            made[kind] = (Asked(store), work)
        return made[kind]

    yield place
    for asked, _work in made.values():
        asked.store.engine.dispose()


@pytest.fixture(scope="module")
def sizes(tmp_path_factory):
    """The application over a small and over a larger place, with the work of each."""
    made = []
    for size in (SMALL, LARGE):
        store = store_in(tmp_path_factory.mktemp("size"))
        with migrating(store.engine) as connection:
            made.append((Asked(store), fill(connection, size, store.secrets.audit)))
    yield made
    for asked, _work in made:
        asked.store.engine.dispose()


def plain_pages():
    return [
        pytest.param(endpoint, case, id=f"{endpoint}-{case.state}".replace(" ", "_"))
        for endpoint, cases in CASES.items()
        for case in cases
        if case.send is None and case.status == 200
    ]


@pytest.mark.parametrize(("endpoint", "case"), plain_pages())
def test_page_keeps_within_its_budget(places, endpoint, case):
    asked, work = places(case.place)
    user_id = None if case.username is None else work.town.users[case.username]
    sent = asked.statements(user_id, filled(work, case.path))
    assert len(sent) <= OF_ITS_OWN.get(endpoint, BUDGET), "\n\n".join([f"{len(sent)} statements", *sent])


def filled(work, path):
    return path.format(
        **{f"p{number}": person for number, person in work.town.people.items()},
        **{f"c{number}": case for number, case in work.cases.items()},
        **{f"u_{username.replace('.', '_')}": user for username, user in work.town.users.items()},
        **work.town.places,
        **work.ids,
    )


@pytest.mark.slow
@pytest.mark.parametrize(("role", "path"), [(role, path) for role, paths in GROWING.items() for path in paths])
def test_page_asks_no_more_of_a_larger_place(sizes, role, path):
    """Ten times the cases, not one statement more: nothing is asked row by row."""
    sent = [asked.statements(user_of(work, role), about(work, path)) for asked, work in sizes]
    assert len(asked_for(sent[0])) == len(asked_for(sent[1]))
    assert len(sent[1]) <= BUDGET


def asked_for(sent):
    """What a page asks, without the look it writes: a list that happens to be empty shows nobody."""
    return [
        one
        for one in sent
        if not one.startswith(("INSERT INTO audit_", "UPDATE audit_")) and "FROM audit_head" not in one
    ]


def user_of(work: Work, role):
    case = work.cases[0]
    found = {Role.NAVIGATOR: case.navigator_id, Role.PRACTICE: case.manager_id}.get(role)
    return found or next(one.user_id for one in work.staff if one.role is role)


def about(work: Work, path):
    case = work.cases[0]
    return path.format(
        person=case.person_id, case=case.case_id, task=3 * case.case_id - 2,
        practice=work.size.practice_of(case.person_id), proposal=len(work.cases) + 1,
    )  # fmt: skip
