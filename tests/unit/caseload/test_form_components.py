"""Each kind of field as the NHS component that stands for it, plain, with a hint, filled in, and with an error."""

import re

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    EmailField,
    Form,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

from caseload.domain.words import ContactMode
from caseload.forms.choices import choice, choices, choices_of
from caseload.forms.components import component_of, errors_of
from caseload.forms.day import DayField
from caseload.pages.templating import component, is_plain_set
from tests.support.bare_pages import render

SOURCE = (
    '{% from "macros/forms.html" import field, form_open, form_end, error_summary %}'
    "{{ error_summary(form) }}{{ form_open(form) }}"
    "{% for one in form if one.type != 'HiddenField' %}{{ field(one) }}{% endfor %}{{ form_end() }}"
)


class Everything(Form):
    came_from = HiddenField(default="list")
    name = StringField("Full name", [InputRequired("Enter the name")], description="As on the record")
    email = EmailField("E-mail address", render_kw={"autocomplete": "email", "spellcheck": "false"})
    secret = PasswordField("Password", [InputRequired("Enter your password")])
    age = IntegerField("Age", [InputRequired("Enter the age")], render_kw={"width": 3, "inputmode": "numeric"})
    note = TextAreaField("Note", [InputRequired("Enter a note"), Length(max=5, message="The note must be shorter")])
    mode = RadioField("How was it made?", [InputRequired("Choose how")], choices=choices_of(ContactMode))
    sure = RadioField(
        "Are you sure?", choices=[choice("yes", "Yes", "It cannot be undone"), choice("no", "No")], default="no"
    )
    who = SelectField(
        "Who", choices=choices([("", "Choose somebody"), ("1", "Dr A")]), validators=[InputRequired("Choose who")]
    )
    several = SelectMultipleField(
        "Which", [InputRequired("Choose at least one")], choices=choices([("a", "A"), ("b", "B")])
    )
    told = BooleanField("I have told them", [InputRequired("Say that you have told them")])
    on = DayField("When was it?", [InputRequired("Enter the date")], subject="The date")


FILLED = {
    "came_from": "search", "name": "A & B", "email": "a@example.org", "secret": "hidden words", "age": "7", "note": "ab",
    "mode": "telephone", "sure": "yes", "who": "1", "several": "b", "told": "y",
    "on-day": "4", "on-month": "9", "on-year": "2026",
}  # fmt: skip


def page_of(form):
    return render(SOURCE, form=form)


def test_every_field_has_one_label_or_legend_and_no_id_twice():
    page = page_of(Everything())
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    controls = re.findall(r'<(?:input|select|textarea)\b(?![^>]*type="hidden")[^>]*\sid="([^"]+)"', page)
    assert len(controls) > 20
    for control in controls:
        assert f'for="{control}"' in page, control
    assert page.count("<legend") == 4  # two sets of radios, one of checkboxes, one day
    assert "As on the record" in page
    assert "It cannot be undone" in page
    assert 'aria-describedby="name-hint"' in page
    assert "nhsuk-error-summary" not in page


def test_what_was_typed_is_shown_again_but_never_a_password():
    form = Everything(MultiDict(FILLED))
    assert form.validate(), form.errors
    page = page_of(form)
    assert 'value="A &amp; B"' in page
    assert "hidden words" not in page
    assert re.search(r"<textarea[^>]*>ab</textarea>", page)
    assert re.search(r'value="telephone"\s+checked', page)
    assert re.search(r'value="yes"\s+checked', page)
    assert re.search(r'<option value="1"\s+selected', page)
    assert re.search(r'value="b"\s+checked', page)
    assert re.search(r'name="told"[^>]*\s+checked', page)
    assert [re.search(rf'name="on-{part}"[^>]*value="(\d+)"', page)[1] for part in ("day", "month", "year")] == [
        "4", "9", "2026",
    ]  # fmt: skip
    assert '<input type="hidden" name="came_from" value="search">' in page


def test_every_error_is_beside_its_field_and_leads_to_it():
    form = Everything(MultiDict({"came_from": "list", "note": "", "sure": "no", "email": ""}))
    assert not form.validate()
    page = page_of(form)
    ids = set(re.findall(r'\sid="([^"]+)"', page))
    listed = errors_of(form)
    assert [error["text"] for error in listed] == [
        "Enter the name", "Enter your password", "Enter the age", "Enter a note", "Choose how", "Choose who",
        "Choose at least one", "Say that you have told them", "Enter the date",
    ]  # fmt: skip
    for error in listed:
        assert error["href"].removeprefix("#") in ids
        assert page.count(error["text"]) == 2
    assert page.index("nhsuk-error-summary") < page.index("<form")
    assert re.search(r'class="nhsuk-error-summary"[^>]*tabindex="-1"[^>]*autofocus', page)


def test_error_of_the_whole_form_leads_nowhere():
    form = Everything(MultiDict(FILLED))
    form.form_errors.append("These two do not go together")
    assert errors_of(form)[0] == {"text": "These two do not go together"}


def test_wrong_part_of_a_day_is_the_one_that_is_marked():
    form = Everything(MultiDict({**FILLED, "on-month": ""}))
    assert not form.validate()
    page = page_of(form)
    assert [
        part for part in ("day", "month", "year") if re.search(rf'nhsuk-input--error[^>]*id="on-{part}"', page)
    ] == ["month"]
    assert errors_of(form) == [{"text": "The date must include a month", "href": "#on-month"}]


ALL_CHOSEN = {
    "sure": "yes",
    "mode": "telephone",
    "several": ["a", "b"],
    "on-day": "4",
    "on-month": "9",
    "on-year": "2026",
}
WRONG_MONTH = {"on-day": "4", "on-month": '"><b>', "on-year": "2026"}


def squeezed(markup):
    """Markup without what is blank between its parts, and its text on one line."""
    return re.sub(r"\s*([<>])\s*", r"\1", " ".join(markup.split()))


@pytest.mark.parametrize("options", [{}, {"small": True}, {"inline": True, "hint": "Think <twice>"}, {"legend": "m"}])
@pytest.mark.parametrize("typed", [{}, WRONG_MONTH, ALL_CHOSEN])
def test_our_own_set_of_choices_is_what_the_component_draws(options, typed):
    form = Everything(
        MultiDict([(name, one) for name, many in typed.items() for one in ([many] if isinstance(many, str) else many)])
    )
    form.validate()
    source = '{% from "macros/forms.html" import field %}{{ field(one, **options) }}'
    for one in (form.mode, form.sure, form.several, form.on):
        name, parameters = component_of(one, options)
        assert is_plain_set(name, parameters)
        ours = render(source, one=one, options=options)
        assert squeezed(ours) == squeezed(component(name, parameters)), one.name


def test_a_set_with_more_to_it_is_drawn_by_the_component_itself():
    form = Everything()
    for one, options in (
        (form.sure, {"conditional": {"yes": "Why?"}}), (form.sure, {"heading": True}), (form.told, {}),
        (form.sure, {"data_kept": "yes"}), (form.who, {}),
    ):  # fmt: skip
        assert not is_plain_set(*component_of(one, options)), options


def test_options_reach_the_component():
    form = Everything()
    name, given = component_of(form.name, {"heading": True, "width": 20, "hint": "Another"})
    assert name == "input"
    assert given["label"] == {"text": "Full name", "size": "l", "isPageHeading": True}
    assert given["hint"] == {"text": "Another"}
    assert given["width"] == 20
    assert component_of(form.note, {"rows": 9})[1]["rows"] == 9
    assert component_of(form.sure, {"inline": True})[1]["inline"] is True
    page = render(
        '{% from "macros/forms.html" import field %}{{ field(form.sure, conditional={"yes": more}) }}',
        form=form,
        more="Why?",
    )
    assert "nhsuk-radios__conditional" in page
    assert "Why?" in page


def test_attributes_of_render_kw_reach_the_element():
    page = page_of(Everything())
    assert re.search(r'id="email"[^>]*type="email"[^>]*spellcheck="false"', page)
    assert 'autocomplete="email"' in page
    assert re.search(r'nhsuk-input--width-3"[^>]*id="age"[^>]*inputmode="numeric"', page)


def test_choices_set_later_may_be_pairs_of_words_and_hint():
    form = Everything()
    form.sure.choices = [("yes", ("Yes", "It can be undone")), ("no", "No")]
    items = component_of(form.sure, {})[1]["items"]
    assert [(item["text"], item.get("hint")) for item in items] == [("Yes", {"text": "It can be undone"}), ("No", None)]


@pytest.mark.parametrize("kind", [HiddenField, SubmitField])
def test_field_without_a_component_is_an_error(kind):
    class Odd(Form):
        odd = kind("Odd")

    with pytest.raises(TypeError):
        component_of(Odd().odd, {})
