"""What was typed, said in the words of its form."""

import re
from pathlib import Path

from wtforms import HiddenField, PasswordField, RadioField, StringField

from caseload.exceptions import NotNow
from caseload.forms.choices import choice
from caseload.forms.day import DayField
from caseload.forms.form import Form
from caseload.forms.typed import CHOOSE_AGAIN, bare_form, typed_lines
from caseload.sign_in.drafts import NOT_KEPT, SECRET_FIELDS
from tests.support.bare_pages import bare_app

TEMPLATES = Path(__file__).parents[3] / "caseload/templates"


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


def test_typed_without_a_known_form_leaves_out_ids_and_digests():
    carried = {
        "case_note": ["Words"],
        "user_id": ["2"],
        "e0_key": ["a1"],
        "after": ["eb4a" * 16],
        "ticks": ["12-0 13-4"],
    }
    assert typed_lines([], carried) == [("Case note", ["Words"])]


def test_choice_whose_words_only_its_page_knows_has_to_be_made_again():
    with bare_app().test_request_context("/"):
        form = bare_form([Asked], TYPED)
        assert typed_lines([form], TYPED)[0] == ("Who leads?", [CHOOSE_AGAIN])
        assert typed_lines([form], {"user_id": [""]}) == []


def names_of_hidden_fields_and_buttons():
    """What templates write into forms that nobody types into."""
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text()
        for tag in re.findall(r'<(?:input[^>]*type="hidden"|button)[^>]*', text):
            yield from re.findall(r' name="([\w-]+)[" ]', tag)
        for fields in re.findall(r"fields=\{([^}]*)\}", text):
            yield from re.findall(r'"(\w+)"\s*:', fields)
        yield from re.findall(r'submit\([^)]*name="(\w+)"', text)


def test_no_hidden_field_or_button_is_shown_as_typed():
    names = set(names_of_hidden_fields_and_buttons()) - NOT_KEPT - SECRET_FIELDS - {"nhs_number"}
    assert {"digest", "seen", "then", "release"} <= names
    assert typed_lines([], {name: ["some words"] for name in names}) == []


def test_refusal_of_a_field_is_found_by_the_name_the_form_gives_it():
    with bare_app().test_request_context("/"):
        form = Asked()
        assert form.field_of(NotNow("No.", field="other_name")) is form["name"]
        assert form.field_of(NotNow("No.", field="elsewhere")) is None
        assert form.field_of(NotNow("No.")) is None
