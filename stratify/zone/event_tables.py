"""The event tables of the scoring zone: which columns they have and how each comes from a pack's table.

Nothing that names a person, a spell or an event is here, and no free text: a code passes only in the
shape of its kind, a word only from the vocabulary of zone.toml. A value in another shape becomes NULL.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from interfaces.codes import admission_kind_sql
from interfaces.extracts.casts import literal
from interfaces.extracts.contract import TABLES
from stratify.days import day_number_sql
from stratify.exceptions import ConfigRefused
from stratify.settings import read_toml

Vocabulary = Mapping[str, tuple[str, ...]]
"""The words that pass, by the name of their list in zone.toml."""

_ICD10 = "[A-Z][0-9][0-9A-Z]{1,4}"
# BNF chapters are 01 to 23 (NHSBSA, BNF classification). No NHS number of England begins so.
_BNF = "[0-2][0-9A-Z]{1,14}"
_TRIAGE = "'1', '2', '3', '4', '5'"  # Manchester triage categories, still sent in place of the SNOMED code
# SNOMED CT identifier: 6 to 18 digits, the third and second from the right naming the partition (SNOMED
# International, "Partition identifier"). It keeps nearly every ten-digit number of another kind out.
_SNOMED = "[1-9][0-9]{2,14}[01][0-2][0-9]"

# Most rows of a pack are prescriptions and appointments, and no feature looks at those more than a year old: they
# are not read into the zone (a test holds the features to it).
_YEAR = 365


@dataclass(frozen=True)
class ZoneColumn:
    """A column: its name and type in the zone, and the DuckDB expression over the pack's typed columns.

    `avail_date` is a DATE the expression may use: when the row reached the warehouse.
    """

    name: str
    sql_type: str
    expression: str


@dataclass(frozen=True)
class EventTable:
    """An event table: its columns after pid, day and avail, and whether its whole history is kept.

    `look_back_days` is how far back any feature looks into it, where that is less than the zone's own look-back.
    `look_ahead` keeps rows after the last index date, which outcomes are counted from.
    """

    name: str
    columns: tuple[ZoneColumn, ...]
    whole_history: bool = False
    look_ahead: bool = False
    look_back_days: int | None = None

    @property
    def event_date(self) -> str:
        """The contract's column that dates an event."""
        column = TABLES[self.name].event_date
        assert column is not None  # a test holds every table here among the contract's event tables
        return column


def read_vocabulary(config: Path) -> Vocabulary:
    """The words that may pass into the zone; ConfigRefused where a list is missing."""
    lists: Mapping[str, Any] = read_toml(config / "zone.toml").get("vocabulary", {})
    missing = [name for name in ("unit", "mental_health_team", "social_care_outcome") if not lists.get(name)]
    if missing:
        raise ConfigRefused(f"the lists {', '.join(missing)} in zone.toml", "none", "Copy them from the installed one.")
    return {name: tuple(map(str, words)) for name, words in lists.items()}


def event_tables(vocabulary: Vocabulary) -> tuple[EventTable, ...]:
    """Every event table of the zone, in the order of the contract."""
    return (
        EventTable("gp_codes", _gp_codes(vocabulary), whole_history=True),
        EventTable("gp_prescriptions", (_shaped("bnf_code", _BNF),), look_back_days=_YEAR),
        EventTable("gp_appointments", (_closed("gp_appointments", "mode"), _flag("attended")), look_back_days=_YEAR),
        EventTable("admissions", _admissions(), whole_history=True, look_ahead=True),
        EventTable("ed_attendances", _ed_attendances(), look_ahead=True),
        EventTable("outpatients", (_TREATMENT, _flag("first_attendance"), _flag("attended"))),
        EventTable("community_contacts", (_closed("community_contacts", "team"),), look_back_days=_YEAR),
        EventTable("mental_health_contacts", (_word("team", vocabulary["mental_health_team"]), _flag("inpatient"))),
        EventTable("social_care_events", _social_care(vocabulary), whole_history=True),
    )


def _flag(name: str) -> ZoneColumn:
    return ZoneColumn(name, "TINYINT", name)


def _is_snomed(source: str) -> str:
    # A table whose columns have slipped holds the person's own number here, which may have the shape by chance.
    return f"regexp_full_match({source}, '{_SNOMED}') AND {source} IS DISTINCT FROM nhs_number"


def _snomed(name: str, source: str) -> ZoneColumn:
    return ZoneColumn(name, "BIGINT", f"CASE WHEN {_is_snomed(source)} THEN CAST({source} AS BIGINT) END")


def _pence(name: str, source: str) -> ZoneColumn:
    return ZoneColumn(name, "BIGINT", f"round({source} * 100)")


def _shaped(name: str, shape: str) -> ZoneColumn:
    return ZoneColumn(name, "VARCHAR", f"CASE WHEN regexp_full_match({name}, '{shape}') THEN {name} END")


def _closed(table: str, name: str) -> ZoneColumn:
    values = ", ".join(literal(value) for value in TABLES[table].column(name).values)
    return ZoneColumn(name, "VARCHAR", f"CASE WHEN {name} IN ({values}) THEN {name} END")


def _word(name: str, words: tuple[str, ...]) -> ZoneColumn:
    known = ", ".join(literal(word) for word in sorted({word.lower() for word in words}))
    passes = f"list_contains([{known}], lower({name}))"
    return ZoneColumn(name, "VARCHAR", f"CASE WHEN {passes} THEN {name} WHEN {name} IS NOT NULL THEN 'other' END")


def _diagnoses(name: str) -> str:
    """ICD-10 codes separated by ';', capital and without the dot; what is no code is left out.

    Nearly every cell is right as it stands, so only the others are taken apart.
    """
    cleaned = f"string_split(regexp_replace(upper({name}), '[ .†*+-]', '', 'g'), ';')"
    kept = f"list_filter({cleaned}, lambda code: regexp_full_match(code, '{_ICD10}'))"
    return (
        f"CASE WHEN regexp_full_match({name}, '{_ICD10}(;{_ICD10})*') THEN {name}"
        f" ELSE nullif(array_to_string({kept}, ';'), '') END"
    )


_TREATMENT = _shaped("treatment_function", "[0-9A-Z]{3}")


def _gp_codes(vocabulary: Vocabulary) -> tuple[ZoneColumn, ...]:
    return (
        _snomed("snomed", "snomed_code"),
        ZoneColumn("value", "DOUBLE", "numeric_value"),
        _word("unit", vocabulary["unit"]),
    )


def _admissions() -> tuple[ZoneColumn, ...]:
    stay = "coalesce(discharged_on, avail_date) - admitted_on"
    return (
        ZoneColumn("kind", "VARCHAR", admission_kind_sql("admission_method", "patient_classification")),
        ZoneColumn("discharged_day", "INTEGER", day_number_sql("discharged_on")),
        # A stay still open counts up to the day its row came: so long, at least, it lasted.
        ZoneColumn("los_days", "SMALLINT", f"least(greatest({stay}, 0), 32767)"),
        ZoneColumn("primary_diagnosis", "VARCHAR", _diagnoses("primary_diagnosis")),
        ZoneColumn("secondary_diagnoses", "VARCHAR", _diagnoses("secondary_diagnoses")),
        _TREATMENT,
        _shaped("discharge_destination", "[0-9A-Z]{2}"),
        _pence("cost_pence", "cost_gbp"),
    )


def _ed_attendances() -> tuple[ZoneColumn, ...]:
    return (
        _closed("ed_attendances", "department_type"),
        ZoneColumn("acuity", "VARCHAR", f"CASE WHEN acuity IN ({_TRIAGE}) OR {_is_snomed('acuity')} THEN acuity END"),
        _flag("admitted"),
        _snomed("chief_complaint", "chief_complaint"),
        _pence("cost_pence", "cost_gbp"),
    )


def _social_care(vocabulary: Vocabulary) -> tuple[ZoneColumn, ...]:
    closed = [_closed("social_care_events", name) for name in ("event_type", "service_type", "client_group")]
    return (
        *closed,
        ZoneColumn("ended_day", "INTEGER", day_number_sql("ended_on")),
        ZoneColumn("hours_tenths", "INTEGER", "round(hours_per_week * 10)"),
        _word("outcome", vocabulary["social_care_outcome"]),
    )
