"""What the review, the case lists and the overview say of a row: all of it in words."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from caseload.domain.overview import Count, Overview, Row, overview_of
from caseload.domain.places import Place
from caseload.domain.words import Decision, OrganisationKind, ProposalKind, ProposalState, Tier
from caseload.presenters.case_rows import case_words
from caseload.presenters.overview import places_of, rows_of
from caseload.presenters.review_counts import awaiting_words, done_words, marked_words
from caseload.presenters.review_rows import movement_words, reason_words, risk_words, row_words
from caseload.presenters.score_age import score_age
from caseload.queries.cases import CaseRow
from caseload.queries.proposals import Concern, MarkShown, ReviewCounts, ReviewRow, ScoreShown

TODAY = date(2026, 10, 5)
NOW = datetime(2026, 10, 5, 9, tzinfo=UTC)
BOUNDS = SimpleNamespace(tier_grey_days=35, tier_hidden_days=62)


def score(tier=Tier.HIGH, previous=Tier.HIGH, probability=0.412, earlier=0.3, **flags):
    return ScoreShown(
        tier, previous, 4, probability, earlier, 97.25, flags.get("short", False), flags.get("unknown", False),
        flags.get("rising", False), tuple(flags.get("reasons", ())),
    )  # fmt: skip


def row(**given):
    values = {
        "proposal_id": 3, "proposal_version": 1, "person_id": 8, "family_name": "Okafor", "given_name": "Ada",
        "date_of_birth": date(1941, 3, 2), "nhs_number": "9990000018", "restricted": False,
        "kind": ProposalKind.SCORE, "state": ProposalState.PROPOSED, "since": NOW, "deferred_until": None,
        "reason_code": None, "decided_at": None, "decided_by": None, "score": score(), "mark": None,
        "last_contact": None, "earlier_case": None,
    }  # fmt: skip
    return ReviewRow(**{**values, **given})


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "Same tier as last month, 30% last month"),
        ({"previous": Tier.MODERATE}, "Up from moderate, 30% last month"),
        ({"previous": Tier.NONE}, "Up from no tier, 30% last month"),
        ({"previous": Tier.VERY_HIGH}, "Down from very high, 30% last month"),
        ({"previous": None, "earlier": None}, "New: not scored last month"),
        ({"probability": None, "earlier": None}, "Same tier as last month"),
    ],
)
def test_movement_is_said_in_words(given, words):
    assert movement_words(score(**given)) == words


def test_probability_never_stands_without_percentile():
    assert (risk_words(score()).probability, risk_words(score()).percentile) == ("41%", "97.2")
    assert (risk_words(score(probability=None)).probability, risk_words(score(probability=None)).percentile) == (
        None,
        "97.2",
    )


@pytest.mark.parametrize(
    ("dates", "evidence"),
    [
        ({"first_date": "2026-02-01", "last_date": "2026-08-14"}, "GP record, 1 Feb 2026 to 14 Aug 2026"),
        ({"first_date": "2026-08-14", "last_date": "2026-08-14"}, "GP record, 14 Aug 2026"),
        ({"last_date": "2026-08-14"}, "GP record, 14 Aug 2026"),
        ({"first_date": None, "last_date": None}, "GP record"),
    ],
)
def test_a_reason_is_dated_and_sourced(dates, evidence):
    said = reason_words({"code": "falls", "text": "2 falls", "source": "GP record", **dates})
    assert (said.text, said.evidence) == ("2 falls", evidence)


def test_flags_and_concerns_of_a_row():
    said = row_words(
        row(
            score=score(short=True, unknown=True, rising=True, reasons=[{"code": "community_care", "text": "x", "source": "y"}]),
            earlier_case=NOW, restricted=True, concerns=(Concern("Dr Ali", NOW, "Lost weight"),),
        ),
        TODAY, 1,
    )  # fmt: skip
    assert said.flags == (
        "Not known to services", "Risk rising", "Short history", "Known to community health services",
        "Had a case until 5 Oct 2026", "Restricted record",
    )  # fmt: skip
    assert said.concerns[0].evidence == "Concern of Dr Ali, 5 October 2026"
    assert said.name == "OKAFOR, Ada"
    assert said.age == "85 years"


def test_a_mark_says_whose_it_is_and_goes_back_with_its_version():
    mark = MarkShown(Decision.DECLINE, "other", "Abroad", None, 5, "Dr Ali", 4)
    said = row_words(row(mark=mark), TODAY, 5)
    assert (said.mark.words, said.mark.detail, said.mark.by) == ("Marked to decline", "Another reason. Abroad", "you")
    assert said.seen == "3-4"
    assert row_words(row(mark=mark), TODAY, 6).mark.by == "Dr Ali"
    assert row_words(row(), TODAY, 6).seen == "3-0"


def test_counts_in_words():
    counts = ReviewCounts(
        5, 1_234, {Decision.ACCEPT: 2, Decision.DECLINE: 1, Decision.DEFER: 0}, {Tier.HIGH: 1_200, None: 34}, 3
    )
    assert awaiting_words(counts, scored=True) == (
        "1,234 people to decide about: 1,200 high, 34 not scored, 3 of them by somebody’s concern."
    )
    assert awaiting_words(counts, scored=False) == "1,234 people to decide about."
    assert marked_words(counts) == "3 people marked: 2 to accept, 1 to decline"
    nobody = ReviewCounts(0, 0, dict.fromkeys(Decision, 0), {}, 0)
    assert (marked_words(nobody), awaiting_words(nobody, scored=True)) == ("", "0 people to decide about.")
    assert done_words({"accept": 47, "decline": 1, "defer": 0}) == (
        "47 people taken into care coordination, 1 person declined."
    )


@pytest.mark.parametrize(
    ("days", "shown", "grey"),
    [(0, True, False), (35, True, False), (36, True, True), (62, True, True), (63, False, False)],
)
def test_scores_are_greyed_and_hidden_by_their_age_and_it_is_said(days, shown, grey):
    age = score_age(date.fromordinal(TODAY.toordinal() - days), TODAY, BOUNDS)
    assert (age.shown, age.grey) == (shown, grey)
    assert (f"{days} day" in age.words) is True
    assert ("greyed" in age.words, "not shown" in age.words) == (grey, not shown)


def test_scores_are_not_spoken_of_to_who_may_not_see_them():
    assert score_age(TODAY, TODAY, BOUNDS, may_see=False).words == "Scores are not shown to you"
    assert not score_age(TODAY, TODAY, BOUNDS, may_see=False).shown
    assert not score_age(None, TODAY, BOUNDS).shown


def overview() -> Overview:
    places = (
        Place(1, "Town", OrganisationKind.NETWORK, None),
        Place(2, "Ash", OrganisationKind.PRACTICE, 1),
        Place(3, "Elm", OrganisationKind.PRACTICE, 1),
    )
    counts = [
        Count(place, row, people, cases, leads)
        for place in (2, 3)
        for row, people, cases, leads in ((Row.VERY_HIGH, 1_000, 250, 0), (Row.HIGH, 500, 500, 499))
    ]
    return overview_of(places, (*counts, Count(2, Row.MODERATE, 3, 0, 0)))


def test_shares_stand_beside_numbers_and_small_ones_as_they_are():
    lines = {line.words: line for line in rows_of(overview(), 3, scored=True)}
    assert (lines["Very high"].people, lines["Very high"].cases, lines["Very high"].leads) == (
        "1,000",
        "250 (25.0%)",
        "0 (0%)",
    )
    assert (lines["High"].cases, lines["High"].leads) == ("500 (100%)", "499 (99.8%)")
    assert {line.words: line.people for line in rows_of(overview(), 2, scored=True)}["Moderate"] == "3"
    assert [line.words for line in rows_of(overview(), 2, scored=False)] == ["Everyone registered"]


def test_places_of_a_place_by_name_each_with_its_own_page():
    lines = places_of(overview(), overview().within(1), Row.HIGH)
    assert [(line.words, line.place_id) for line in lines] == [("Ash", 2), ("Elm", 3)]
    assert [place.place_id for place in overview().path(2)] == [2, 1]


def test_a_case_nobody_was_proposed_for_says_so():
    case = CaseRow(
        1, 2, "Okafor", "Ada", date(1941, 3, 2), None, None, "9990000018", False, "Ash Surgery", "open", None, NOW,
        None, None, None, None, None, None, NOW, False,
    )  # fmt: skip
    said = case_words(case, TODAY, may_see_score=True)
    assert (said.why, said.waiting, said.lead, said.last_contact) == (
        "No lead has been proposed yet", "Since today", "Nobody", "None yet",
    )  # fmt: skip
