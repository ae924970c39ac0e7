"""Care plans as documents: the page, the PDFs, the plain text and the one urgent page, and who is given a copy."""

import re
import sys
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from caseload.domain.plan_words import PlanHeading
from caseload.presenters.plan_pdf import pages_of
from caseload.presenters.plan_phrases import NO_LONGER, NOT_A_COPY
from caseload.tables import Person, PlanShare
from tests.support.case_app import audited
from tests.support.led_cases import led
from tests.support.pdf_pages import is_tagged, letter_sizes, page_count, read_pdf, words
from tests.support.plan_work import GOAL, NEED, PlanWork
from tests.support.shared_plans import CONTENTS, ended, versioned

TO_NURSE = {"kind": "health", "name": "Kim Nurse", "organisation": "East Community Trust", "share_format": "pdf"}
TO_PERSON = {"kind": "person", "share_format": "pdf"}


@pytest.fixture
def plan(store, town):
    """The id of an active version of person 1's plan."""
    return versioned(store, town, led(store, town, 1, "ash.gp"))


@pytest.fixture
def shared(client_as, post):
    """A function: send the form for a copy; the answer, not followed."""

    def send(version_id, data, *, by="ash.gp", client=None):
        return post(client or client_as(by), f"/plans/{version_id}/share", data, follow=False)

    return send


def shares(store):
    with store.reading() as session:
        rows = session.execute(select(PlanShare).order_by(PlanShare.id)).scalars()
        return [(row.share_format.value, row.recipient, row.sector and row.sector.value, row.refused) for row in rows]


def acts(store, beginning):
    return [(action, people) for action, people in audited(store) if action.startswith(beginning)]


# Copies that are given


@pytest.mark.parametrize(
    ("share_format", "kind", "name"),
    [
        ("pdf", "application/pdf", "care-plan.pdf"),
        ("large_print", "application/pdf", "care-plan-large-print.pdf"),
        ("plain_text", "text/plain", "care-plan.txt"),
        ("urgent_summary", "application/pdf", "urgent-summary.pdf"),
    ],
)
def test_copy_in_each_format_is_recorded_then_made(store, town, client_as, plan, shared, share_format, kind, name):
    client = client_as("ash.gp")
    answer = shared(plan, {**TO_NURSE, "share_format": share_format}, client=client)
    assert answer.status_code == 303
    assert shares(store) == [(share_format, "Kim Nurse, East Community Trust", "health", False)]
    assert acts(store, "plan.") == [("plan.share", [town.people[1]])]
    before = len(acts(store, "view"))
    made = client.get(answer.location)
    assert (made.status_code, made.mimetype) == (200, kind)
    assert made.headers["Content-Disposition"] == f'inline; filename="{name}"'
    assert made.headers["Cache-Control"] == "no-store"
    assert acts(store, "view")[before:] == [("view", [town.people[1]])]
    assert "family1" not in answer.location.lower()


def test_pdf_is_tagged_and_says_the_whole_plan(client_as, plan, shared):
    client = client_as("ash.gp")
    data = client.get(shared(plan, TO_NURSE, client=client).location).data
    text = words(data)
    assert is_tagged(data)
    assert min(letter_sizes(data)) >= 12
    said = ("Given1 Family1", "Born: 2 March 1941", "Agreed on 3 October 2026. Face to face", "Ash Gp, GP, Ash Surgery",
            "4 January 2027", "3f2a 9b1c 77de", "This plan has been in force since 3 October 2026", "Page 1 of",
            "Copy for: Kim Nurse, East Community Trust", "Technology that helps")  # fmt: skip
    for one in (
        *said,
        "To see my sister on Sundays.",
        "By when: 2 November 2026",
        "About this need: I get out",
    ):
        assert one in text, one
    assert text.count("Given1 Family1 999 000 0018") == page_count(data)  # sheets that come apart can be put together
    assert text.index("What is most important to me") < text.index("Walk to the shop") < text.index("Blue inhaler")


def test_sheets_are_filled_and_what_belongs_together_stays_so(store, town, client_as, shared):
    about = dict.fromkeys(("most_important", "people", "communicate", "wellness", "please_do"), "I like to sing. " * 40)
    contents = {**CONTENTS, PlanHeading.ABOUT_ME: [about]}
    version_id = versioned(store, town, led(store, town, 1, "ash.gp"), contents=contents)
    client = client_as("ash.gp")
    sheets = [
        page.extract_text()
        for page in read_pdf(client.get(shared(version_id, TO_NURSE, client=client).location).data).pages
    ]
    assert "What is most important to me" in sheets[0]  # and not on a sheet of its own after an empty one
    foot = [said for sheet in sheets if "The check code shows" in (said := " ".join(sheet.split()))]
    assert len(foot) == 1
    for one in ("Nothing is written", "If you have a question", "Made on", "Copy for", "every copy of this"):
        assert one in foot[0], one
    for title in ("Goals and hopes", "If things change or get worse", "Medicines and equipment"):
        (sheet,) = [one for one in sheets if f"{title}\n" in one]
        assert not sheet.partition(title)[2].strip().startswith("Page"), title  # no heading at the foot of a sheet


def test_large_print_has_no_letter_under_18_points(client_as, plan, shared):
    client = client_as("ash.gp")
    data = client.get(shared(plan, {**TO_PERSON, "share_format": "large_print"}, client=client).location).data
    assert is_tagged(data)
    assert min(letter_sizes(data)) >= 18
    assert "Copy for: The person" in words(data)


def test_plain_text_has_no_line_a_spreadsheet_takes_for_a_formula(store, town, client_as, shared):
    typed = "=HYPERLINK(0)\n+1\n-1\n@x\n\tA\n\nAGREEMENT\nAgreement: forged \u202eesrever\x07"
    contents = {PlanHeading.STRENGTHS: [{"strength": typed}]}
    version_id = versioned(store, town, led(store, town, 1, "ash.gp"), contents=contents)
    client = client_as("ash.gp")
    made = client.get(shared(version_id, {**TO_PERSON, "share_format": "plain_text"}, client=client).location)
    assert made.content_type == "text/plain; charset=utf-8"
    lines = made.text.split("\r\n")
    assert [line for line in lines if line.startswith(("=", "+", "-", "@", "\t"))] == []
    assert max(map(len, lines)) <= 72
    margin = [line for line in lines if line and not line.startswith("  ")]
    assert margin == ["CARE PLAN", "MY STRENGTHS", "Strength 1"]  # what was typed never stands where headings stand
    assert not {"\u202e", "\x07"} & set(made.text)
    assert "  =HYPERLINK(0)" in made.text or "Strength: =HYPERLINK(0)" in made.text


def test_what_was_typed_is_words_on_the_page_and_in_the_pdf(store, town, client_as, get, shared):
    contents = {PlanHeading.STRENGTHS: [{"strength": "<script>alert(1)</script><img src=x onerror=y> & {{ 7*7 }}"}]}
    version_id = versioned(store, town, led(store, town, 1, "ash.gp"), contents=contents)
    client = client_as("ash.gp")
    html = get(client, f"/plans/{version_id}/print")
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    data = client.get(shared(version_id, TO_PERSON, client=client).location).data
    assert "<script>alert(1)</script><img src=x onerror=y> & {{ 7*7 }}" in words(data)


def test_page_to_print_says_the_same_as_the_text(client_as, get, plan, shared):
    client = client_as("ash.gp")
    html = get(client, f"/plans/{plan}/print")
    text = client.get(shared(plan, {**TO_PERSON, "share_format": "plain_text"}, client=client).location).text
    article = re.sub(r"<[^>]+>", " ", html[html.index("<article") : html.index("</article>")])
    on_page, in_text = (set(re.findall(r"\w{4,}", one.lower())) for one in (article, text))
    only = {"nobody", "noted", "given"}  # nobody was given the page: it was looked at
    assert on_page - in_text - only == set()
    assert in_text - on_page - {"copy", "person"} == set()
    assert NOT_A_COPY in html


def test_plan_that_was_written_signed_and_agreed_is_the_document(store, town, client_as, get):
    work = PlanWork(store, town)
    version_id = work.active()
    html = get(client_as("navigator"), f"/plans/{version_id}/print")
    with work.row(version_id) as (row, _):
        code = row.content_hash
    assert f"{code[:4]} {code[4:8]} {code[8:12]}" in html
    for one in (
        NEED["need"],
        GOAL["goal"],
        "Ask for pulmonary rehabilitation",
        "Navigator",
        "Agreed on 5 October 2026",
    ):
        assert one in html, one


# The urgent summary


def test_urgent_summary_is_one_page_of_14_points(store, client_as, plan, shared):
    client = client_as("ash.gp")
    data = client.get(shared(plan, {**TO_NURSE, "share_format": "urgent_summary"}, client=client).location).data
    text = words(data)
    assert page_count(data) == 1
    assert min(letter_sizes(data)) >= 14
    assert is_tagged(data)
    for one in ("Given1 Family1", "2 March 1941", "Ash Gp, GP", "01632 960000", "I cannot finish a sentence.",
                "Call 999 if it does not help", "Sam Example, my daughter", "Yellow folder by the front door",
                "Penicillin allergy", "Steroid tablets", "Speak to my left ear."):  # fmt: skip
        assert one in text, one
    assert text.index("Penicillin") < text.index("I cannot finish") < text.index("Yellow folder") < text.index("Blue")
    assert "Left out" not in text
    assert "I want to die at home" not in text


@pytest.mark.parametrize("many", [3, 8, 40])
def test_urgent_summary_that_is_too_long_is_cut_from_its_end_and_says_so(
    store, town, client_as, shared, many, monkeypatch
):
    layouts = []
    monkeypatch.setattr("caseload.pages.plan_files.pages_of", lambda *of: layouts.append(pages_of(*of)) or layouts[-1])
    one = {**CONTENTS[PlanHeading.CONTINGENCY][0], "what": "Sit me up and wait with me until help comes. " * 6}
    contents = {**CONTENTS, PlanHeading.CONTINGENCY: [{**one, "name": f"Change {n}"} for n in range(many)]}
    version_id = versioned(store, town, led(store, town, 1, "ash.gp"), contents=contents)
    client = client_as("ash.gp")
    data = client.get(shared(version_id, {**TO_NURSE, "share_format": "urgent_summary"}, client=client).location).data
    text = words(data)
    assert page_count(data) == 1
    assert min(letter_sizes(data)) >= 14
    assert 2 <= len(layouts) <= 4  # the last that fits, the first that does not, and few besides
    assert "Never give it: my throat swells." in text
    assert "Change 0" in text
    assert "Blue inhaler" not in text
    assert re.search(
        r"Left out so that this fits on one page: .*Medicines and equipment.*version 1\. Ash Gp has it", text
    )


def test_urgent_summary_of_the_longest_words_there_can_be_is_one_page(store, town, client_as, shared):
    case_id = led(store, town, 1, "ash.gp")
    with store.writing() as session:
        person = session.get_one(Person, town.people[1])
        person.given_name, person.family_name, person.phone = "W" * 100, "M" * 100, "0" * 40
    contents = {heading: [dict.fromkeys(entries[0], "W" * 4000)] for heading, entries in CONTENTS.items()}
    version_id = versioned(store, town, case_id, contents={h: c for h, c in contents.items() if h in (
        PlanHeading.CONTINGENCY, PlanHeading.ADVANCE_STATEMENT, PlanHeading.ABOUT_ME)})  # fmt: skip
    client = client_as("ash.gp")
    sent = {**TO_NURSE, "name": "W" * 90, "organisation": "M" * 100, "share_format": "urgent_summary"}
    data = client.get(shared(version_id, sent, client=client).location).data
    assert page_count(data) == 1
    assert min(letter_sizes(data)) >= 14


def test_urgent_summary_without_the_pdf_program_is_cut_by_counting(store, town, client_as, get, shared, monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    one = {**CONTENTS[PlanHeading.CONTINGENCY][0], "what": "Sit me up and wait with me until help comes. " * 6}
    contents = {**CONTENTS, PlanHeading.CONTINGENCY: [{**one, "name": f"Change {n}"} for n in range(9)]}
    version_id = versioned(store, town, led(store, town, 1, "ash.gp"), contents=contents)
    client = client_as("ash.gp")
    answer = shared(version_id, {**TO_NURSE, "share_format": "urgent_summary"}, client=client)
    assert urlsplit(answer.location).path == f"/plans/{version_id}/urgent"
    html = get(client, answer.location)
    assert "Left out so that this fits on one page" in html
    assert "The copy is recorded" in html


@pytest.mark.parametrize(("share_format", "path"), [("pdf", "copy"), ("large_print", "large")])
def test_plan_of_hundreds_of_pages_is_printed_from_the_page_and_no_pdf_is_made(
    store, town, client_as, get, shared, monkeypatch, share_format, path
):
    contents = {PlanHeading.STRENGTHS: [{"strength": "I sing. " * 499}] * 60}
    version_id = versioned(store, town, led(store, town, 1, "ash.gp"), contents=contents)
    monkeypatch.setattr("caseload.pages.plan_files.plan_pdf", lambda *_: pytest.fail("a PDF was made"))
    client = client_as("ash.gp")
    address = shared(version_id, {**TO_NURSE, "share_format": share_format}, client=client).location
    assert urlsplit(address).path == f"/plans/{version_id}/{path}.pdf"
    html = get(client, address, status=422)
    assert "This plan is longer than 50 pages, and no PDF is made of one that long." in html
    instead = re.search(rf'href="(/plans/{version_id}/print\?copy=\d+)"', html)[1]
    assert html_says(get(client, instead), "Copy for: Kim Nurse")


def test_without_the_pdf_program_a_copy_is_printed_from_the_page(client_as, get, plan, shared, monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    client = client_as("ash.gp")
    answer = shared(plan, {**TO_NURSE, "share_format": "large_print"}, client=client)
    assert urlsplit(answer.location).path == f"/plans/{plan}/print"
    html = get(client, answer.location)
    assert "app-plan--large" in html
    assert "Copy for: Kim Nurse" in html
    assert "pip install" in get(client, answer.location.replace("/print", "/large.pdf"), status=503)


@pytest.mark.parametrize("state", ["superseded", "withdrawn"])
def test_version_that_holds_no_longer_says_so_on_the_page_and_on_every_sheet(
    store, town, client_as, get, shared, state
):
    case_id = led(store, town, 1, "ash.gp")
    version_id = versioned(store, town, case_id, contents={PlanHeading.STRENGTHS: [{"strength": "I sing. " * 300}] * 4})
    client = client_as("ash.gp")
    address = shared(version_id, TO_NURSE, client=client).location
    ended(store, version_id, state)
    for path in ("print", "urgent"):
        assert html_says(get(client, f"/plans/{version_id}/{path}"), NO_LONGER)
    data = client.get(address).data
    assert page_count(data) > 1
    assert words(data).count(NO_LONGER) >= page_count(data)


def html_says(html, text):
    return text in html[html.index("<article") :]
