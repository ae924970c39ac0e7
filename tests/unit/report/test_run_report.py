import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from stratify.report import FlowStep, Histogram, Move, RunReportData, TierSize, render_run_report
from stratify.report.charts.distribution import class_names, readable
from stratify.report.data import TIERS
from stratify.report.sections.movement import DoesNotAddUp
from tests.support.made_up_evaluation import made_up_evaluation
from tests.support.made_up_report import made_up_run

VOID = {"meta", "img", "br", "hr", "link", "input"}


class Outline(HTMLParser):
    """Headings, ids, images, tables and whether every element is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def all(self, *tags):
        return [(tag, attrs) for tag, attrs in self.elements if tag in tags]


@pytest.fixture(scope="module")
def evaluation():
    return made_up_evaluation(6000)


@pytest.fixture(scope="module")
def page(evaluation):
    return render_run_report(made_up_run(evaluation))


@pytest.fixture(scope="module")
def outline(page):
    outline = Outline()
    outline.feed(page)
    assert outline.open == []
    return outline


def text_of(page):
    """What is read on the page: no styles, no pictures, no tags."""
    page = re.sub(r"<style>.*?</style>|data:image[^\"]*", "", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def first_run(**more):
    """The least a report can be made of: a first run with an index score and nothing optional."""
    from datetime import date

    tiers = tuple(TierSize(tier, people, people, share) for tier, people, share in (("very_high", 1, 0.005), ("high", 9, 0.045), ("moderate", 30, 0.15)))  # fmt: skip
    given = {
        "place": "Smallplace",
        "index_date": date(2026, 10, 1),
        "registered": 205,
        "flow": (FlowStep("scored", 200), FlowStep("died_before_index", 5)),
        "tiers": tiers,
        "scored": 200,
        "scored_adults": 160,
        "score_kind": "hfrs",
    }
    return RunReportData(**given | more)


def test_report_needs_nothing_from_outside(page, outline):
    assert not outline.all("script", "link", "iframe", "object")
    addresses = [attrs.get(name, "") for _, attrs in outline.elements for name in ("src", "href")]
    assert all(address == "" or address.startswith(("data:image/svg+xml;base64,", "#")) for address in addresses)
    style = page[page.index("<style>") : page.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style
    assert "@font-face" not in style


def test_report_is_small_enough_to_send(page):
    assert len(page.encode()) < 1_500_000


def test_same_data_give_the_same_bytes(page, evaluation):
    assert render_run_report(made_up_run(evaluation)) == page


def test_report_carries_no_time_of_day_or_random_name(page):
    assert not re.search(r"\d\d:\d\d:\d\d", page)
    assert "Created with" not in page


def test_headings_are_in_order_and_ids_are_unique(outline):
    levels = [int(tag[1]) for tag, _ in outline.all("h1", "h2", "h3", "h4")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in zip(levels, levels[1:], strict=False))
    ids = [attrs["id"] for _, attrs in outline.elements if "id" in attrs]
    assert len(ids) == len(set(ids))


def test_every_link_and_label_leads_somewhere(outline):
    ids = {attrs["id"] for _, attrs in outline.elements if "id" in attrs}
    wanted = {attrs["href"][1:] for _, attrs in outline.all("a")}
    wanted |= {attrs["aria-labelledby"] for _, attrs in outline.elements if "aria-labelledby" in attrs}
    assert wanted <= ids


def test_every_chart_has_words_and_every_table_a_caption_and_scopes(outline):
    images = outline.all("img")
    assert len(images) >= 8
    assert all(len(attrs["alt"]) > 40 for _, attrs in images)
    assert len(outline.all("caption")) == len(outline.all("table"))
    assert all(attrs.get("scope") in ("col", "row") for _, attrs in outline.all("th"))


def test_language_skip_link_and_main_are_there(page, outline):
    assert '<html lang="en"' in page
    assert outline.all("a")[0][1]["href"] == "#maincontent"
    assert outline.all("main")[0][1]["id"] == "maincontent"


def test_headline_says_what_the_run_found(page):
    text = text_of(page)
    assert (
        "Of 259,822 people scored in Tower Hamlets (made up) on 1 October 2026, 1,662 are at very high risk (0.64%)"
        in text
    )
    assert "1,697 people came into very high or high" in text


def test_demonstration_is_said_before_any_figure_section(page):
    assert page.index("For demonstration, not for care") < page.index("What this run found")
    assert "For demonstration" not in render_run_report(first_run())


def test_tiers_stand_beside_the_national_shares_for_everyone_and_for_adults(page):
    text = text_of(page)
    assert "Very high 1,662 0.64% 1,645 0.80% 0.50% +88" in text
    assert "In a tier 37,133 14.29%" in text


def test_movement_reconciles_on_paper(page):
    text = text_of(page)
    assert "257,174 scored last run + 7,325 newly scored − 4,677 no longer scored = 259,822 scored this run" in text


def test_small_counts_by_place_are_held_back_with_what_would_give_them_away(page):
    text = text_of(page)
    # The practice with 3 people at very high risk, and the smallest other of its network.
    assert "Barkantine Surgery 4 (F84603) Highway 3,159 * 121" in text
    assert "Wapping Practice 36 (F84635) Highway 4,461 * 266" in text
    assert "shown as *" in text


def test_small_count_in_a_segment_is_held_back_although_the_tier_total_is_shown(page):
    text = text_of(page)
    assert "Born Well, Growing Well Aged 0 to 18 57,201 22.0% * 255 1,808" in text
    assert re.search(r"Living Well Adults without complex needs 168,990 [\d.]+% \*", text)


def test_absent_table_is_named(page):
    assert "Not in it: Mental health. The score does without it." in text_of(page)


def test_movement_that_loses_somebody_is_refused(evaluation):
    data = made_up_run(evaluation)
    with pytest.raises(DoesNotAddUp):
        render_run_report(replace(data, moves=data.moves[1:]))
    with pytest.raises(DoesNotAddUp):
        render_run_report(replace(data, previous_scored=data.previous_scored + 1))


def test_flow_that_loses_somebody_is_refused():
    with pytest.raises(DoesNotAddUp):
        render_run_report(first_run(registered=206))


def test_first_run_without_anything_optional_is_rendered():
    text = text_of(render_run_report(first_run()))
    assert "there is no earlier one to say what changed" in text
    assert "the Hospital Frailty Risk Score, a published index" in text
    assert "Practices and networks" not in text


def test_run_that_scored_nobody_is_rendered():
    tiers = tuple(TierSize(tier, 0, 0, 0.1) for tier in TIERS)
    data = first_run(scored=0, scored_adults=0, registered=0, flow=(), tiers=tiers)
    assert "Of 0 people scored" in text_of(render_run_report(data))


def test_what_a_pack_says_is_text_and_never_markup():
    page = render_run_report(first_run(place="<script>alert(1)</script>", warnings=("<b>bold</b>",)))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "<b>bold" not in page


def test_evaluation_of_another_version_is_left_out_in_words(evaluation):
    text = text_of(render_run_report(first_run(score_kind="model", evaluation=evaluation | {"version": 99})))
    assert "without an evaluation that this report can read" in text


def test_unknown_cause_of_leaving_is_shown_by_its_code(evaluation):
    data = made_up_run(evaluation)
    moves = tuple(replace(m, destination="moved_to_mars") if m.destination == "objection" else m for m in data.moves)
    assert "moved_to_mars" in text_of(render_run_report(replace(data, moves=moves)))


def test_movement_of_a_place_where_nobody_moved_is_drawn():
    from datetime import date

    stays = tuple(Move(t, t, n) for t, n in (("very_high", 1), ("high", 9), ("moderate", 30), ("none", 160)))
    data = first_run(previous_index_date=date(2026, 9, 1), previous_scored=200, moves=stays)
    assert "200 scored last run + 0 newly scored" in text_of(render_run_report(data))


def test_fine_histogram_is_brought_to_a_dozen_classes_and_keeps_everybody():
    fine = Histogram(tuple(n / 50 for n in range(51)), tuple(range(50)))
    shown = readable(fine)
    assert len(shown.counts) <= 12
    assert sum(shown.counts) == sum(fine.counts)
    assert class_names(shown)[:3] == ["0% to 2%", "2% to 4%", "4% to 6%"]
    points = readable(Histogram(tuple(float(n) for n in range(101)), (1,) * 100, "points"))
    assert sum(points.counts) == 100
    assert len(points.counts) <= 12
