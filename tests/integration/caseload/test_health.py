"""Whether the app and its database answer."""

from importlib.metadata import version

from caseload.app import create_app
from caseload.database import open_database
from caseload.secrets import Secrets
from caseload.store import Store
from tests.integration.caseload.conftest import SECRET


def test_healthz_answers_with_the_version(app):
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok", "version": version("caretier")})
    assert answer.headers["Cache-Control"] == "no-store"


def test_healthz_says_when_the_database_does_not_answer(settings, clock, tmp_path):
    store = Store(open_database(f"sqlite:///{tmp_path}/none/case.sqlite"), Secrets.of(SECRET))
    answer = create_app(settings, store=store, now=clock).test_client().get("/healthz")
    assert (answer.status_code, answer.json["status"]) == (503, "no database")


def test_healthz_says_when_the_database_was_never_set_up(settings, clock, tmp_path):
    store = Store(open_database(f"sqlite:///{tmp_path}/empty.sqlite"), Secrets.of(SECRET))
    assert create_app(settings, store=store, now=clock).test_client().get("/healthz").status_code == 503
    store.engine.dispose()
