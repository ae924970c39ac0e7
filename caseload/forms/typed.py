"""What a form carried, in the words of that form: labels for names, the words of choices for what stands for them."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from wtforms.fields import BooleanField, Field, HiddenField, PasswordField, SelectFieldBase
from wtforms.fields.core import UnboundField
from wtforms.form import BaseForm

from caseload.forms.day import PARTS, DayField, day_said
from caseload.forms.form import Form

Typed = Mapping[str, Sequence[str]]
"""Field name -> values, as a browser sends them."""

Line = tuple[str, list[str]]
"""A label and what was entered under it."""

OF_THE_PAGE = frozenset(
    {
        "answer", "back", "begin", "born-day", "born-month", "born-year", "cases", "decision", "digest", "next", "owner",
        "page", "pair", "place", "practice", "preview", "proposal", "query", "release", "seen", "size", "then", "tiers",
        "to", "up_to", "view", "way",
    }
)  # fmt: skip
"""What templates call their hidden fields and buttons, beside ids, keys and versions; a test holds that none is missing."""

_UNSEEN = (HiddenField, PasswordField)
_CODE = re.compile(r"[\d\s,-]*|[0-9a-f]{16,}|[a-z]+:\d+")

CHOOSE_AGAIN = "Has to be chosen again"
"""What is said of a choice that was made, where nobody knows what it was called."""


def bare_form(classes: Iterable[type[Form]], typed: Typed, where: Mapping[str, Any] | None = None) -> BaseForm | None:
    """The fields of whichever of these forms asks for most of what was typed, and for least besides; None where none asks
    for any of it.

    For a request whose form was never made; `where` is what its address names. A choice that only a page could offer has
    no words in it.
    """
    names = {name.partition("-")[0] for name in typed}
    found = [(one, {**_fields_of(one), **one.fields_at(where or {}, names)}) for one in classes]
    known = [(len(names & fields.keys()), -len(fields), one.__name__, fields) for one, fields in found]
    asked, _, _, fields = max(known, key=lambda one: one[:3], default=(0, 0, "", {}))
    if not asked:
        return None
    form = BaseForm(fields)
    form.process()
    return form


def _fields_of(form: type[Form]) -> dict[str, Any]:
    fields = {name: getattr(form, name) for name in dir(form)}
    kept = [(name, field) for name, field in fields.items() if isinstance(field, UnboundField)]
    return dict(sorted(kept, key=lambda one: one[1].creation_counter))


def typed_lines(forms: Iterable[Iterable[Field]], typed: Typed) -> list[Line]:
    """Each field that was filled in, in the order of the forms, by its label.

    Hidden fields are the page's and not typed, so they are left out; so is whatever none of the forms asks for. Where no
    form is known, the names stand in for the labels, and whatever is the page's own is left out by its name or its look.
    """
    fields: dict[str, Field] = {}
    for form in forms:
        for field in form:
            fields.setdefault(field.name, field)
    if not fields:
        words = [(name, [one for one in values if _is_words(one)]) for name, values in typed.items()]
        return [(_label_of(name), said) for name, said in words if said and not _is_the_pages(name)]
    lines = [(said_as(field), _said(field, typed)) for field in fields.values() if not _unseen(field)]
    return [(label, said) for label, said in lines if said]


def anything_typed(forms: Sequence[Form], typed: Typed) -> bool:
    """Whether any of this is somebody's words or choice, and not only what the page itself had put into its forms."""
    known = {name for form in forms for name in form._fields}
    into = {name for form in forms for name in form.typed_into}
    return any(_is_typed(name, values, known, into) for name, values in typed.items())


def anything_asked(classes: Iterable[type[Form]], typed: Typed, where: Mapping[str, Any]) -> bool:
    """The same for a request whose form was never made: these are the forms its page works with."""
    names = {name.partition("-")[0] for name in typed}
    kinds = [
        (one, name, field)
        for one in classes
        for name, field in {**_fields_of(one), **one.fields_at(where, names)}.items()
    ]
    into = {name for one, name, field in kinds if one.kept and not issubclass(field.field_class, _UNSEEN)}
    known = {name for _, name, _ in kinds}
    return any(_is_typed(name, values, known, into) for name, values in typed.items())


def _is_typed(name: str, values: Sequence[str], known: Collection[str], into: Collection[str]) -> bool:
    field = name.partition("-")[0]
    if field in known:
        return field in into
    return not _is_the_pages(name) and any(map(_is_words, values))


def said_as(field: Field) -> str:
    """What a line calls a field: its label, with the entry it is of where the page says that in a heading."""
    within: str = getattr(field, "within", "")
    return f"{within}: {field.label.text}" if within else str(field.label.text)


def _unseen(field: Field) -> bool:
    return isinstance(field, _UNSEEN)


def _said(field: Field, typed: Typed) -> list[str]:
    """What a field says; nothing where it was left empty, or a choice is not offered any more.

    A choice whose words only its page knows is not left out without a word.
    """
    if isinstance(field, DayField):
        parts = {part: next(iter(typed.get(f"{field.name}-{part}", ())), "").strip() for part in PARTS}
        return [day_said(parts)] if any(parts.values()) else []
    values = [value for value in typed.get(field.name, ()) if value]
    if isinstance(field, BooleanField):
        return ["Yes"] if values else []
    if isinstance(field, SelectFieldBase):
        if not getattr(field, "choices", None):
            return [CHOOSE_AGAIN] if values else []
        words = _words_of_choices(field)
        return [words[value] for value in values if value in words]
    return values


def _words_of_choices(field: SelectFieldBase) -> dict[str, str]:
    """What each choice says; a label may be a pair of words and what stands below them."""
    labels = {str(one.value): one.label for one in field.iter_choices()}
    return {value: str(label[0] if isinstance(label, tuple) else label) for value, label in labels.items()}


def _label_of(name: str) -> str:
    return name.replace("_", " ").replace("-", " ").capitalize()


def _is_the_pages(name: str) -> bool:
    """Whether a name is one of a hidden field or a button, and not of anything that is typed into."""
    return name in OF_THE_PAGE or name.endswith(("_id", "_ids", "_key")) or "version" in name


def _is_words(value: str) -> bool:
    """Whether somebody can have typed this as words: not a number of a row, nor a digest, nor a list of either."""
    return bool(value.strip()) and _CODE.fullmatch(value) is None
