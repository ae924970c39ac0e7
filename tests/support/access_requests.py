"""Real requests over a place, each forgotten again: what was answered, whom it shows, which looks were written."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import unquote

from caseload.app import create_app
from caseload.audit_chain import PENDING, Pending, chain_pending
from caseload.database import writing
from caseload.settings import settings_with
from caseload.sign_in.web import start_session
from caseload.store import Store
from tests.support.access_hospital import SETTLES, reads_message
from tests.support.access_oracle import Combination, may_open
from tests.support.access_place import NAME
from tests.support.case_app import NOW

_NUMBER = re.compile(r"999[\s\-–]?\d{3}[\s\-–]?\d{4}")
_ADDRESS = re.compile(r"""(?:href|action|src|formaction|value)=["']([^"']*)["']|<script[^>]*>""")
_TOKEN = re.compile(r"""(name="(?:csrf_token|form_key)" value|nonce)="[^"]*\"""")
SECRET = "a secret that only tests know, long enough"


@dataclass(frozen=True)
class ForgetfulStore(Store):
    """A store that carries everything out, tells what the audit log would have been told, and keeps none of it."""

    told: list[Pending] = field(default_factory=list)

    @contextmanager
    def writing(self) -> Iterator:
        """A writing transaction that is taken back at its end."""
        with writing(self.engine) as session:
            session.info[PENDING] = []
            yield session
            session.flush()
            self.told.extend(session.info[PENDING])
            chain_pending(session, self.secrets.audit)
            session.rollback()


class LaidOut:
    """In the place of WeasyPrint's document: one page, whose file is the text itself, so that it is seen whom it names."""

    pages = ("the only one",)

    def __init__(self, string, url_fetcher):
        self.string = string

    def write_pdf(self, **_options):
        return self.string.encode()

    def render(self, **_options):
        return self


@dataclass(frozen=True)
class Answer:
    """One answer: its status, whether it is a page, its text, where it leads, whom it shows (by number), who was looked at."""

    status: int
    is_page: bool
    text: str
    location: str
    shown: frozenset[int]
    seen: frozenset[int]

    @property
    def same(self):
        """The text without what is new in every answer: tokens and the nonce."""
        return _TOKEN.sub("…", self.text)

    @property
    def addresses(self):
        """Every address the answer carries."""
        return [unquote(unescape(found)) for found in _ADDRESS.findall(self.text) if found] + [unquote(self.location)]


class Visitor:
    """Somebody with a browser; `probe` is None for one who has not signed in."""

    def __init__(self, visits, probe, token):
        self.visits, self.probe, self.token = visits, probe, token
        self.allowed = visits.allowed(probe) if probe else frozenset()

    def ask(self, method, path):
        """One request; a form is sent with its machinery and nothing filled in."""
        store = self.visits.store
        store.told.clear()
        data = {"form_key": "0" * 32, "row_version": "1"} if method == "POST" else None
        client = self.visits.app.test_client()  # a fresh one: an answer may take the cookie away
        if self.token:
            client.set_cookie(self.visits.app.config["SESSION_COOKIE_NAME"], self.token)
        response = client.open(path, method=method, data=data)
        raw = response.get_data().decode("utf-8", "replace")
        views = (event for event in store.told if event.action == "view")
        seen = {self.visits.number_of.get(person) for event in views for person in event.people}
        return Answer(
            response.status_code, response.mimetype == "text/html", raw, response.headers.get("Location", ""),
            self.visits.shown_in(unescape(raw)), frozenset(number for number in seen if number),
        )  # fmt: skip


class Visits:
    """The app over a place that was written, and a visitor for each of its probes."""

    def __init__(self, store, place):
        self.place = place
        with store.writing() as session:
            tokens = [start_session(session, probe.user_id, NOW) for probe in place.probes]
        self.store = ForgetfulStore(store.engine, store.secrets)
        self.app = create_app(
            settings_with(secret_key=SECRET, secure_cookies=False, page_rows=2_000), store=self.store, now=lambda: NOW
        )
        self.app.testing = True
        self.app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
        self.everybody = [one for probe in place.probes for one in probe.people] + place.strangers
        self.number_of = {one.ids["person_id"]: one.number for one in self.everybody if "person_id" in one.ids}
        self.by_nhs_number = {one.nhs_number: one.number for one in self.everybody}
        self.visitors = [Visitor(self, probe, token) for probe, token in zip(place.probes, tokens, strict=True)]
        self.signed_out = Visitor(self, None, None)

    def shown_in(self, text):
        """Everybody whose name or NHS number stands in a text."""
        numbers = {re.sub(r"\D", "", found) for found in _NUMBER.findall(text)}
        named = {int(found) for found in NAME.findall(text)}
        return frozenset(named | {self.by_nhs_number[one] for one in numbers if one in self.by_nhs_number})

    def nhs_numbers_in(self, address):
        """The NHS numbers an address carries, however they are written."""
        return {re.sub(r"\D", "", found) for found in _NUMBER.findall(address)} & self.by_nhs_number.keys()

    def allowed(self, probe):
        """Everybody whom the oracle lets this user see: their own people, and those of others by place alone."""
        if probe.role in SETTLES:  # in a message's text, and nowhere else
            return frozenset(one.number for one in probe.people if reads_message(probe.role, one.stands))
        own = {one.number for one in probe.people if may_open(probe.role, one.stands)}
        known = {one.number for one in (*probe.people, *self.place.strangers)}
        others = (one for one in self.everybody if one.number not in known)
        return frozenset(
            own | {one.number for one in others if may_open(probe.role, _by_place(probe.role, one.stands))}
        )


def _by_place(role, stands):
    """How a user stands to a person who was made for another user."""
    kept = {"own practice": "own practice", "case in place": "case in place"}
    same_practice = role == "practice" and stands.relationship == "case in place"
    relationship = "other place" if same_practice else kept.get(stands.relationship, "other place")
    return Combination(relationship, "no" if stands.restriction == "no" else "yes", stands.consent, "no")
