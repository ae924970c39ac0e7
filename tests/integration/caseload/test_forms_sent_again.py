"""Every form of the app sent ten times at once leaves exactly what it leaves when it is sent once."""

import json
import re
from collections import Counter
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, literal, select, union_all
from sqlalchemy.engine import make_url

from caseload.app import create_app
from caseload.audit_chain import verify
from caseload.database import open_database
from caseload.secrets import Secrets
from caseload.settings import OidcProvider, settings_with
from caseload.sign_in.web import start_session
from caseload.store import Store
from caseload.tables import AuditEvent, Table
from tests.support.at_once import at_once
from tests.support.case_app import NOW
from tests.support.copied_places import copied
from tests.support.filled_forms import filled_form
from tests.support.form_cases import FORMS, NO_EFFECT_TO_DOUBLE
from tests.support.postgres import administer, postgres_url, shared_server
from tests.support.quick_apps import engine_at, quick_app
from tests.support.sqlite import content_of, sqlite_url
from tests.support.town_at_work import make_town_at_work

SECRET = "a secret that only tests know, long enough"
TIMES = 10
NOT_ITS_EFFECT = {"web_session", "draft"}

pytestmark = pytest.mark.slow


class Copies:
    """A place at work in a database, and as many copies of that database as are asked for."""

    def __init__(self, kind, folder, stack):
        self.kind, self.folder, self.made = kind, folder, 0
        self.url = sqlite_url(folder, "work.sqlite") if kind == "sqlite" else stack.enter_context(postgres_url())
        engine = open_database(self.url)
        self.work = copied(Store(engine, Secrets.of(SECRET)), make_town_at_work)
        engine.dispose()

    def copy(self, url=None):
        """The address of a new copy of the place, or of a copy of it; nobody has the database open meanwhile."""
        self.made += 1
        url = make_url(url or self.url)
        if self.kind == "sqlite":
            target = self.folder / f"copy{self.made}.sqlite"
            target.write_bytes(content_of(Path(url.database)))
            return f"sqlite:///{target}"
        name = f"{make_url(self.url).database}_{self.made}"
        administer(shared_server(), f"CREATE DATABASE {name} TEMPLATE {url.database}")
        return shared_server().url(name)

    def filled(self, text):
        town = self.work.town
        return text.format(
            **{f"p{number}": person for number, person in town.people.items()},
            **{f"nhs_{number}": nhs for number, nhs in town.nhs_numbers.items()},
            **{f"c{number}": case for number, case in self.work.cases.items()},
            **{f"u_{username.replace('.', '_')}": user for username, user in town.users.items()},
            **town.places,
            **self.work.ids,
        )


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def copies(request, tmp_path_factory):
    with ExitStack() as stack:
        yield Copies(request.param, Path(tmp_path_factory.mktemp("copies")), stack)


@pytest.fixture
def opened(copies):
    """A function: open the page of a form in a copy of the place, once all is done that comes before it."""

    def open_it(case):
        url = copies.copy()
        with app_at(url) as (app, store):
            for earlier in steps_before(case):
                form = opened_form(copies, app, store, earlier)
                assert form.send(app).status_code in (302, 303)
            form = opened_form(copies, app, store, case)
            return url, form, left(store)

    return open_it


def sent(url, form, before, times):
    """The answers to the form sent so many times at once there, and what is more in the database afterwards."""
    with app_at(url) as (app, store):
        answers = at_once(times, lambda _: form.send(app))
        after = left(store)
        with store.reading() as session:
            verify(session, store.secrets.audit)
    return answers, Counter({name: count - before[name] for name, count in after.items() if count != before[name]})


@contextmanager
def app_at(url):
    """The app over a database, and its store; one at a time."""
    provider = OidcProvider(
        name="provider", label="A provider", metadata_url="http://127.0.0.1:9/", client_id="x", client_secret=SECRET
    )
    settings = settings_with(secret_key=SECRET, secure_cookies=False, oidc=(provider,))
    store = Store(engine_at(url), Secrets.of(SECRET))
    yield quick_app(settings, store=store, now=lambda: NOW), store
    store.engine.dispose()


@dataclass(frozen=True)
class OpenedForm:
    """Where the form of a page goes, what it would send, and the session of who sends it."""

    action: str
    fields: dict
    token: str

    def send(self, app):
        return browser(app, self.token).post(self.action, data=self.fields)


def steps_before(case):
    return [step for first in case.first for step in (*steps_before(first), first)]


def opened_form(copies, app, store, case):
    with store.writing() as session:
        token = start_session(session, copies.work.town.users[case.username], NOW)
    html = browser(app, token).get(copies.filled(case.page)).text
    given = {copies.filled(name): copies.filled(value) for name, value in case.fields.items()}
    return OpenedForm(*filled_form(html, copies.filled(case.action), given), token)


def browser(app, token):
    client = app.test_client()
    client.set_cookie(app.config["SESSION_COOKIE_NAME"], token)
    return client


ROWS = union_all(
    *(
        select(literal(table.name), func.count()).select_from(table)
        for table in Table.metadata.sorted_tables
        if table.name not in NOT_ITS_EFFECT and not table.name.startswith("audit_")
    )
)


def left(store):
    """How many rows each table has, and how often each kind of act was audited; looks come with the page, not the form."""
    with store.reading() as session:
        found = Counter(dict(map(tuple, session.execute(ROWS))))
        acts = session.execute(select(AuditEvent.action, AuditEvent.detail).where(AuditEvent.action != "view"))
        found.update(f"{action} {json.loads(detail)['people']}" for action, detail in acts)
        return found


def told(answer):
    """The status and where it leads; an exception as it is."""
    return (answer.status_code, answer.headers.get("Location")) if hasattr(answer, "status_code") else repr(answer)


def said(answer):
    """The words of a page's main part, or the exception that came instead."""
    text = getattr(answer, "text", str(answer)).partition("<main")[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text))[:600]


@pytest.mark.parametrize("endpoint", sorted(FORMS))
def test_form_sent_ten_times_at_once_has_the_effect_of_one(copies, opened, endpoint):
    url, form, before = opened(FORMS[endpoint])
    (first,), once = sent(copies.copy(url), form, before, 1)
    assert getattr(first, "status_code", first) in (200, 302, 303), said(first)
    assert once["action_key"] == 1
    assert len(once) > 1  # it did something, and the log knows of it
    answers, ten = sent(url, form, before, TIMES)
    assert {told(answer) for answer in answers} == {(first.status_code, first.headers.get("Location"))}
    assert ten == once


def test_every_form_is_sent_again_somewhere(copies):
    store = Store(engine_at(copies.copy()), Secrets.of(SECRET))
    app = create_app(settings_with(secret_key=SECRET), store=store, now=lambda: NOW)
    posting = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    store.engine.dispose()
    assert sorted(posting - set(FORMS) - set(NO_EFFECT_TO_DOUBLE)) == []
    assert sorted((set(FORMS) | set(NO_EFFECT_TO_DOUBLE)) - posting) == []
