"""The application: what every request meets on its way in and out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from flask import Flask, current_app

from caseload import clock
from caseload.actions.look_book import LookBook
from caseload.settings import Settings
from caseload.store import Store

Clock = Callable[[], datetime]
_NAME = "caseload"
_FOR_PROGRAMS = ("/fhir/", "/oauth2/token", "/oauth2/revoke", "/.well-known/")


@dataclass(frozen=True)
class App:
    """What a page may ask of the application it runs in."""

    store: Store
    settings: Settings
    now: Clock
    looks: LookBook = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "looks", LookBook(self.store))


def put_app(flask: Flask, store: Store, settings: Settings, now: Clock = clock.now) -> None:
    """Give a Flask application its store, settings and clock."""
    flask.extensions[_NAME] = App(store, settings, now)


def this_app() -> App:
    """The application of the request being answered."""
    return cast(App, current_app.extensions[_NAME])


def for_programs(path: str) -> bool:
    """Whether an address is one that programs ask, with a token and never with a cookie, and are answered in JSON."""
    return path.startswith(_FOR_PROGRAMS) or path == "/fhir"
