"""Assessing jointly in a real browser: from the person to a joint assessment without scripts and by keyboard, two at once."""

import pytest
from sqlalchemy import select

from caseload.domain.plan_words import AssessmentState, Discipline, SectionState
from caseload.tables import Assessment, AssessmentAnswers, AssessmentSection, Case
from tests.support.assessing import answers_to
from tests.support.browser import CHROMIUM, NO_BROWSER, chromium, holds, shows, window
from tests.support.live_app import live
from tests.support.place import Place

pytestmark = [
    pytest.mark.slow,
    pytest.mark.enable_socket,
    pytest.mark.skipif(CHROMIUM is None, reason=NO_BROWSER),
]


@pytest.fixture(scope="module")
def browser():
    with chromium() as opened:
        yield opened


@pytest.fixture
def place(tmp_path):
    made = Place("work", tmp_path)
    with live(made.app) as made.home:
        yield made
    made.store.engine.dispose()


def rows(place, wanted):
    with place.store.reading() as session:
        found = list(session.execute(wanted).scalars())
        session.expunge_all()
        return found


def tab_to(page, wanted):
    """Press Tab until the focus is on something that the selector fits."""
    for _ in range(150):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", wanted):
            return
    raise AssertionError(f"Tab never came to {wanted}")


def enter(page):
    with page.expect_navigation():
        page.keyboard.press("Enter")


def answer(page, discipline):
    """Answer every question of a section by keyboard: Space takes the first choice, words are typed."""
    for key, said in answers_to(discipline).items():
        tab_to(page, f"[name=answer_{key}]")
        if page.evaluate("document.activeElement.type") == "radio":
            page.keyboard.press("Space")
        else:
            page.keyboard.type(said)


def test_an_assessment_is_made_by_keyboard_alone_without_scripts(place, browser):
    with window(browser, place.home, cookie=place.cookie("ash.manager"), scripts=False) as opened:
        page = opened.page
        opened.go(place.filled("/people/{p4}"))
        tab_to(page, "a[href$='/assessment']")
        enter(page)
        tab_to(page, "form[action$='/assessment'] button")
        enter(page)
        for discipline in ("health", "social_care"):
            tab_to(page, f"a[href$='/sections/{discipline}']")
            enter(page)
            answer(page, discipline)
            tab_to(page, "button[name=then]")
            enter(page)
        assert shows(page, "Health and social care parts are both complete.")
        tab_to(page, "a[href$='/outcome']")
        enter(page)
        for name, said in (("needs", "A nurse"), ("risks", "Falls"), ("review_on-day", "5"), ("review_on-month", "1")):
            tab_to(page, f"[name={name}]")
            page.keyboard.type(said)
        tab_to(page, "[name=review_on-year]")
        page.keyboard.type("2027")
        enter(page)
        assert shows(page, "The assessment is completed.")
        assert opened.said == []
    case = select(Case.id).where(Case.id == place.work.cases[4])
    (made,) = rows(place, select(Assessment).where(Assessment.case_id.in_(case)))
    assert (made.state, made.needs) == (AssessmentState.COMPLETED, "A nurse")
    sections = rows(place, select(AssessmentSection).where(AssessmentSection.assessment_id == made.id))
    assert {(one.discipline, one.state) for one in sections} == {
        (Discipline.HEALTH, SectionState.COMPLETE), (Discipline.SOCIAL_CARE, SectionState.COMPLETE),
    }  # fmt: skip


def test_two_who_write_one_section_bring_their_words_together(place, browser):
    url = place.filled("/assessments/{assessment}/sections/voluntary")
    with (
        window(browser, place.home, cookie=place.cookie("ash.gp"), scripts=False) as gp,
        window(browser, place.home, cookie=place.cookie("navigator"), scripts=False) as navigator,
    ):
        gp.go(url)
        navigator.go(url)
        gp.page.fill("[name=answer_interests]", "Her garden")
        gp.page.fill("[name=answer_groups]", "The choir")
        gp.press("Save")
        navigator.page.fill("[name=answer_interests]", "Dominoes")
        navigator.press("Save")
        page = navigator.page
        assert shows(page, "Somebody else was first")
        assert shows(page, "Her garden", where=".app-theirs")
        assert holds(page.locator("[name=answer_interests]"), "Dominoes")
        assert holds(page.locator("[name=answer_groups]"), "The choir")
        page.fill("[name=answer_interests]", "Her garden\nDominoes")
        navigator.press("Save")
        assert shows(page, "Voluntary sector: saved.")
    (section,) = rows(place, select(AssessmentSection).where(AssessmentSection.discipline == Discipline.VOLUNTARY))
    assert section.answers == {"interests": "Her garden\nDominoes", "groups": "The choir"}
    kept = rows(place, select(AssessmentAnswers).where(AssessmentAnswers.section_id == section.id))
    assert [one.answers["interests"] for one in kept] == ["Her garden", "Her garden\nDominoes"]
