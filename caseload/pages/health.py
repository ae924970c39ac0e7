"""Whether the app and its database answer: for whoever watches it, nothing about anybody."""

from importlib.metadata import version

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from caseload.pages.request import open_to_everyone
from caseload.queries.health import answers
from caseload.web import this_app

pages = Blueprint("health", __name__)


@pages.get("/healthz")
@open_to_everyone
def healthz() -> ResponseReturnValue:
    """200 where the case database answers, 503 where it does not; the version either way."""
    well = _database_answers()
    said = jsonify(status="ok" if well else "no database", version=version("caretier"))
    said.headers["Cache-Control"] = "no-store"
    return said, 200 if well else 503


def _database_answers() -> bool:
    try:
        with this_app().store.reading() as session:
            return answers(session)
    except SQLAlchemyError:
        return False
