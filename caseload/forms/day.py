"""A day asked for in three parts, as the NHS and GOV.UK services ask for it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from wtforms.fields import Field
from wtforms.utils import unset_value
from wtforms.validators import StopValidation

from caseload.presenters.writing import day as in_words

PARTS = ("day", "month", "year")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class DayField(Field):
    """A calendar day in `<name>-day`, `<name>-month` and `<name>-year`; `data` is a `date`, or None.

    The label becomes the question; `subject` begins the sentences of errors: "The date of the contact must be a real
    date" (the label, where none is given). Where a day has to be given, add `InputRequired("Enter the date of the
    contact")`; where it need not, `Optional()`. A month may be a number or its name. What was typed is kept in `typed`
    and shown again. Validators meet a day or None, never half of one.
    """

    def __init__(
        self, label: str = "", validators: Sequence[Any] | None = None, *, subject: str = "", **options: Any
    ) -> None:
        super().__init__(label, validators, **options)
        self.subject = subject or label
        self.typed: dict[str, str] = dict.fromkeys(PARTS, "")
        self.wrong_parts: frozenset[str] = frozenset()

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        """Take the three parts out of a form that was sent, or the day the page starts with."""
        super().process(None, data, extra_filters)
        self.typed = _parts(self.data)
        if formdata is None or not any(f"{self.name}-{part}" in formdata for part in PARTS):
            self.raw_data: list[str] = []
            return
        self.typed = {part: str(formdata.get(f"{self.name}-{part}", "")).strip() for part in PARTS}
        self.raw_data = [" ".join(self.typed.values()).strip()]
        self._read()

    def pre_validate(self, form: Any) -> None:
        """What is not a day is not asked whether it is the right one."""
        if self.process_errors:
            raise StopValidation

    def _read(self) -> None:
        self.data = None
        missing = [part for part in PARTS if not self.typed[part]]
        if len(missing) == len(PARTS):
            return
        if missing:
            self._wrong(missing, f"must include a {' and '.join(missing)}")
        elif len(self.typed["year"]) != 4:
            self._wrong(["year"], "must have a year of 4 numbers")
        else:
            self.data = _day(self.typed)
            if self.data is None:
                self._wrong(PARTS, "must be a real date")

    def _wrong(self, parts: Sequence[str], what: str) -> None:
        self.wrong_parts = frozenset(parts)
        self.process_errors.append(f"{self.subject} {what}")

    @property
    def first_wrong_part(self) -> str:
        """The part an error summary points to."""
        return next((part for part in PARTS if part in self.wrong_parts), PARTS[0])


def day_said(typed: Mapping[str, str]) -> str:
    """The three parts as a day in words; as they were typed where they are none."""
    found = _day(typed)
    return in_words(found) if found else " ".join(typed[part] for part in PARTS if typed[part])


def _parts(day: date | None) -> dict[str, str]:
    if day is None:
        return dict.fromkeys(PARTS, "")
    return {"day": str(day.day), "month": str(day.month), "year": f"{day.year:04d}"}


def _day(typed: Mapping[str, str]) -> date | None:
    try:
        return date(_number(typed["year"]), _month(typed["month"]), _number(typed["day"]))
    except ValueError:
        return None


def _month(typed: str) -> int:
    """A month by its number or its name; ValueError for what is neither."""
    start = typed.casefold()[:3]
    return _MONTHS.index(start) + 1 if start in _MONTHS else _number(typed)


def _number(typed: str) -> int:
    """Plain digits only; `int` alone takes signs and underscores."""
    if not (typed.isascii() and typed.isdecimal()):
        raise ValueError("not a number")
    return int(typed)
