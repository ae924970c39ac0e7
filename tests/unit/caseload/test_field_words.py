"""No form ever shows a sentence of the library it is made with: every one has ours, and ours names the field."""

import ast
import importlib
import pkgutil
from pathlib import Path

import pytest
import wtforms
from wtforms import fields, validators
from wtforms.form import BaseForm

from caseload import forms
from caseload.forms.at_most import AtMost
from caseload.forms.choices import choice
from caseload.forms.field_words import ANYTHING, SENTENCES, FieldWords, name_of
from caseload.forms.form import Form
from caseload.forms.whole_number import WholeNumberField
from tests.support.bare_pages import bare_app

LIBRARY = Path(wtforms.__file__).parent
NOT_OURS = {"csrf", "DateTimeField", "DateField", "TimeField", "WeekField", "MonthField", "ReadOnly", "Disabled"}
NOT_OURS |= {"EqualTo", "Email", "DateRange", "IPAddress", "MacAddress", "URL", "UUID", "AnyOf", "NoneOf", "Regexp"}
"""Kinds of fields and checks that no form of ours may have, unless it says itself what is wrong."""


class Asked(Form):
    """A field of each kind that says something of its own accord."""

    many = WholeNumberField("How many?", "Enter how many, as a whole number", [validators.NumberRange(1, 5)])
    how = fields.RadioField("How? (optional)", choices=[choice("a", "A")])
    which = fields.SelectMultipleField("Which, 100 %?", choices=[choice("a", "A")])
    number = fields.SelectField("Number", choices=[choice("1", "One")], coerce=int)
    name = fields.StringField("Name", [validators.Length(min=2, max=4), AtMost(3)])
    code = fields.StringField("Code", [validators.Regexp("x")])
    must = fields.StringField("Must", [validators.InputRequired()])


def errors(**typed):
    with bare_app().test_request_context("/", method="POST", data=typed):
        form = Asked()
        form.validate()
        return {name: list(field.errors) for name, field in form._fields.items()}


def test_what_a_field_says_of_its_own_accord_is_in_our_words_and_names_the_field():
    found = errors(many="many", how="b", which=["a", "b"], number="two", name="x" * 5, code="y")
    assert found["many"] == ["Enter how many, as a whole number"]
    assert found["how"] == ["“How?”: select one from the list"]
    assert found["which"] == ["“Which, 100 %?”: select one from the list"]
    assert found["number"] == ["“Number”: select one from the list"]
    assert found["name"] == ["“Name” must have 2 to 4 characters", "“Name” must be 3 characters or fewer"]
    assert found["code"] == [f"“Code”{ANYTHING}"]
    assert found["must"] == ["“Must”: fill this in"]


@pytest.mark.parametrize("typed", ["", " ", "-1", "+1", "1_0", "1.5", "x", "٣", "1" * 5_000, "0x1", "1e3"])
def test_what_is_no_whole_number_is_one_sentence_and_stays_as_it_was_typed(typed):
    with bare_app().test_request_context("/", method="POST", data={"many": typed}):
        form = Asked()
        form.validate()
        assert (form.many.errors, form.many.data) == (["Enter how many, as a whole number"], None)
        assert form.many._value() == typed


def test_a_whole_number_out_of_bounds_is_said_once():
    assert errors(many=" 6 ")["many"] == ["“How many?” must be between 1 and 5"]
    assert errors(many="5")["many"] == []


def library_sentences():
    """Every sentence the library says, with the class that says it."""
    for path in LIBRARY.rglob("*.py"):
        for place in ast.walk(ast.parse(path.read_text())):
            if isinstance(place, ast.ClassDef):
                yield from (
                    (path.parent.name if path.parent.name == "csrf" else place.name, said) for said in _said(place)
                )


def _said(place):
    for node in ast.walk(place):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("gettext", "ngettext"):
            yield from (one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str))


def test_every_sentence_of_the_library_that_a_form_can_show_has_ours():
    said = {(who, sentence) for who, sentence in library_sentences() if sentence != "Choices cannot be None."}
    assert ("IntegerField", "Not a valid integer value.") in said
    assert sorted(sentence for who, sentence in said if who not in NOT_OURS and sentence not in SENTENCES) == []
    assert sorted(set(SENTENCES) - {sentence for _, sentence in said}) == []


def every_form():
    found = []
    for module in pkgutil.iter_modules(forms.__path__, f"{forms.__name__}."):
        for one in vars(importlib.import_module(module.name)).values():
            if isinstance(one, type) and issubclass(one, BaseForm) and one.__module__ == module.name:
                found.append(one)
    return found


def test_every_form_is_one_whose_fields_say_our_words():
    others = {form.__name__ for form in every_form() if not issubclass(form, Form)}
    assert others == {"SignInForm", "CodeForm"}  # nobody is signed in yet; they say every sentence themselves
    assert len(every_form()) > 40
    assert all(issubclass(form.Meta, Form.Meta) for form in every_form() if form.__name__ not in others)


def unbound(form):
    return [(name, one) for name in dir(form) if isinstance(one := getattr(form, name), fields.core.UnboundField)]


def test_no_form_has_a_field_or_a_check_whose_words_we_do_not_have():
    for form in every_form():
        for name, one in unbound(form):
            assert one.field_class.__name__ not in NOT_OURS | {"IntegerField"}, (form, name)
            given = next((value for value in (*one.args, one.kwargs.get("validators")) if isinstance(value, list)), [])
            for check in given:
                kind = type(check).__name__
                if kind in NOT_OURS or not issubclass(form, Form):
                    assert check.message or one.field_class is fields.HiddenField, (form, name, kind)


def test_the_words_of_a_field_know_its_entry():
    with bare_app().test_request_context("/", method="POST", data={}):
        field = Asked().name
    field.within = "Action 2"
    assert name_of(field) == "Action 2: “Name”"
    assert FieldWords(field).gettext("This field is required.") == "Action 2: “Name”: fill this in"
    assert FieldWords(field).gettext("Whatever it is.") == f"Action 2: “Name”{ANYTHING}"
