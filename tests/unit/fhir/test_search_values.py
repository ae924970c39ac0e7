"""Values of search parameters, as FHIR R4 writes them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interfaces.fhir.search_values import (
    MODIFIERS,
    Amount,
    Filter,
    Modifier,
    ParamKind,
    Pointer,
    Prefix,
    SearchRefused,
    Span,
    Token,
    Words,
    parse_filter,
)

LONDON = ZoneInfo("Europe/London")


def parsed(kind, text, modifier=""):
    return parse_filter(kind, modifier, text, LONDON)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("active", Token(None, "active")),
        ("http://x|active", Token("http://x", "active")),
        ("|active", Token("", "active")),
        ("http://x|", Token("http://x", "")),
        (r"a\|b", Token(None, "a|b")),
        (r"http://x|a\,b", Token("http://x", "a,b")),
    ],
)
def test_tokens(text, value):
    assert parsed(ParamKind.TOKEN, text).values == (value,)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", Pointer("", "12")),
        ("Patient/12", Pointer("Patient", "12")),
        ("https://here/fhir/R4/Patient/12", Pointer("Patient", "12")),
    ],
)
def test_references(text, value):
    assert parsed(ParamKind.REFERENCE, text).values == (value,)


@pytest.mark.parametrize(
    ("text", "prefix", "first", "after"),
    [
        ("2026-03-29", Prefix.EQ, datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 3, 29, 23, tzinfo=UTC)),
        ("ge2026-07", Prefix.GE, datetime(2026, 6, 30, 23, tzinfo=UTC), datetime(2026, 7, 31, 23, tzinfo=UTC)),
        ("lt2024", Prefix.LT, datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)),
        ("2026-02-01T09:00Z", Prefix.EQ, datetime(2026, 2, 1, 9, tzinfo=UTC), datetime(2026, 2, 1, 9, 1, tzinfo=UTC)),
        (
            "gt2026-02-01T09:00:00+01:00",
            Prefix.GT,
            datetime(2026, 2, 1, 8, tzinfo=UTC),
            datetime(2026, 2, 1, 8, 0, 1, tzinfo=UTC),
        ),
    ],
)
def test_a_date_stands_for_all_of_its_precision_in_london(text, prefix, first, after):
    """The day the clocks go forward has 23 hours."""
    (span,) = parsed(ParamKind.DATE, text).values
    assert span == Span(prefix, span.first, span.after)
    assert (span.first.astimezone(UTC), span.after.astimezone(UTC)) == (first, after)


def test_a_comma_is_or_and_an_escaped_one_is_text():
    assert parsed(ParamKind.STRING, r"a,b\,c").values == (Words("a"), Words("b,c"))


def test_a_number_stands_for_what_rounds_to_it():
    assert parsed(ParamKind.NUMBER, "42").values == (Amount(Prefix.EQ, Decimal("41.5"), Decimal("42.5")),)
    assert parsed(ParamKind.NUMBER, "ge0.10").values == (Amount(Prefix.GE, Decimal("0.095"), Decimal("0.105")),)


def test_missing_asks_whether_there_is_anything():
    assert parsed(ParamKind.DATE, "true", "missing") == Filter((), Modifier.MISSING, True)
    assert parsed(ParamKind.DATE, "false", "missing") == Filter((), Modifier.MISSING, False)


@pytest.mark.parametrize(
    ("kind", "modifier", "text"),
    [
        (ParamKind.DATE, "", "2026-13-01"),
        (ParamKind.DATE, "", "2026-02-30"),
        (ParamKind.DATE, "", "9999"),
        (ParamKind.DATE, "", "today"),
        (ParamKind.DATE, "", "2026-01-01T25:00:00Z"),
        (ParamKind.DATE, "", "2026-01-01T09:00:00+99:00"),
        (ParamKind.DATE, "", "ap2026"),
        (ParamKind.NUMBER, "", "many"),
        (ParamKind.NUMBER, "", "１２"),
        (ParamKind.REFERENCE, "", "Patient/a b"),
        (ParamKind.TOKEN, "", "|"),
        (ParamKind.TOKEN, "", ""),
        (ParamKind.TOKEN, "exact", "x"),
        (ParamKind.DATE, "missing", "yes"),
        (ParamKind.STRING, "phonetic", "x"),
    ],
)
def test_what_cannot_be_a_value_is_refused_without_being_repeated(kind, modifier, text):
    with pytest.raises(SearchRefused) as refused:
        parsed(kind, text, modifier)
    assert text == "" or text not in str(refused.value)


@given(st.sampled_from(list(ParamKind)), st.sampled_from([one.value for one in Modifier]), st.text(max_size=40))
def test_any_text_is_read_or_refused(kind, modifier, text):
    try:
        chosen = parsed(kind, text, modifier)
    except SearchRefused:
        return
    assert chosen.modifier in MODIFIERS[kind]
    assert chosen.values or chosen.modifier is Modifier.MISSING
    for value in chosen.values:
        if isinstance(value, Span):
            assert timedelta(0) < value.after - value.first <= timedelta(days=366, hours=1)
