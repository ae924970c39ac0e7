"""The case app over a fresh database, on every database there is."""

import os
import re
import time
from collections import Counter
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from argon2 import PasswordHasher

from caseload import passwords
from caseload.secrets import Secrets
from caseload.settings import settings_with
from caseload.sign_in.web import start_session
from caseload.store import Store
from tests.support.api_at_work import Api
from tests.support.api_programs import urgent_care
from tests.support.case_app import NOW, make_town
from tests.support.copied_places import copied
from tests.support.effort import LONG
from tests.support.flag_work import flagged
from tests.support.postgres import postgres_url
from tests.support.quick_apps import engine_at, quick_app
from tests.support.sqlite import sqlite_url

SECRET = "a secret that only tests know, long enough"


class Clock:
    """A clock a test can turn."""

    def __init__(self, now=NOW):
        self.now = now

    def __call__(self):
        return self.now


class PageReader(HTMLParser):
    """What every page must be: one h1, no id twice, forms that are safe to send, nothing a strict CSP would stop."""

    def __init__(self):
        super().__init__()
        self.ids, self.tags, self.wrong, self.posts, self.hidden = Counter(), Counter(), [], 0, Counter()

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.tags[tag] += 1
        if "id" in values:
            self.ids[values["id"]] += 1
        if "style" in values or any(name.startswith("on") for name in values):
            self.wrong.append(f"<{tag}> with inline style or script")
        if tag == "script" and "nonce" not in values:
            self.wrong.append("<script> without nonce")
        if tag == "form" and values.get("method", "get").lower() == "post":
            self.posts += 1
        if tag == "input" and values.get("type") == "hidden":
            self.hidden[values.get("name")] += 1


def read_page(html):
    """The page's faults as a list of sentences."""
    reader = PageReader()
    reader.feed(html)
    faults = [*reader.wrong, *(f"id {name!r} twice" for name, count in reader.ids.items() if count > 1)]
    if reader.tags["h1"] != 1:
        faults.append(f"{reader.tags['h1']} h1")
    if not re.search(r"<title>\s*\S", html):
        faults.append("no title")
    if reader.hidden["csrf_token"] < reader.posts or reader.hidden["form_key"] < reader.posts:
        faults.append("a form that posts without csrf_token or form_key")
    return faults


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch):
    """Passwords hashed as Argon2id still, but at a thousandth of the cost: the unit tests hold the real parameters."""
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    passwords._nobodys.cache_clear()
    yield
    passwords._nobodys.cache_clear()


ON_BOTH_DATABASES = {
    "test_all_or_nothing", "test_api_at_once", "test_api_exports", "test_api_paging", "test_api_odd_input", "test_api_writes_once", "test_append_only", "test_assessments_at_once", "test_audit_chain", "test_case_changes", "test_concurrent_writers",
    "test_database", "test_first_load", "test_lead_histories",
    "test_list_changes", "test_look_book", "test_looks_at_once", "test_merges", "test_migrations", "test_once", "test_people_change",
    "test_search", "test_sign_ins_at_once", "test_stays", "test_viewers", "test_visible",
    "test_cohort_actions", "test_deactivating_at_once", "test_discharges", "test_merged_records", "test_renewed_key",
    "test_outward_people", "test_outward_resources", "test_plan_sections", "test_plan_writers", "test_plans", "test_sharing_at_once", "test_agenda_at_once",
    "test_mdt_at_once", "test_mdt_closing", "test_meeting_days", "test_outward_changes", "test_flags_at_once",
    "test_feeds_heard", "test_hospital_messages", "test_hospital_worker", "test_listening_live", "test_replay",
    "test_hospital_at_once", "test_hospital_events", "test_hospital_merges", "test_hospital_moves", "test_live_stays",
}  # fmt: skip
"""Where the database itself is at stake: locks, races, constraints, history, loads, who may open whom."""

EVERY_DATABASE = "CARETIER_EVERY_DATABASE"
"""Set to anything, the tests of pages and single actions run on PostgreSQL too: twice the time."""

EVERY_THIRD = {"test_outward_search", "test_forms_sent_again"}
"""Of what asks the same of hundreds of things, every third is asked of PostgreSQL, and all with `make test-long`."""


def pytest_collection_modifyitems(config, items):
    """Leave out PostgreSQL where the database is not what is tested."""
    if EVERY_DATABASE in os.environ:
        return
    here = Path(__file__).parent
    left_out = [
        item
        for item in items
        if item.path.is_relative_to(here)
        and item.path.stem not in ON_BOTH_DATABASES | EVERY_THIRD
        and _on_postgresql(item)
    ]
    often = [item for item in items if item.path.stem in EVERY_THIRD and _on_postgresql(item)]
    if not LONG:
        left_out += [item for number, item in enumerate(often) if number % 3]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        gone = set(map(id, left_out))
        items[:] = [item for item in items if id(item) not in gone]


def _on_postgresql(item):
    return getattr(item, "callspec", None) and "postgresql" in item.callspec.id


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path):
    """The address of a fresh database that was migrated to the newest step."""
    if request.param == "sqlite":
        yield sqlite_url(tmp_path)
        return
    with postgres_url() as url:
        yield url


@pytest.fixture
def store(database_url):
    """A store over it."""
    engine = engine_at(database_url)
    yield Store(engine, Secrets.of(SECRET))
    engine.dispose()


@pytest.fixture
def town(store):
    """The made-up place of `tests.support.case_app`, in the store."""
    return copied(store, make_town)


@pytest.fixture
def clock():
    """The time the app sees; a test may set `clock.now`."""
    return Clock()


@pytest.fixture
def same_minute(monkeypatch):
    """What a test sends is sent within one minute, however long it takes: the clock of the rates stands still."""
    at = time.time()
    monkeypatch.setattr("limits.storage.memory.time", SimpleNamespace(time=lambda: at))


@pytest.fixture
def settings():
    """Settings of the tests: no secure cookies, since the test client speaks plain HTTP."""
    return settings_with(secret_key=SECRET, secure_cookies=False)


@pytest.fixture
def app(store, settings, clock):
    """The application, in testing mode: a fault of ours is raised instead of shown."""
    return quick_app(settings, store=store, now=clock)


@pytest.fixture
def client_as(app, store, town, clock):
    """A function: a client signed in as the user of this name."""

    def signed_in(username):
        client = app.test_client()
        with store.writing() as session:
            token = start_session(session, town.users[username], clock())
        client.set_cookie(app.config["SESSION_COOKIE_NAME"], token)
        return client

    return signed_in


@pytest.fixture
def work(store, town):
    """Person 1 has an active plan and a flag; a file whose tests need other work makes its own."""
    return flagged(store, town)


@pytest.fixture
def urgent(store, town, app, work):
    """111, for the whole place."""
    return Api(app, urgent_care(store, town))


@pytest.fixture
def get():
    """A function: GET a page, check what every page must be, answer its HTML."""

    def got(client, url, status=200):
        response = client.get(url, follow_redirects=True)
        assert response.status_code == status, response.text[:2000]
        assert read_page(response.text) == []
        return response.text

    return got


@pytest.fixture
def post():
    """A function: fill in and send the form of a page as a browser would: its hidden fields, then the data given.

    `form` says which form of the page by (part of) its action; the page is fetched from `url` (or `page`).
    """

    def posted(client, url, data=None, *, page=None, form=None, follow=True):
        html = client.get(page or url, follow_redirects=True).text
        fields = form_fields(html, form if form is not None else url)
        return client.post(url, data={**fields, **(data or {})}, follow_redirects=follow)

    return posted


def form_fields(html, action):
    """The hidden fields of the form whose action is (or ends with) `action`, or of the first POST form without one."""
    forms = re.findall(r"<form\b([^>]*)>(.*?)</form>", html, flags=re.S | re.I)
    for head, inside in forms:
        attributes = _attributes(head)
        target = attributes.get("action", "").split("?")[0]
        if attributes.get("method", "").lower() == "post" and (not target or target.endswith(action.split("?")[0])):
            inputs = [_attributes(one) for one in re.findall(r"<input\b([^>]*)>", inside, flags=re.S)]
            return {
                one["name"]: one.get("value", "") for one in inputs if one.get("type") == "hidden" and "name" in one
            }
    raise AssertionError(f"no form that posts to {action}")


def _attributes(text):
    return {name: unescape(value) for name, value in re.findall(r'([\w-]+)\s*=\s*"([^"]*)"', text)}
