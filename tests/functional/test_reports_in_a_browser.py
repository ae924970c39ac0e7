"""The reports in a real browser: accessible, quiet, fetching nothing, within the width of a phone."""

from pathlib import Path

import pytest

from stratify.report import render_evaluation_report, render_run_report
from tests.support.browser import CHROMIUM, MILLISECONDS, NO_BROWSER, chromium
from tests.support.made_up_evaluation import made_up_evaluation
from tests.support.made_up_report import made_up_run

WIDTHS = (1200, 390)

# The browser is driven over a socket of this machine.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.enable_socket,
    pytest.mark.skipif(CHROMIUM is None, reason=NO_BROWSER),
]


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reports")
    evaluation = made_up_evaluation(6000)
    whole = {"main": evaluation, "everyone": evaluation, "run": {"place": "Testborough", "index_date": "2026-10-01"}}
    texts = {"run": render_run_report(made_up_run(evaluation)), "evaluation": render_evaluation_report(whole)}
    for name, text in texts.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in texts}


@pytest.fixture
def browser():
    with chromium() as opened:
        yield opened


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["run", "evaluation"])
def test_report_is_accessible_quiet_and_fits(pages, browser, name, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.set_default_timeout(MILLISECONDS)
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(pages[name].as_uri())
    assert said == []
    assert [url for url in asked if not url.startswith(("data:", "file:"))] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    # Folded tables are looked at as well.
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    found = axe.Axe().run(page)
    assert len(found.response["passes"]) > 20
    assert [(rule["id"], len(rule["nodes"])) for rule in found.response["violations"]] == []


def test_folded_tables_are_on_paper(pages, browser):
    page = browser.new_page()
    page.set_default_timeout(MILLISECONDS)
    page.goto(pages["run"].as_uri())
    hidden = "[...document.querySelectorAll('details table')].filter(table => !table.checkVisibility()).length"
    page.emulate_media(media="screen")
    assert page.evaluate(hidden) > 0
    page.emulate_media(media="print")
    assert page.evaluate(hidden) == 0
