"""How figures and codes are written on paper: numbers, percentages, dates, the names of tiers and causes."""

from collections.abc import Mapping
from datetime import date

TIER_NAMES = {"very_high": "Very high", "high": "High", "moderate": "Moderate", "none": "Below the tiers"}

LEAVING = {
    "died": "Died",
    "deregistered": "Moved away or no longer registered",
    "objection": "Objected",
    "not_on_register": "No longer on the register",
    "other": "Another reason",
}

SCORES = {
    "model": "the risk model",
    "hfrs": "the Hospital Frailty Risk Score",
    "charlson": "the Charlson index",
    "efi": "the electronic frailty index",
}

TABLES = {
    "practices": "Practices",
    "gp_register": "GP register",
    "gp_codes": "GP coded record",
    "gp_prescriptions": "GP prescriptions",
    "gp_appointments": "GP appointments",
    "admissions": "Hospital admissions",
    "ed_attendances": "Emergency department",
    "outpatients": "Outpatients",
    "community_contacts": "Community health",
    "mental_health_contacts": "Mental health",
    "social_care_events": "Adult social care",
    "social_care_people": "Adult social care people",
    "demographics": "Demographics",
    "objections": "Objections",
    "population": "Population counts",
}

GROUPS = {
    "sex": "Sex",
    "age_band": "Age",
    "imd_fifth": "Deprivation fifth",
    "ethnicity": "Ethnicity",
    "residence": "Residence",
    "practice": "Practice",
    "network": "Network",
    "locality": "Locality",
}

# Written out here: the name of a month must not depend on the language of the machine.
_MONTHS = (
    "January February March April May June July August September October November December"  # in order
).split()

NOTHING = "–"
"""What stands in a cell that has no figure."""


def count(number: int | None) -> str:
    """A whole number with thousands separated."""
    return NOTHING if number is None else f"{number:,}"


def people(number: int) -> str:
    """So many people, in words that agree with the number."""
    return "1 person" if number == 1 else f"{number:,} people"


def percent(share: float | None, digits: int = 1) -> str:
    """A share from 0 to 1 as a percentage."""
    return NOTHING if share is None else f"{100 * share:.{digits}f}%"


def share(part: int, whole: int, digits: int = 1) -> str:
    """One count as a percentage of another."""
    return percent(part / whole if whole else None, digits)


def decimal(number: float | None, digits: int = 2) -> str:
    """A number with a fixed number of digits after the point, with a real minus sign."""
    if number is None:
        return NOTHING
    # Adding 0 turns a rounded -0.0 into 0.0.
    return f"{round(number, digits) + 0.0:,.{digits}f}".replace("-", "\N{MINUS SIGN}")


def pounds(pence: int | None) -> str:
    """Pence as whole pounds."""
    return NOTHING if pence is None else f"£{round(pence / 100):,}"


def signed(number: int) -> str:
    """A change, always with its sign; none is 0."""
    return f"{number:+,}".replace("-", "\N{MINUS SIGN}") if number else "0"


def days(number: float) -> str:
    """So many days."""
    return "1 day" if number == 1 else f"{number:,g} days"


def sentence(text: str) -> str:
    """The text with a capital at its start and nothing else changed."""
    return text[:1].upper() + text[1:]


def day(when: date | None) -> str:
    """A date as 1 October 2026."""
    return NOTHING if when is None else f"{when.day} {_MONTHS[when.month - 1]} {when.year}"


def short_day(when: date | None) -> str:
    """A date as 1 Oct 2026, for tables."""
    return NOTHING if when is None else f"{when.day} {month(when)}"


def month(when: date) -> str:
    """A date as Oct 2026."""
    return f"{_MONTHS[when.month - 1][:3]} {when.year}"


def _number(value: float, as_percent: bool, digits: int) -> str:
    return percent(value, digits) if as_percent else decimal(value, digits)


def interval(figure: Mapping[str, float | None] | None, digits: int = 2, *, as_percent: bool = False) -> str:
    """A figure with its interval: 0.81 (0.80 to 0.82)."""
    if figure is None or figure["value"] is None:
        return NOTHING
    value = _number(figure["value"], as_percent, digits)
    if figure["low"] is None or figure["high"] is None:
        return value
    return f"{value} ({_number(figure['low'], as_percent, digits)} to {_number(figure['high'], as_percent, digits)})"


def listed(parts: list[str]) -> str:
    """Several things in a row: a, b and c."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"
