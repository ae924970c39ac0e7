"""Filters read from an address and written back: only known values, always the same way."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseload.domain.case_filters import case_filters, unallocated_filters
from caseload.domain.filters import Filter, read_chosen, read_query
from caseload.domain.lead_rule import age_on
from caseload.domain.review_filters import AGES, SCORED, UNSCORED, born_between

COLOUR = Filter("colour", "Colour", {"red": "Red", "green": "Green"})
SIZE = Filter("size", "Size", {"s": "Small", "l": "Large"}, single=True)
ORDER = Filter("order", "Order", {"up": "Rising", "down": "Falling"}, single=True, usual="up", narrows=False)
FILTERS = (COLOUR, SIZE, ORDER)


def test_known_values_once_in_the_order_of_the_words():
    chosen = read_chosen(FILTERS, [("colour", "green"), ("colour", "red"), ("colour", "green"), ("taste", "sweet")])
    assert chosen.of("colour") == ("red", "green")
    assert chosen.of("taste") == ()
    assert chosen.query == "colour=red&colour=green"


def test_a_single_filter_takes_one_value_and_has_its_usual_one():
    assert read_query(FILTERS, "size=l&size=s").of("size") == ("s",)
    assert read_query(FILTERS, "").one("order") == "up"
    assert read_query(FILTERS, "").one("size") is None
    assert read_query(FILTERS, "order=down").one("order") == "down"
    assert read_query(FILTERS, "order=down").words_of("order") == "Falling"


def test_the_usual_value_is_never_written():
    assert read_query(FILTERS, "order=up").query == ""


def test_an_order_leaves_nobody_out():
    assert not read_query(FILTERS, "order=down").narrowed
    assert read_query(FILTERS, "size=s").narrowed
    assert read_query(FILTERS, "size=s&order=down").only_order().query == "order=down"


def test_chips_say_what_is_chosen_and_lead_to_the_list_without_it():
    chosen = read_query(FILTERS, "colour=red&colour=green&order=down")
    assert chosen.chips() == [
        ("Colour: Red", "colour=green&order=down"),
        ("Colour: Green", "colour=red&order=down"),
    ]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["colour", "size", "order", "x"]),
            st.text(max_size=5) | st.sampled_from(["red", "green", "s", "l", "up", "down"]),
        )
    )
)
def test_reading_what_was_written_is_the_same_again(items):
    chosen = read_chosen(FILTERS, items)
    again = read_query(FILTERS, chosen.query)
    assert again == chosen
    assert all(value in one.words for one in FILTERS for value in again.of(one.name))


@pytest.mark.parametrize(
    "filters", [SCORED, UNSCORED, case_filters({}, {}, scored=True), unallocated_filters({}, scored=False)]
)
def test_no_two_filters_of_a_list_have_one_name(filters):
    names = [one.name for one in filters]
    assert len(names) == len(set(names))
    assert all(one.usual in one.words for one in filters if one.usual)


def test_tiers_are_no_filter_where_no_scores_are_shown():
    assert {"tier", "movement", "flag"} <= {one.name for one in SCORED}
    assert {"tier", "movement", "flag"}.isdisjoint(one.name for one in UNSCORED)
    assert "tier" not in {one.name for one in case_filters({}, {}, scored=False)}


@pytest.mark.parametrize("today", [date(2026, 10, 5), date(2028, 2, 29), date(2027, 2, 28), date(2027, 3, 1)])
def test_everybody_is_in_exactly_one_age_band_and_the_right_one(today):
    for days in [*range(400), *range(6_000, 7_000), *range(23_000, 32_000), 36_600]:
        born = today - timedelta(days=days)
        fits = [
            age
            for age in AGES
            if (born_between(age, today)[0] is None or born > born_between(age, today)[0])
            and born <= born_between(age, today)[1]
        ]
        lowest, below = AGES[fits[0]]
        assert len(fits) == 1
        assert lowest <= age_on(born, today)
        assert below is None or age_on(born, today) < below
