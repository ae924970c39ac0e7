"""Every page, in every state it has, in a real browser: it fits three widths, is accessible, quiet, fetches nothing elsewhere.

pytest tests/functional/test_every_page_in_a_browser.py --every-width --screenshots FOLDER

The first state of each page is asked by axe-core at all three widths, each other state at one of them by turns: all states
at all widths with `--every-width`, which takes twice the time.
"""

import re
from contextlib import ExitStack
from pathlib import Path

import pytest

from caseload.app import create_app
from caseload.database import open_database
from caseload.secrets import Secrets
from caseload.settings import settings_with
from caseload.store import Store
from tests.support.browser import CHROMIUM, NO_BROWSER, WIDTHS, Window, chromium, faults, window
from tests.support.case_app import NOW
from tests.support.live_app import live
from tests.support.page_cases import CASES, NOT_A_PAGE
from tests.support.page_cases.page_case import PageCase
from tests.support.place import SECRET, Place
from tests.support.sqlite import sqlite_url

# The browser is driven over a socket of this machine.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.enable_socket,
    pytest.mark.skipif(CHROMIUM is None, reason=NO_BROWSER),
]


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """Each kind of place, made when it is first asked for."""
    made: dict[str, Place] = {}
    with ExitStack() as stack:

        def place(kind: str) -> Place:
            if kind not in made:
                made[kind] = Place(kind, tmp_path_factory.mktemp(kind))
                made[kind].home = stack.enter_context(live(made[kind].app))
            return made[kind]

        yield place
    for one in made.values():
        one.store.engine.dispose()


@pytest.fixture(scope="module")
def tab():
    """A window for all pages one after the other: to open one is most of what looking at a page costs."""
    with chromium() as browser, window(browser, "") as opened:
        yield opened


@pytest.fixture
def pictures(request) -> Path | None:
    """The folder for screenshots, where one was asked for."""
    given = request.config.getoption("--screenshots", default=None)
    if given is None:
        return None
    Path(given).mkdir(parents=True, exist_ok=True)
    return Path(given)


def every_case() -> list:
    return [
        pytest.param(endpoint, case, place, id=f"{endpoint}-{case.state}-{place}".replace(" ", "_"))
        for endpoint, cases in CASES.items()
        for place, case in enumerate(cases)
    ]


@pytest.fixture
def every_width(request) -> bool:
    """Whether axe-core is asked at every width in every state."""
    return bool(request.config.getoption("--every-width", default=False))


@pytest.mark.parametrize(("endpoint", "case", "turn"), every_case())
def test_page_is_accessible_quiet_and_fits(places, tab, pictures, every_width, endpoint, case, turn):
    place = places(case.place)
    axe_at = WIDTHS if every_width or turn == 0 else (WIDTHS[turn % len(WIDTHS)],)
    tab.home = place.home
    tab.sign_in(place.cookie(case.username))
    tab.forget()
    shown(tab, place, case)
    name = f"{endpoint}-{case.state}".replace(" ", "-")
    picture = pictures / name if pictures else None
    found = faults(tab, expected_status=case.status, picture=picture, axe_at=axe_at)
    assert not found, "\n".join(found)


def shown(opened: Window, place: Place, case: PageCase) -> None:
    """Bring the window to the page in its state, and see that it is that page and that state."""
    status = opened.go(place.filled(case.path))
    for form, fields in filter(None, (case.send, case.then)):
        assert status == 200, opened.page.inner_text("main")[:500]
        opened.forget()
        status = send(opened, place.filled(form), fields)
    text = opened.page.content()
    assert status == case.status, opened.page.inner_text("main")[:500]
    assert case.shows in text, f"{case.shows!r} is not on {opened.page.url}"
    assert opened.page.locator("h1").count() == 1
    if case.state == "error":
        assert opened.page.title().startswith("Error: ")
        opened.page.wait_for_function("document.activeElement.className === 'nhsuk-error-summary'")
    assert opened.page.locator("main").count() == 1


def send(opened: Window, form: str, fields: dict[str, str]) -> int:
    """Fill in the form that has these fields and posts to there, and send it as pressing its button would."""
    found = opened.page.locator(f"main form[method=post][action*='{form}'], main form[method=post]:not([action])")
    for name in fields:
        found = found.filter(has=opened.page.locator(f"[name='{name}']"))
    assert found.count(), f"no form that posts to {form} with {list(fields)}"
    for name, value in fields.items():
        fill(found.first.locator(f"[name='{name}']"), value)
    with opened.page.expect_navigation() as going:
        found.first.evaluate("form => form.requestSubmit(form.querySelector('[type=submit]'))")
    return going.value.status


def fill(control, value: str) -> None:
    kind = control.first.get_attribute("type") or control.first.evaluate("one => one.tagName.toLowerCase()")
    if kind == "hidden":
        control.evaluate("(one, value) => one.value = value", value)
    elif kind in {"radio", "checkbox"}:
        control.locator(f"xpath=self::*[@value='{value}']").check(force=True)
    elif kind == "select":
        control.select_option(value)
    else:
        control.fill(value)


def test_every_page_has_a_case(tmp_path):
    """A page nobody looked at is a page nobody may use: a route that answers to GET without a case fails here."""
    store = Store(open_database(sqlite_url(tmp_path)), Secrets.of(SECRET))
    app = create_app(settings_with(secret_key=SECRET, secure_cookies=False), store=store, now=lambda: NOW)
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in rule.methods}
    store.engine.dispose()
    assert pages - set(CASES) - set(NOT_A_PAGE) == set()
    assert set(CASES) - pages == set()


def test_every_page_about_a_person_has_a_case_of_somebody_who_died():
    about_one_person = [
        name for name, cases in CASES.items() if any(re.match(r"/people/\{p\d+\}", c.path) for c in cases)
    ]
    assert about_one_person
    assert [name for name in about_one_person if not any("{p5}" in case.path for case in CASES[name])] == []
