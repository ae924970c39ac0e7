"""The templates: a typo is an error, nothing a strict policy would stop, every macro says what it is for."""

import importlib.util
import re
from pathlib import Path

import pytest
from jinja2 import UndefinedError
from jinja2.exceptions import TemplateAssertionError, TemplateRuntimeError

from caseload.domain.words import Role, Tier
from caseload.pages.navigation import FOOTER, HEADER, current, open_to
from caseload.pages.templating import COMPONENTS, component
from caseload.presenters.banner import PersonBanner
from tests.support.bare_pages import bare_app, render, viewer_with

ROOT = Path(__file__).resolve().parents[3]
TEMPLATES = sorted((ROOT / "caseload" / "templates").rglob("*.html"))
STATIC = ROOT / "caseload" / "static"
NAMES = [str(path.relative_to(ROOT / "caseload" / "templates")) for path in TEMPLATES]
OUR_STYLE = "".join(sheet.read_text(encoding="utf-8") for sheet in STATIC.glob("*.css") if sheet.name != "nhsuk.css")
LISTS = '{% from "macros/lists.html" import table, freshness, filter_chips, pager, tag, word_tag, summary_list, empty, number %}'
FORMS = '{% from "macros/forms.html" import form_open, form_end, submit, post_button, link_button %}'


def text_of(html):
    """The words of a page, with single spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.fixture(scope="module")
def vendor():
    spec = importlib.util.spec_from_file_location("vendor_nhsuk", ROOT / "scripts" / "vendor_nhsuk.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", NAMES)
def test_template_compiles_with_filters_and_tests_that_exist(name):
    bare_app().jinja_env.get_template(name)


@pytest.mark.parametrize("path", TEMPLATES, ids=NAMES)
def test_template_has_nothing_the_security_policy_stops(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<[^>{]*\sstyle=|<style|<[^>{]*\son[a-z]+=|javascript:", text)
    assert all("nonce=" in script for script in re.findall(r"<script[^>]*>", text))
    assert not re.search(r"https?://(?!www\.w3\.org/)", text)
    assert "| safe" not in text
    assert "|safe" not in text


@pytest.mark.parametrize("path", TEMPLATES, ids=NAMES)
def test_template_uses_only_components_and_classes_there_are(path, vendor):
    text = path.read_text(encoding="utf-8")
    called = set(re.findall(r"nhsuk\.([a-z_]+)\(", text))
    assert called <= {name.replace("-", "_") for name in COMPONENTS}
    used = set(re.findall(r"(?<![\w/])nhsuk-([a-z0-9-]+?)(?=__|--|[^a-z0-9_-])", text))
    assert used - vendor.IN_CASE_APP == set()
    own = set(re.findall(r"(?<![\w-])app-[a-z_-]+[a-z]", text))
    assert {name for name in own if f".{name}" not in OUR_STYLE} == set()


@pytest.mark.parametrize(
    "source",
    [
        "{{ nobody_gave_this }}",
        "{{ viewer.display_nam }}",
        "{% if nobody_gave_this %}x{% endif %}",
        "{{ row['missing'] }}",
    ],
)
def test_name_that_was_not_given_is_an_error(source):
    with pytest.raises(UndefinedError):
        render(source, viewer=None, row={})


@pytest.mark.parametrize("source", ["{{ 1 | no_such_filter }}", "{{ 1 is no_such_test }}"])
def test_filter_that_does_not_exist_is_an_error(source):
    with pytest.raises((TemplateAssertionError, TemplateRuntimeError)):
        render(source)


@pytest.mark.parametrize("name", COMPONENTS)
def test_component_is_there_and_draws(name):
    drawn = component(name, {"id": "x", "name": "x", "text": "Words", "items": [], "rows": [], "label": {"text": "Q"}})
    assert "<" in drawn


def test_component_escapes_what_it_is_given():
    assert "<script>" not in component("error-summary", {"titleText": "<script>"})


def test_vendored_style_fetches_nothing_and_carries_its_licence(vendor):
    style = (STATIC / "nhsuk.css").read_text(encoding="utf-8")
    assert not re.search(r"url\(|@font-face|@import|https?:", style + OUR_STYLE)
    assert vendor.VERSION in style.split("*/")[0]
    assert "Copyright (c) 2019 NHS.UK" in (STATIC / "NHSUK-LICENCE.txt").read_text(encoding="utf-8")
    assert vendor.prune(style.split("*/", 1)[1].strip(), vendor.IN_CASE_APP).strip() == style.split("*/", 1)[1].strip()


def test_asset_address_changes_with_its_content():
    page = render("{{ asset('app.css') }}")
    assert re.fullmatch(r"/static/app\.css\?v=[0-9a-f]{12}", page)


# The page around everything


PAGE = '{% extends "layouts/page.html" %}{% block page_title %}Cases{% endblock %}{% block content %}<h1>Cases</h1>{% endblock %}'


def test_page_for_somebody_signed_in_names_them_and_lets_them_out():
    page = render(PAGE, path="/cases/unallocated", viewer=viewer_with(Role.NAVIGATOR))
    assert "<title>Cases – Caretier</title>" in page
    assert "Dr Ash Partner" in page
    assert re.search(r'<form[^>]*method="post" action="/sign-out"', page)
    assert "Notices (3)" in page
    assert "you will be signed out at 10:15am" in page
    assert page.count('aria-current="page"') == 1
    assert re.search(r'href="/cases/unallocated" aria-current="page"', page)
    assert "csrf_token" in page
    assert '<a class="nhsuk-skip-link" href="#maincontent">' in page
    assert 'id="maincontent"' in page


def test_page_for_nobody_has_neither_search_nor_menu():
    app = bare_app()
    with app.test_request_context("/sign-in"):
        page = app.jinja_env.get_template("errors/not_found.html").render()
    assert 'action="/search"' not in page
    assert 'aria-label="Menu"' not in page
    assert "Sign out" not in page
    assert "signed out at" not in page


@pytest.mark.parametrize("role", Role)
def test_search_box_and_destinations_are_for_those_who_may(role):
    viewer = viewer_with(role)
    page = render(PAGE, viewer=viewer)
    care = {Role.PRACTICE, Role.NAVIGATOR, Role.LEAD, Role.MDT_CHAIR}
    assert ('action="/search"' in page) == (role in care)
    for place in (*HEADER, *FOOTER):
        assert (f'href="{place.path}"' in page) == viewer.may(place.permission) or place.path in {"/", "/account"}


def test_integration_lead_is_led_to_the_headline_and_no_person():
    paths = [place.path for place in open_to(viewer_with(Role.INTEGRATION_LEAD), HEADER)]
    assert paths == ["/", "/headline"]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/", "Today"),
        ("/cases", "Cases"),
        ("/cases/7/lead", "Cases"),
        ("/cases/unallocated", "Without a lead"),
        ("/review/3", "Review the list"),
        ("/reviewed", None),
        ("/people/3", None),
    ],
)
def test_current_destination_is_the_longest_that_fits(path, words):
    found = current(path, list(HEADER))
    assert (found.words if found else None) == words


def test_title_says_that_there_is_an_error_once():
    class Form:
        errors = {"x": ["wrong"]}

    assert "<title>Error: Cases –" in render(PAGE, form=Form())
    assert "<title>Error: Cases –" in render(PAGE.replace("%}Cases", "%}Error: Cases"), form=Form())
    Form.errors = {}
    assert "<title>Cases –" in render(PAGE, form=Form())


def test_message_of_success_is_announced_and_another_is_not():
    source = (
        '{% from "macros/chrome.html" import messages %}{{ messages([("success", "Saved."), ("draft", "<Kept>.")]) }}'
    )
    page = render(source)
    assert page.count('role="alert"') == 1
    assert "&lt;Kept&gt;." in page
    assert len(re.findall(r'id="(message-\d)"', page)) == 2


# Forms


def test_every_form_that_posts_has_its_token_and_a_key_of_its_own():
    page = render(
        FORMS
        + '{{ form_open(row_version=4) }}{{ submit("Save") }}{{ form_end() }}{{ post_button("/undo", "Undo", fields={"x": "<1>"}, about="for Given1") }}'
    )
    keys = re.findall(r'name="form_key" value="([0-9a-f]{32})"', page)
    assert len(keys) == len(set(keys)) == 2
    assert page.count('name="csrf_token"') == 2
    assert 'name="row_version" value="4"' in page
    assert 'name="x" value="&lt;1&gt;"' in page
    assert text_of(page).endswith("Undo for Given1")
    assert page.count("<form") == page.count("</form>") == 2


def test_buttons_look_as_they_are_told():
    page = render(
        FORMS + '{{ submit("A", warning=true, name="do", value="0") }}{{ link_button("/x", "B", secondary=true) }}'
    )
    assert 'nhsuk-button nhsuk-button--warning" type="submit" name="do" value="0"' in page
    assert 'nhsuk-button nhsuk-button--secondary" href="/x" role="button"' in page


# Lists


def test_table_heads_every_row_and_labels_every_cell():
    page = render(LISTS + '{{ table("People", ["Name", "Percentile"], [["A & B", 98.1], ["C", 97]], [1]) }}')
    assert page.count('scope="row"') == 2
    assert page.count('scope="col"') == 2
    assert "A &amp; B" in page
    assert page.count("nhsuk-table__cell--numeric") == 2
    assert page.count('aria-hidden="true">Percentile </span>') == 2


@pytest.mark.parametrize(
    ("call", "text"),
    [
        ('freshness("Scores of 1 October 2026", "Highest risk first", true)', "Scores of 1 October 2026. Highest risk first. This list is filtered."),
        ('freshness("Scores of 1 October 2026", "Highest risk first")', "Scores of 1 October 2026. Highest risk first. Nothing is filtered out."),
        ('filter_chips([("Very high", "/a")], "/b")', "Filtered by Remove filter: Very high × Remove all filters"),
        ("filter_chips([])", ""),
        ('pager("/n", none, "50 people shown")', "50 people shown Next page"),
        ('pager(none, "/f", "3 people shown")', "3 people shown Back to the first page"),
        ('tag("New", "red")', "New"),
        ('empty("Nothing is due.")', "Nothing is due."),
        ('number("9990000018")', "999 000 0018"),
        ('summary_list([("Lead", "Dr A", "/lead"), ("Tier", "High")])', "Lead Dr A Change Lead Tier High"),
    ],
)  # fmt: skip
def test_list_macro_says(call, text):
    assert text_of(render(LISTS + "{{ " + call + " }}")) == text


def test_tag_of_a_stored_word_has_its_words_and_colour():
    page = render(LISTS + "{{ word_tag(tier) }}", tier=Tier.VERY_HIGH)
    assert page.strip() == '<strong class="nhsuk-tag nhsuk-tag--red">Very high</strong>'


# The person


def test_banner_says_death_move_and_restriction_in_words():
    banner = PersonBanner(
        7, "FAMILY, Given", "2 March 1941 (85 years)", "Female", "999 000 0018", "Ash Surgery",
        "Died on 20 September 2026", "Left the practice list on 4 May 2026", True,
    )  # fmt: skip
    source = '{% from "macros/person.html" import person_banner %}{{ person_banner(banner) }}'
    text = text_of(render(source, banner=banner))
    for part in ("FAMILY, Given", "Born 2 March 1941 (85 years)", "Sex Female", "NHS number 999 000 0018", "Ash Surgery",
                 "Died on 20 September 2026", "Left the practice list on 4 May 2026", "Restricted record."):  # fmt: skip
        assert part in text
    plain = PersonBanner(7, "FAMILY, Given", "x", "Female", "999 000 0018", "Ash Surgery", None, None, False)
    text = text_of(render(source, banner=plain))
    assert "Died" not in text
    assert "Restricted" not in text
    assert "None" not in text
