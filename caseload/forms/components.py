"""Which NHS.UK component a form's field is, and what that component is told.

A component is a name of `nhsuk-frontend-jinja` and its parameters; `caseload.pages.templating` draws it. What a field
says beside its label is its `description` (or `render_kw={"hint": …}`); the rest of `render_kw` becomes attributes.
"""

from collections.abc import Callable, Mapping
from typing import Any

from wtforms.fields import (
    BooleanField,
    EmailField,
    Field,
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

from caseload.forms.day import PARTS, DayField

Parameters = dict[str, Any]

_WIDTHS = {"day": 2, "month": 2, "year": 4}
_OPTIONS = frozenset({"hint", "width", "inputmode", "autocomplete", "spellcheck", "rows", "type", "prefix", "suffix"})


def component_of(field: Field, options: Mapping[str, Any]) -> tuple[str, Parameters]:
    """The component's name and parameters. TypeError for a kind of field that has none.

    Options: `heading` (the label is the page's h1), `legend` (size of the label or legend: s, m, l), `width`, `rows`,
    `inline` and `small` (radios and checkboxes), `hint`, `conditional` (a choice's value -> markup shown below it).
    """
    if isinstance(field, HiddenField | SubmitField):
        raise TypeError(f"a {type(field).__name__} is written by form_open or submit")
    given = {**(field.render_kw or {}), **options}
    for kind, parameters in _KINDS:
        if isinstance(field, kind):
            name, special = parameters(field, given)
            return name, {**_shared(field, given), **special}
    raise TypeError(f"no component for a {type(field).__name__}")


def errors_of(form: Any) -> list[dict[str, str]]:
    """What is wrong with a form, each with where on the page to put it right, in the order of the form."""
    found = [{"text": str(error)} for error in form.form_errors]
    for field in form:
        found += [{"text": str(error), "href": f"#{_first_id(field)}"} for error in field.errors]
    return found


def _first_id(field: Field) -> str:
    return f"{field.id}-{field.first_wrong_part}" if isinstance(field, DayField) else str(field.id)


def _shared(field: Field, given: Mapping[str, Any]) -> Parameters:
    hint = given.get("hint") or field.description
    shared: Parameters = {"id": field.id, "name": field.name, "attributes": _attributes(given)}
    if hint:
        shared["hint"] = {"text": hint}
    if field.errors:
        shared["errorMessage"] = {"text": str(field.errors[0])}
    return shared


def _attributes(given: Mapping[str, Any]) -> dict[str, str]:
    """What of `render_kw` is an attribute of the element itself."""
    ours = _OPTIONS | {"heading", "legend", "inline", "small", "conditional"}
    named = {name.rstrip("_").replace("_", "-"): value for name, value in given.items() if name not in ours}
    return {name: name if value is True else str(value) for name, value in named.items() if value is not False}


def _label(field: Field, given: Mapping[str, Any]) -> Parameters:
    size = given.get("legend", "l" if given.get("heading") else "s")
    return {"text": field.label.text, "size": size, "isPageHeading": bool(given.get("heading"))}


def _fieldset(field: Field, given: Mapping[str, Any]) -> Parameters:
    return {"legend": _label(field, given)}


def _input(field: Field, given: Mapping[str, Any]) -> tuple[str, Parameters]:
    kind = _input_kind(field, given)
    passed = {name: given[name] for name in ("width", "inputmode", "autocomplete", "prefix", "suffix") if name in given}
    value = "" if kind == "password" else field._value()
    spelled = {"spellcheck": str(given["spellcheck"]).lower() == "true"} if "spellcheck" in given else {}
    return "input", {"label": _label(field, given), "type": kind, "value": value, **passed, **spelled}


def _input_kind(field: Field, given: Mapping[str, Any]) -> str:
    for kind, name in ((PasswordField, "password"), (EmailField, "email")):
        if isinstance(field, kind):
            return name
    return str(given.get("type", "text"))


def _textarea(field: Field, given: Mapping[str, Any]) -> tuple[str, Parameters]:
    return "textarea", {"label": _label(field, given), "value": field._value(), "rows": given.get("rows", 5)}


def _select(field: Field, given: Mapping[str, Any]) -> tuple[str, Parameters]:
    items = [{"value": one.value, "text": one.label, "selected": one.selected} for one in field.iter_choices()]
    return "select", {"label": _label(field, given), "items": items}


def _choices(field: Field, given: Mapping[str, Any]) -> list[Parameters]:
    """Each choice. Its hint is in its `render_kw`, or the label is a pair of words and hint."""
    items: list[Parameters] = []
    for choice in field.iter_choices():
        words, hint = choice.label if isinstance(choice.label, tuple) else (choice.label, choice.render_kw.get("hint"))
        item: Parameters = {"value": str(choice.value), "text": words, "checked": bool(choice.selected)}
        if hint:
            item["hint"] = {"text": hint}
        if shown := given.get("conditional", {}).get(choice.value):
            item["conditional"] = {"html": shown}
        items.append(item)
    return items


def _set_of(component: str, field: Field, given: Mapping[str, Any]) -> tuple[str, Parameters]:
    looks = {name: bool(given.get(name)) for name in ("inline", "small")}
    return component, {
        "idPrefix": field.id,
        "id": None,
        "fieldset": _fieldset(field, given),
        "items": _choices(field, given),
        **looks,
    }


def _radios(field: Field, given: Mapping[str, Any]) -> tuple[str, Parameters]:
    return _set_of("radios", field, given)


def _checkboxes(field: Field, given: Mapping[str, Any]) -> tuple[str, Parameters]:
    return _set_of("checkboxes", field, given)


def _checkbox(field: Field, given: Mapping[str, Any]) -> tuple[str, Parameters]:
    """One box; its label is beside it, so there is no legend."""
    item = {"value": "y", "text": field.label.text, "checked": bool(field.data), "attributes": _attributes(given)}
    return "checkboxes", {"idPrefix": field.id, "id": None, "items": [item], "attributes": {}}


def _day(field: Field, given: Mapping[str, Any]) -> tuple[str, Parameters]:
    items = [
        {
            "id": f"{field.id}-{part}",
            "name": f"{field.name}-{part}",
            "label": {"text": part.capitalize()},
            "value": field.typed[part],
            "width": _WIDTHS[part],
            **_wrong(field, part),
        }
        for part in PARTS
    ]
    return "date-input", {"fieldset": _fieldset(field, given), "items": items}


def _wrong(field: DayField, part: str) -> Parameters:
    """Only the parts that are wrong are marked; with none of them wrong by itself the whole day is."""
    return {"error": part in field.wrong_parts} if field.wrong_parts else {}


_KINDS: tuple[tuple[type[Field] | tuple[type[Field], ...], Callable[..., tuple[str, Parameters]]], ...] = (
    (DayField, _day),
    (RadioField, _radios),
    (SelectMultipleField, _checkboxes),
    (SelectField, _select),
    (BooleanField, _checkbox),
    (TextAreaField, _textarea),
    ((StringField, IntegerField), _input),
)
"""The first that fits is taken: a RadioField is a SelectField, a TextAreaField a StringField."""
