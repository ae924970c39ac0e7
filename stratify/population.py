"""Who is scored at an index date, who is not and why: every row of the register ends in one line of the flow.

Dates are read as everywhere in the product: what happened before the index date is known at it. So a
person who died or left on the index date itself was still there when it began.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from stratify.days import date_sql, day_number
from stratify.exceptions import ConfigRefused
from stratify.settings import default_config, read_toml

if TYPE_CHECKING:
    from stratify.zone.zone import Zone

SHORT_HISTORY_DAYS = 365
"""Registered for fewer days than this: scored, but flagged, because much of the history is elsewhere."""


class Status(StrEnum):
    """Where a row of the register ended at one index date; the value goes into files, `sentence` is for people."""

    SCORED = "scored"
    INVALID_NHS_NUMBER = "invalid_nhs_number"
    SET_ASIDE = "set_aside"
    DUPLICATE = "duplicate"
    BORN_LATER = "born_on_or_after_index"
    DIED = "died_before_index"
    REGISTERED_LATER = "registered_on_or_after_index"
    DEREGISTERED = "deregistered_before_index"
    PRACTICE_UNKNOWN = "practice_unknown"
    OBJECTION_TYPE_1 = "objection_type_1"
    OBJECTION_RISK_STRATIFICATION = "objection_risk_stratification"
    OBJECTION_NATIONAL_OPT_OUT = "objection_national_opt_out"
    OBJECTION_SHARING = "objection_sharing"

    @property
    def sentence(self) -> str:
        """The status in one sentence a practice would understand."""
        return SENTENCES[self]


SENTENCES: dict[Status, str] = {
    Status.SCORED: "Registered and alive at the index date, and scored.",
    Status.INVALID_NHS_NUMBER: "The NHS number on the register is not a valid one; the row was set aside.",
    Status.SET_ASIDE: "The row on the register broke another rule of the contract and was set aside.",
    Status.DUPLICATE: "The same NHS number is on the register more than once; one row was kept.",
    Status.BORN_LATER: "Born on or after the index date.",
    Status.DIED: "Died before the index date.",
    Status.REGISTERED_LATER: "Registered with the practice on or after the index date.",
    Status.DEREGISTERED: "Left the practice's list before the index date.",
    Status.PRACTICE_UNKNOWN: "Registered with a practice that is not in the pack's table of practices.",
    Status.OBJECTION_TYPE_1: "Has objected to confidential information leaving the GP practice (type 1).",
    Status.OBJECTION_RISK_STRATIFICATION: "Has objected to risk stratification.",
    Status.OBJECTION_NATIONAL_OPT_OUT: "Has opted out of confidential information being used beyond their own care.",
    Status.OBJECTION_SHARING: "Has objected to their record being shared between services.",
}

_OBJECTION_STATUS: dict[str, Status] = {
    "type_1": Status.OBJECTION_TYPE_1,
    "risk_stratification": Status.OBJECTION_RISK_STRATIFICATION,
    "national_opt_out": Status.OBJECTION_NATIONAL_OPT_OUT,
    "sharing": Status.OBJECTION_SHARING,
}
"""The kinds of the contract, in the order in which the first that applies names the status."""


@dataclass(frozen=True)
class Purpose:
    """What a run is for, and which kinds of objection keep a person out of it."""

    code: str
    name: str
    excludes: tuple[str, ...]
    on_extraction: bool


@dataclass(frozen=True)
class FlowRow:
    """One line of the flow table: how many rows of the register ended here."""

    status: Status
    sentence: str
    rows: int


def read_purpose(code: str | None = None, config: Path | None = None) -> Purpose:
    """A purpose from objections.toml, the default one where none is named; ConfigRefused where there is no such."""
    content = read_toml((config or default_config()) / "objections.toml")
    purposes: Mapping[str, Mapping[str, Any]] = content.get("purpose", {})
    wanted = str(content.get("default")) if code is None else code
    if wanted not in purposes:
        raise ConfigRefused(  # one that was typed is not repeated: it may be anything
            f"a purpose called {wanted} in objections.toml" if code is None else "a purpose of objections.toml",
            f"only {', '.join(purposes) or 'none'}",
            "Name one of these, or add it with the objections that apply.",
        )
    return _purpose(wanted, purposes[wanted])


def _purpose(code: str, entry: Mapping[str, Any]) -> Purpose:
    excludes = tuple(entry.get("excludes", ()))
    unknown = [kind for kind in excludes if kind not in _OBJECTION_STATUS]
    if unknown or "excludes" not in entry:
        raise ConfigRefused(
            f"purpose.{code}.excludes to list kinds out of {', '.join(_OBJECTION_STATUS)}",
            ", ".join(map(str, unknown)) or "no such list",
            "Correct objections.toml: an objection that is misspelt would not be respected.",
        )
    return Purpose(code, str(entry.get("name", code)), excludes, bool(entry.get("on_extraction", True)))


def population_sql(index_date: date, purpose: Purpose, extracted_on: date) -> str:
    """The population at an index date as a SELECT over the identifiable tables `person` and `objection`.

    Columns: pid, status, age_years, short_history, registered_days and the register's undated values.
    Age is exact: a year more on each birthday. A person born on 29 February has the birthday on 1 March
    in other years: a given age begins with the anniversary of the birth (Family Law Reform Act 1969,
    section 9, England and Wales), and the day after 28 February is the first that is not before it.
    """
    t, on = day_number(index_date), date_sql(index_date)
    had_birthday = f"month(p.date_of_birth) * 100 + day(p.date_of_birth) <= {index_date.month * 100 + index_date.day}"
    return f"""
        SELECT p.pid, {_status_sql(index_date, purpose)} AS status,
            CAST(CASE WHEN p.date_of_birth <= {on}
                THEN {index_date.year} - year(p.date_of_birth) - CASE WHEN {had_birthday} THEN 0 ELSE 1 END
                END AS SMALLINT) AS age_years,
            {t} - p.registered_day < {SHORT_HISTORY_DAYS} AS short_history,
            {t} - p.registered_day AS registered_days,
            p.residence, p.lives_alone, p.partnership_status, p.has_carer
        FROM person p LEFT JOIN ({_objections_sql(index_date, purpose, extracted_on)}) o ON o.nhs_number = p.nhs_number
    """


def _status_sql(index_date: date, purpose: Purpose) -> str:
    t = day_number(index_date)
    branches = [
        (f"p.birth_day >= {t}", Status.BORN_LATER),
        (f"p.death_day < {t}", Status.DIED),
        (f"p.registered_day >= {t}", Status.REGISTERED_LATER),
        (f"p.deregistered_day < {t}", Status.DEREGISTERED),
        ("NOT p.practice_known", Status.PRACTICE_UNKNOWN),
    ]
    branches += [(f"o.{kind}", status) for kind, status in _OBJECTION_STATUS.items() if kind in purpose.excludes]
    whens = " ".join(f"WHEN {condition} THEN '{status.value}'" for condition, status in branches)
    return f"CASE {whens} ELSE '{Status.SCORED.value}' END"


def _objections_sql(index_date: date, purpose: Purpose, extracted_on: date) -> str:
    in_force = _in_force_sql(index_date)
    if purpose.on_extraction:
        in_force = f"({in_force} OR {_in_force_sql(extracted_on)})"
    kinds = ", ".join(f"bool_or(kind = '{kind}') AS {kind}" for kind in _OBJECTION_STATUS)
    return f"SELECT nhs_number, {kinds} FROM objection WHERE {in_force} GROUP BY nhs_number"


def _in_force_sql(day: date) -> str:
    on = date_sql(day)
    return f"(from_date <= {on} AND (to_date IS NULL OR {on} < to_date))"


def flow_table(zone: "Zone", index_date: date, connection: duckdb.DuckDBPyConnection) -> tuple[FlowRow, ...]:
    """How every row of the register ended at an index date; the rows add up to the register.

    Statuses nobody has are left out, except `scored`. Raises RuntimeError where the sum is wrong, which
    would be a fault in this program.
    """
    population = zone.population_table(index_date)
    counts = dict(connection.execute(f"SELECT status, count(*) FROM {population.sql} GROUP BY status").fetchall())
    register: Mapping[str, int] = zone.report["register"]
    for status in (Status.INVALID_NHS_NUMBER, Status.SET_ASIDE, Status.DUPLICATE):
        counts[status.value] = register[status.value]
    if sum(counts.values()) != register["rows"]:
        raise RuntimeError(f"the flow holds {sum(counts.values())} rows and the register {register['rows']}")
    return tuple(
        FlowRow(status, status.sentence, counts.get(status.value, 0))
        for status in Status
        if counts.get(status.value) or status is Status.SCORED
    )
