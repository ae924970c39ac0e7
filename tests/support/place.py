"""A place with the application over it, for browsers: work under way, nothing under way, many of everything, or somebody leaving."""

from pathlib import Path

from caseload.app import create_app
from caseload.database import open_database
from caseload.secrets import Secrets
from caseload.settings import settings_with
from caseload.sign_in.web import start_session
from caseload.store import Store
from tests.support.busy_town import make_busy_town
from tests.support.case_app import NOW, make_town
from tests.support.copied_places import copied
from tests.support.leaving_town import make_leaving_town
from tests.support.sqlite import sqlite_url
from tests.support.town_at_work import AtWork, make_town_at_work

SECRET = "a secret that only tests know, long enough"
MAKE = {
    "work": make_town_at_work,
    "quiet": lambda store: AtWork(store, make_town(store)),
    "busy": make_busy_town,
    "leaving": make_leaving_town,
}
"""How each kind of place is made."""


class Place:
    """The application over one place; `home` is its address while it is live."""

    def __init__(self, kind: str, folder: Path):
        self.store = Store(open_database(sqlite_url(folder)), Secrets.of(SECRET))
        self.work = copied(self.store, MAKE[kind])
        settings = settings_with(secret_key=SECRET, secure_cookies=False, page_rows=20)
        self.app = create_app(settings, store=self.store, now=lambda: NOW)
        self.app.debug = True  # a fault is logged with where it was
        self.home = ""

    def cookie(self, username: str | None) -> tuple[str, str] | None:
        """What signs a browser in as the user of this name."""
        if username is None:
            return None
        with self.store.writing() as session:
            token = start_session(session, self.work.town.users[username], NOW)
        return self.app.config["SESSION_COOKIE_NAME"], token

    def filled(self, text: str) -> str:
        """An address with the ids of this place: {p1}, {c1}, {Y90001}, {u_ash_gp}, {handover_6}."""
        town = self.work.town
        return text.format(
            **{f"p{number}": person for number, person in town.people.items()},
            **{f"c{number}": case for number, case in self.work.cases.items()},
            **{f"u_{username.replace('.', '_')}": user for username, user in town.users.items()},
            **town.places,
            **self.work.ids,
        )
