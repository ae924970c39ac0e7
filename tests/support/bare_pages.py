"""The templates without the rest of the application: for tests of macros, layouts and error pages."""

from datetime import UTC, datetime

from flask import Flask, g, render_template_string

from caseload.domain.viewer import Viewer
from caseload.domain.words import Role, Sector
from caseload.pages.templating import set_up_templates

ENDS = datetime(2026, 10, 5, 9, 15, tzinfo=UTC)


def bare_app() -> Flask:
    """A Flask application with the templates set up, and what other parts give them said to be simple things."""
    app = Flask("caseload", static_folder="static", template_folder="templates")
    app.config.update(TESTING=True, SECRET_KEY="only for tests", WTF_CSRF_ENABLED=False)
    set_up_templates(app)
    app.jinja_env.globals.update(draft_for=lambda path: None, session_seconds=lambda: 900, unread=lambda: 3)
    return app


def viewer_with(*roles: Role, sector: Sector = Sector.HEALTH) -> Viewer:
    """Somebody who is signed in with these roles."""
    return Viewer(1, "Dr Ash Partner", sector, 1, {role: frozenset({1}) for role in roles})


def render(source: str, *, path: str = "/", viewer: Viewer | None = None, **values: object) -> str:
    """The source as the application would render it, for that viewer at that address."""
    app = bare_app()
    with app.test_request_context(path):
        if viewer is not None:
            g.viewer, g.session_ends = viewer, ENDS
        return render_template_string(source, **values)
