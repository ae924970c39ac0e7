"""A day in three parts: what is taken, what is refused and in which words."""

from datetime import date

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form
from wtforms.validators import InputRequired, Optional, ValidationError

from caseload.forms.day import DayField


class Contact(Form):
    on = DayField("When was it?", [InputRequired("Enter the date of the contact")], subject="The date of the contact")


class Hold(Form):
    until = DayField("Until when?", [Optional()], subject="The date")

    def validate_until(self, field):
        if field.data and field.data < date(2026, 10, 5):
            raise ValidationError("The date must be in the future")


def sent(form, name, day, month, year):
    return form(MultiDict({f"{name}-day": day, f"{name}-month": month, f"{name}-year": year}))


@pytest.mark.parametrize(
    ("parts", "day"),
    [
        (("14", "9", "2026"), date(2026, 9, 14)),
        ((" 4 ", "09", "2026 "), date(2026, 9, 4)),
        (("4", "September", "2026"), date(2026, 9, 4)),
        (("4", "sep", "2026"), date(2026, 9, 4)),
        (("29", "2", "2028"), date(2028, 2, 29)),
    ],
)
def test_day_that_exists_is_taken(parts, day):
    form = sent(Contact, "on", *parts)
    assert form.validate()
    assert form.on.data == day


@pytest.mark.parametrize(
    ("parts", "error", "wrong"),
    [
        (("", "", ""), "Enter the date of the contact", set()),
        (("14", "", "2026"), "The date of the contact must include a month", {"month"}),
        (("", "", "2026"), "The date of the contact must include a day and month", {"day", "month"}),
        (("14", "9", "26"), "The date of the contact must have a year of 4 numbers", {"year"}),
        (("31", "9", "2026"), "The date of the contact must be a real date", {"day", "month", "year"}),
        (("29", "2", "2027"), "The date of the contact must be a real date", {"day", "month", "year"}),
        (("-1", "9", "2026"), "The date of the contact must be a real date", {"day", "month", "year"}),
        (("1_0", "9", "2026"), "The date of the contact must be a real date", {"day", "month", "year"}),
        (("1", "13", "2026"), "The date of the contact must be a real date", {"day", "month", "year"}),
        (("1", "9", "abcd"), "The date of the contact must be a real date", {"day", "month", "year"}),
        (("1", "9", "0000"), "The date of the contact must be a real date", {"day", "month", "year"}),
    ],
)
def test_day_that_does_not_exist_is_refused_in_one_sentence(parts, error, wrong):
    form = sent(Contact, "on", *parts)
    assert not form.validate()
    assert form.errors == {"on": [error]}
    assert form.on.wrong_parts == wrong
    assert form.on.data is None
    assert tuple(form.on.typed.values()) == tuple(part.strip() for part in parts)


def test_day_that_was_not_in_the_form_at_all_is_missing():
    form = Contact(MultiDict({"other": "1"}))
    assert not form.validate()
    assert form.errors == {"on": ["Enter the date of the contact"]}


def test_optional_day_left_out_is_none_and_half_given_is_refused():
    assert sent(Hold, "until", "", "", "").validate()
    half = sent(Hold, "until", "5", "", "")
    assert not half.validate()
    assert half.errors == {"until": ["The date must include a month and year"]}


def test_further_rules_see_only_days():
    early = sent(Hold, "until", "4", "10", "2026")
    assert not early.validate()
    assert early.errors == {"until": ["The date must be in the future"]}
    assert not sent(Hold, "until", "31", "2", "2027").validate()


def test_day_the_page_starts_with_is_in_its_parts():
    form = Contact(data={"on": date(2026, 9, 4)})
    assert form.on.typed == {"day": "4", "month": "9", "year": "2026"}
    assert form.on.data == date(2026, 9, 4)


def test_error_summary_points_to_the_first_wrong_part():
    assert sent(Contact, "on", "14", "", "2026").on.first_wrong_part == "month"
    assert sent(Contact, "on", "", "", "").on.first_wrong_part == "day"
