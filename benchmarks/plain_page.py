"""The floor: the plainest page Flask and SQLAlchemy can answer over the same database. One row read, one small template.

waitress-serve --call benchmarks.plain_page:create     (the address of the database in CARETIER_DATABASE_URL)
"""

from flask import Flask, render_template_string
from sqlalchemy import create_engine, select
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from caseload.settings import read_settings
from caseload.tables import Person

_PAGE = "<!doctype html><title>Person</title><h1>{{ person.family_name }}</h1><p>Born {{ person.date_of_birth }}</p>"


def create() -> Flask:
    """The application."""
    url = make_url(read_settings().database_url)
    engine = create_engine(url.set(drivername="postgresql+psycopg") if url.get_backend_name() == "postgresql" else url)
    app = Flask("plain")

    @app.get("/people/<int:person_id>")
    def show(person_id: int) -> str:
        with Session(engine) as session:
            person = session.execute(select(Person).where(Person.id == person_id)).scalar_one()
            return render_template_string(_PAGE, person=person)

    return app
