"""What was typed, said in the words of its form."""

from wtforms import HiddenField, PasswordField, RadioField, StringField

from caseload.exceptions import NotNow
from caseload.forms.choices import choice
from caseload.forms.day import DayField
from caseload.forms.form import Form
from caseload.forms.typed import typed_lines
from tests.support.bare_pages import bare_app


class Asked(Form):
    """One field of each kind that is said differently."""

    refused_as = {"other_name": "name"}
    user_id = RadioField("Who leads?", validate_choice=False)
    mode = RadioField("How?", choices=[choice("telephone", "By telephone")])
    on = DayField("When?")
    name = StringField("Name")
    seen = HiddenField()
    secret = PasswordField("Secret")


TYPED = {
    "on-day": ["5"], "on-month": ["oct"], "on-year": ["2026"], "user_id": ["2"], "mode": ["telephone"],
    "seen": ["7"], "secret": ["sesame"], "row_id": ["9"], "name": ["Ash"],
}  # fmt: skip


def lines(typed):
    with bare_app().test_request_context("/"):
        form = Asked()
        form.user_id.choices = [("2", ("Ash Nurse", "the hint")), ("3", ("Elm Nurse", "the hint"))]
        return typed_lines([form], typed)


def test_typed_is_said_by_labels_and_words_of_choices_without_hidden_fields():
    assert lines(TYPED) == [
        ("Who leads?", ["Ash Nurse"]),
        ("How?", ["By telephone"]),
        ("When?", ["5 October 2026"]),
        ("Name", ["Ash"]),
    ]


def test_day_that_is_none_is_said_as_typed_and_a_choice_not_offered_not_at_all():
    assert lines({"on-day": ["31"], "on-month": ["2"], "user_id": ["8"]}) == [("When?", ["31 2"])]


def test_typed_without_a_known_form_leaves_out_ids():
    assert typed_lines([], {"case_note": ["Words"], "user_id": ["2"]}) == [("Case note", ["Words"])]


def test_refusal_of_a_field_is_found_by_the_name_the_form_gives_it():
    with bare_app().test_request_context("/"):
        form = Asked()
        assert form.field_of(NotNow("No.", field="other_name")) is form["name"]
        assert form.field_of(NotNow("No.", field="elsewhere")) is None
        assert form.field_of(NotNow("No.")) is None
