"""Every form of the app sent ten times at once leaves exactly what it leaves when it is sent once."""

import json
import re
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import func, select

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
from tests.support.sqlite import sqlite_url
from tests.support.town_at_work import make_town_at_work

SECRET = "a secret that only tests know, long enough"
TIMES = 10
NOT_ITS_EFFECT = {"web_session", "draft"}

pytestmark = pytest.mark.slow


class Copies:
    """A place at work in a database, and as many copies of that database as are asked for."""

    def __init__(self, kind, folder, stack):
        self.kind, self.folder, self.stack, self.made = kind, folder, stack, 0
        self.url = sqlite_url(folder, "work.sqlite") if kind == "sqlite" else stack.enter_context(postgres_url())
        engine = open_database(self.url)
        self.work = copied(Store(engine, Secrets.of(SECRET)), make_town_at_work)
        engine.dispose()

    def copy(self):
        """A store over a new copy."""
        self.made += 1
        if self.kind == "sqlite":
            source, target = self.folder / "work.sqlite", self.folder / f"copy{self.made}.sqlite"
            target.write_bytes(source.read_bytes())
            url = f"sqlite:///{target}"
        else:
            name = self.url.split("?")[0].rsplit("/", 1)[1]
            administer(shared_server(), f"CREATE DATABASE {name}_{self.made} TEMPLATE {name}")
            url = shared_server().url(f"{name}_{self.made}")
        return Store(open_database(url), Secrets.of(SECRET))

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
def sent(copies):
    """A function: send a form so many times at once to a copy of its own; the answers, and what is there afterwards."""

    def send(case, times):
        store = copies.copy()
        app = app_over(store)
        for earlier in steps_before(case):
            action, fields, token = opened_form(copies, app, store, earlier)
            assert browser(app, token).post(action, data=fields).status_code in (302, 303)
        action, fields, token = opened_form(copies, app, store, case)
        before = left(store)
        answers = at_once(times, lambda _: browser(app, token).post(action, data=fields))
        after = left(store)
        with store.reading() as session:
            verify(session, store.secrets.audit)
        store.engine.dispose()
        return answers, Counter({name: count - before[name] for name, count in after.items() if count != before[name]})

    return send


def app_over(store):
    provider = OidcProvider(
        name="provider", label="A provider", metadata_url="http://127.0.0.1:9/", client_id="x", client_secret=SECRET
    )
    settings = settings_with(secret_key=SECRET, secure_cookies=False, oidc=(provider,))
    app = create_app(settings, store=store, now=lambda: NOW)
    app.testing = True
    return app


def steps_before(case):
    return [step for first in case.first for step in (*steps_before(first), first)]


def opened_form(copies, app, store, case):
    """Where the form of the page goes, what it would send, and the session of who sends it."""
    with store.writing() as session:
        token = start_session(session, copies.work.town.users[case.username], NOW)
    html = browser(app, token).get(copies.filled(case.page)).text
    given = {copies.filled(name): copies.filled(value) for name, value in case.fields.items()}
    return *filled_form(html, copies.filled(case.action), given), token


def browser(app, token):
    client = app.test_client()
    client.set_cookie(app.config["SESSION_COOKIE_NAME"], token)
    return client


def left(store):
    """How many rows each table has, and how often each kind of act was audited; looks come with the page, not the form."""
    with store.reading() as session:
        found = Counter(
            {
                table.name: session.execute(select(func.count()).select_from(table)).scalar_one()
                for table in Table.metadata.sorted_tables
                if table.name not in NOT_ITS_EFFECT and not table.name.startswith("audit_")
            }
        )
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
def test_form_sent_ten_times_at_once_has_the_effect_of_one(sent, endpoint):
    (first,), once = sent(FORMS[endpoint], 1)
    assert getattr(first, "status_code", first) in (200, 302, 303), said(first)
    assert once["action_key"] == 1
    assert len(once) > 1  # it did something, and the log knows of it
    answers, ten = sent(FORMS[endpoint], TIMES)
    assert {told(answer) for answer in answers} == {(first.status_code, first.headers.get("Location"))}
    assert ten == once


def test_every_form_is_sent_again_somewhere(copies):
    store = copies.copy()
    posting = {rule.endpoint for rule in app_over(store).url_map.iter_rules() if "POST" in (rule.methods or ())}
    store.engine.dispose()
    assert sorted(posting - set(FORMS) - set(NO_EFFECT_TO_DOUBLE)) == []
    assert sorted((set(FORMS) | set(NO_EFFECT_TO_DOUBLE)) - posting) == []
