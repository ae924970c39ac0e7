"""Stores and applications made in no time: what is worked out for the first of a test process is not worked out again.

SQLAlchemy has compiled its statements, Jinja its templates and Werkzeug the app's addresses: all are the same each time.
"""

from functools import cache

import pytest
from flask import Flask
from jinja2 import BytecodeCache
from sqlalchemy import event
from sqlalchemy.engine import make_url
from werkzeug.routing import Map

from caseload.app import create_app
from caseload.database import open_database

MANY = 64
"""Connections to a database, so that no test of races is one of waiting for a connection."""

_ANYWHERE = {"sqlite": "sqlite:////dev/null", "postgresql": "postgresql:///nowhere"}


@cache
def _one_engine(backend):
    engine = open_database(_ANYWHERE[backend], connections=MANY)

    @event.listens_for(engine, "do_connect")
    def where_the_test_says(dialect, _record, arguments, named):
        places, names = dialect.create_connect_args(engine.url)
        arguments[:] = places
        named.update(names)

    return engine


def engine_at(url):
    """The engine of this process for this kind of database, over this database, empty of connections.

    Only for one database after the other: whoever needs two at a time opens the second with `open_database`.
    """
    engine = _one_engine(make_url(url).get_backend_name())
    engine.dispose()
    engine.url = make_url(url)
    return engine


class Compiled(BytecodeCache):
    """Templates compiled once for all the applications of a test process."""

    def __init__(self):
        self.codes = {}

    def load_bytecode(self, bucket):
        if bucket.key in self.codes:
            bucket.bytecode_from_string(self.codes[bucket.key])

    def dump_bytecode(self, bucket):
        self.codes[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()


class OneMap(Map):
    """The addresses of all the applications of a test process: they are the same, and to compile them takes longest."""

    def __init__(self):
        super().__init__()
        self.known = set()

    def add(self, rulefactory):
        key = (rulefactory.rule, rulefactory.endpoint, frozenset(rulefactory.methods or ()))
        if key not in self.known:
            super().add(rulefactory)
            self.known.add(key)


_ADDRESSES = OneMap()


def quick_app(settings, *, store, now):
    """`create_app`, in testing mode: a fault of ours is raised instead of shown."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "url_map_class", staticmethod(lambda **_: _ADDRESSES))
        app = create_app(settings, store=store, now=now)
    app.jinja_env.bytecode_cache = COMPILED
    app.testing = True
    return app
