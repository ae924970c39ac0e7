"""What somebody is told when it did not work: nothing typed is lost, nothing is said of the data."""

from datetime import UTC, datetime

import pytest
from flask import g, render_template

from caseload.domain.words import Role
from caseload.exceptions import Conflict, NotNow
from tests.support.bare_pages import bare_app, viewer_with

TYPED = [("Note", ["Line one\nline <two>"]), ("Outcome code", ["reached"])]


def page(name, *, signed_in=True, referrer=None, **values):
    headers = {"Referer": referrer} if referrer else {}
    app = bare_app()
    with app.test_request_context("/tasks/3/done", method="POST", headers=headers):
        if signed_in:
            g.viewer = viewer_with(Role.NAVIGATOR)
        return render_template(f"errors/{name}.html", **values)


def test_conflict_shows_theirs_and_mine():
    html = page("conflict", error=Conflict("Somebody else did this first."), theirs=[("Outcome", "Done")], typed=TYPED)
    assert "Somebody else did this first." in html
    assert "Outcome</dt>" in html
    assert "Done</dd>" in html
    assert "line &lt;two&gt;" in html
    assert "Outcome code</dt>" in html
    assert "last changed" not in html


def test_conflict_says_who_was_first_and_when():
    error = Conflict("Somebody else did this first.", by="Ash Nurse", at=datetime(2026, 10, 5, 9, 0, tzinfo=UTC))
    assert "It was last changed by Ash Nurse on 5 October 2026 at 10:00am." in page(
        "conflict", error=error, theirs=[], typed=[]
    )


def test_conflict_without_theirs_or_typed_has_neither_heading():
    html = page("conflict", error=Conflict("Somebody else did this first."), theirs=[], typed=[])
    assert "What is there now" not in html
    assert "What you entered" not in html


def test_refusal_says_why_and_that_nothing_changed():
    html = page("not_now", error=NotNow("This case is closed."), typed=TYPED)
    assert "This case is closed." in html
    assert "Nothing was changed." in html
    assert "line &lt;two&gt;" in html


@pytest.mark.parametrize(
    ("referrer", "path"),
    [
        (None, "/"),
        ("http://localhost/tasks/3", "/tasks/3"),
        ("http://localhost/cases?tier=high", "/cases?tier=high"),
        ("http://elsewhere.example/tasks/3", "/"),
    ],
)
def test_way_back_is_the_page_before_if_it_was_ours(referrer, path):
    html = page("not_now", error=NotNow("No."), typed=[], referrer=referrer)
    assert f'<a href="{path}">Go back and look again</a>' in html


def test_stale_form_keeps_what_was_typed():
    assert "line &lt;two&gt;" in page("stale_form", typed=TYPED)


@pytest.mark.parametrize("code", [400, 413, 429, 500, 503])
def test_problem_asks_nothing_of_the_database(code):
    def fails():
        raise AssertionError("the database may be what is wrong")

    app = bare_app()
    app.jinja_env.globals.update(unread=fails)
    with app.test_request_context("/"):
        g.viewer = viewer_with(Role.NAVIGATOR)
        html = render_template("errors/problem.html", code=code)
    assert html.count("<h1") == 1


def test_not_found_is_the_same_for_missing_and_forbidden():
    html = page("not_found")
    assert "Page not found" in html
    assert "/emergency-access" in html
