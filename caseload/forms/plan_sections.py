"""What is asked in one part of a plan: its entries, and an empty one to write the next in.

Fields are called `e<number>_<field>`, so that the form works without a script: what is left empty is no entry, and a box
takes one out.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import g, has_request_context, request
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields import Field as FormField
from wtforms.fields import SelectChoice
from wtforms.validators import StopValidation, ValidationError

from caseload.domain.plan_headings import FIELDS, LENGTHS, Entry, Field, FieldKind, Heading
from caseload.domain.plan_words import PlanHeading
from caseload.forms.at_most import AtMost
from caseload.forms.choices import choice, choices
from caseload.forms.day import DayField
from caseload.forms.field_words import name_of
from caseload.forms.form import Form

REMOVE = "remove"
_NAME = re.compile(r"e(\d{1,4})_")
_MOST = 60
"""How many entries a form lets be written; of a part that has more (an assessment's needs, a line each) none is dropped."""

NOT_SAID = "Not said"
"""What a choice says that was not made."""

_CHOOSERS = {
    field.named_in: field
    for part in FIELDS.values()
    for field in part.fields
    if field.kind is FieldKind.PERSON and field.named_in
}
_NAMES = {field.name: field for part in FIELDS.values() for field in part.fields if field.name in _CHOOSERS}
"""By the field of a name: who can be chosen instead; and that field itself."""

Offers = Mapping[str, Sequence[tuple[str, str]]]
"""By the name of a field: the people or the entries it can point to."""


class SectionForm(Form):
    """The entries of one part; made by `section_form`, which gives it its fields."""

    @property
    def rows(self) -> list["Row"]:
        """The entries as the page shows them, the empty one last."""
        return [row for row in self._rows if row.fields]

    @property
    def entries(self) -> list[dict[str, str]]:
        """What the action is told: the entries that are filled in and not taken out."""
        return [row.entry for row in self._rows if row.filled and not row.removed]

    _rows: tuple["Row", ...] = ()

    @classmethod
    def fields_at(cls, where: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
        """The fields of the entries that were sent, each called by its entry. Whom and what they can point to is unknown."""
        heading = where.get("heading")
        if heading not in set(PlanHeading):
            return {}
        part = FIELDS[PlanHeading(heading)]
        sent = sorted({int(found[1]) for name in names if (found := _NAME.match(name))})
        fields = {
            f"e{number}_{field.name}": _bare(number, field, part) for number in sent for field in part.fields
        }  # fmt: skip
        return {**fields, **{f"e{number}_{REMOVE}": _box(number, part) for number in sent if part.several}}

    def validate(self, *arguments: Any, **options: Any) -> bool:
        """Entries that are empty or to be taken out are asked nothing."""
        asked = {row.number for row in self._rows if row.filled and not row.removed}
        self.asked = asked
        return super().validate(*arguments, **options)


@dataclass(frozen=True, slots=True)
class Row:
    """The fields of one entry."""

    number: int
    heading: PlanHeading
    fields: dict[str, FormField]
    remove: BooleanField | None

    @property
    def shown(self) -> list[FormField]:
        """The fields a page draws; the key is hidden."""
        return [field for field in self.fields.values() if not isinstance(field, HiddenField)]

    @property
    def entry(self) -> dict[str, str]:
        """What the entry says, by the names of the part's fields."""
        return {name: _text(field.data) for name, field in self.fields.items()}

    @property
    def filled(self) -> bool:
        """Whether anything was written: a key is not, nor is a choice left as it began; a day that is no day is."""
        part = FIELDS[self.heading]
        return any(
            _typed(field) not in ("", part.field(name).default)
            for name, field in self.fields.items()
            if part.field(name).kind is not FieldKind.KEY
        )

    @property
    def removed(self) -> bool:
        """Whether the box to take it out is ticked."""
        return self.remove is not None and bool(self.remove.data)


class _Asked:
    """A field that has to be filled in, in an entry that says anything else."""

    def __init__(self, number: int, sentence: str) -> None:
        self.number, self.sentence = number, sentence

    def __call__(self, form: SectionForm, field: FormField) -> None:
        if self.number in form.asked and not _typed(field):
            raise StopValidation(self.sentence)


class _OnlyOne:
    """A name beside somebody who was chosen: one of the two would be lost."""

    def __init__(self, number: int, other: str, sentence: str) -> None:
        self.number, self.other, self.sentence = number, other, sentence

    def __call__(self, form: SectionForm, field: FormField) -> None:
        if self.number in form.asked and _typed(field) and _typed(form[f"e{self.number}_{self.other}"]):
            raise ValidationError(self.sentence)


def _is_offered(_form: SectionForm, field: SelectField) -> None:
    """One of the choices: what is not was not chosen on our page, or cannot be chosen any more."""
    if field.data and field.data not in {one.value for one in field.choices or ()}:
        raise ValidationError(f"{name_of(field)}: select one from the list")


def section_form(heading: PlanHeading, entries: Sequence[Entry], offers: Offers, *, fresh: bool = False) -> SectionForm:
    """The form of one part, as it was sent or (`fresh`) as the part is now. It has as many entries as were sent."""
    part = FIELDS[heading]
    count = _count(len(entries), part.several, fresh=fresh)
    fields: dict[str, Any] = {}
    data: dict[str, Any] = {}
    for number in range(count):
        entry = entries[number] if number < len(entries) else {}
        for field in part.fields:
            fields[f"e{number}_{field.name}"] = _field(number, field, entry, offers, _within(number, part))
            data[f"e{number}_{field.name}"] = _datum(field, entry)
        if part.several:
            fields[f"e{number}_{REMOVE}"] = _box(number, part)
    made = type("SectionForm", (SectionForm,), fields)
    form: SectionForm = made(formdata=None, data=data) if fresh and not _draft() else made(data=data)
    form._rows = tuple(_row(form, heading, number) for number in range(count))
    return form


def _box(number: int, part: Heading) -> Any:
    return BooleanField(f"Take out {part.entry.lower()} {number + 1}")


def _bare(number: int, field: Field, part: Heading) -> Any:
    """A field without its page: of people and links nobody knows what they are called."""
    within = _within(number, part)
    label = f"{within}: {field.label}" if within else field.label
    if field.kind in (FieldKind.PERSON, FieldKind.LINK):
        return SelectField(label, validate_choice=False)
    return _field(number, replace(field, label=label), {}, {}, within)


def _row(form: SectionForm, heading: PlanHeading, number: int) -> Row:
    fields = {name: form[f"e{number}_{name}"] for name in FIELDS[heading].names}
    for field in fields.values():
        field.within = _within(number, FIELDS[heading])
    return Row(number, heading, fields, form[f"e{number}_{REMOVE}"] if FIELDS[heading].several else None)


def _count(entries: int, several: bool, *, fresh: bool) -> int:
    if not several:
        return 1
    names = (_draft() if fresh else request.form) or ()
    sent = [int(found[1]) + 1 for name in names if (found := _NAME.match(name))]
    return min(max([entries + 1, *sent]) if fresh else max([1, *sent]), max(_MOST, entries))


def _draft() -> Mapping[str, list[str]] | None:
    kept: Mapping[str, list[str]] | None = g.get("typed_before") if has_request_context() else None
    return kept


def _within(number: int, part: Heading) -> str:
    """What a page calls an entry of a part that can have several."""
    return f"{part.entry} {number + 1}" if part.several else ""


def _field(number: int, field: Field, entry: Entry, offers: Offers, within: str) -> Any:
    first = f"{within}: " if within else ""
    asked: list[Any] = [_Asked(number, f"{first}fill in “{field.label}”")] if field.required else []
    asked += _one_of_two(number, field, first)
    match field.kind:
        case FieldKind.KEY:
            return HiddenField()
        case FieldKind.DAY:
            return DayField(field.label, asked, subject=f"{first}“{field.label}”", description=field.hint)
        case FieldKind.CHOICE | FieldKind.PERSON | FieldKind.LINK:
            offered = _choices(field) if field.kind is FieldKind.CHOICE else _offered(field, entry, offers)
            checks = [*asked, _is_offered]
            return SelectField(field.label, checks, choices=offered, description=field.hint, validate_choice=False)
    short = [*asked, AtMost(LENGTHS[field.kind])]
    if field.kind is FieldKind.LONG:
        return TextAreaField(field.label, short, description=field.hint, render_kw={"rows": 3})
    return StringField(field.label, short, description=field.hint)


def _one_of_two(number: int, field: Field, first: str) -> list[_OnlyOne]:
    """Where somebody is chosen from a list or named: not both, said at either field."""
    chooser = field if field.kind is FieldKind.PERSON else _CHOOSERS.get(field.name)
    if chooser is None or not chooser.named_in:
        return []
    name = _NAMES[chooser.named_in].label
    if field is chooser:
        sentence = f"{first}choose somebody in “{chooser.label}” or fill in “{name}”, not both"
        return [_OnlyOne(number, chooser.named_in, sentence)]
    sentence = f"{first}empty “{name}”, or choose “{NOT_SAID}” in “{chooser.label}”"
    return [_OnlyOne(number, chooser.name, sentence)]


def _choices(field: Field) -> list[SelectChoice]:
    blank = [] if field.default else [choice("", "Select one" if field.required else NOT_SAID)]
    return [*blank, *choices(field.choices)]


def _offered(field: Field, entry: Entry, offers: Offers) -> list[SelectChoice]:
    """Who or what can be chosen, and whoever was chosen before, though they cannot be any more."""
    given = list(offers.get(field.name, ()))
    chosen = entry.get(field.name, "")
    if chosen and chosen not in {value for value, _ in given}:
        given.append((chosen, entry.get(field.named_in, "") or "Taken out of the plan"))
    return [choice("", NOT_SAID), *choices(given)]


def _datum(field: Field, entry: Entry) -> Any:
    text = entry.get(field.name, "")
    if field.kind is FieldKind.DAY:
        return date.fromisoformat(text) if text else None
    if field.kind is FieldKind.CHOICE:
        return text or field.default
    named_by = {one.named_in for one in _people(entry)}
    return "" if field.name in named_by else text


def _people(entry: Entry) -> list[Field]:
    """The fields of people that are chosen in this entry: their names are kept beside them and not typed."""
    fields = (field for part in FIELDS.values() for field in part.fields if field.kind is FieldKind.PERSON)
    return [field for field in fields if entry.get(field.name)]


def _text(data: Any) -> str:
    return data.isoformat() if isinstance(data, date) else (data or "").strip()


def _typed(field: FormField) -> str:
    """What was typed: of a day also what is none."""
    if isinstance(field, DayField):
        return "".join(field.typed.values())
    return _text(field.data)
