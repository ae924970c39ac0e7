"""The tables and columns of an extract pack: the one input contract.

A pack is a folder holding one month's extracts for one place. Source systems' own column names reach
these through a mapping file, by name and never by position.
"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a column's cells are read."""

    TEXT = "text"
    IDENTIFIER = "identifier"  # text that must survive untouched: leading zeros, no spreadsheet damage
    NHS_NUMBER = "nhs_number"
    CODE = "code"
    CODES = "codes"  # several codes separated by ';'
    DATE = "date"
    WHOLE = "whole"
    NUMBER = "number"
    FLAG = "flag"  # 0 or 1


@dataclass(frozen=True)
class ColumnSpec:
    """One column: its name, how it is read, and whether a pack must carry it.

    `required` asks for the column and for a value in every row. `values` closes the set of values.
    `identifying` columns are never quoted in a report, a rejects table or a message.
    """

    name: str
    kind: Kind
    required: bool = False
    values: tuple[str, ...] = ()
    identifying: bool = False


@dataclass(frozen=True)
class TableSpec:
    """One table: its key (empty where rows have none), its columns and the column that dates a row."""

    name: str
    key: tuple[str, ...]
    columns: tuple[ColumnSpec, ...]
    event_date: str | None = None
    required: bool = False

    def column(self, name: str) -> ColumnSpec:
        """The column of that name; KeyError where the table has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


def _required(column: ColumnSpec) -> ColumnSpec:
    return ColumnSpec(column.name, column.kind, True, column.values, column.identifying)


def _text(name: str) -> ColumnSpec:
    return ColumnSpec(name, Kind.TEXT)


def _code(name: str, *values: str) -> ColumnSpec:
    return ColumnSpec(name, Kind.CODE, values=values)


def _date(name: str, *, identifying: bool = False) -> ColumnSpec:
    return ColumnSpec(name, Kind.DATE, identifying=identifying)


def _flag(name: str) -> ColumnSpec:
    return ColumnSpec(name, Kind.FLAG)


def _number(name: str) -> ColumnSpec:
    return ColumnSpec(name, Kind.NUMBER)


def _identifier(name: str) -> ColumnSpec:
    return ColumnSpec(name, Kind.IDENTIFIER, identifying=True)


def _name(name: str) -> ColumnSpec:
    return ColumnSpec(name, Kind.TEXT, identifying=True)


_NHS_NUMBER = ColumnSpec("nhs_number", Kind.NHS_NUMBER, identifying=True)
_AVAILABLE_ON = _date("available_on")
# NHS Data Dictionary, PERSON STATED GENDER CODE as used by the registers: 0 not known, 1 male, 2 female, 9 indeterminate.
_SEX = _code("sex", "0", "1", "2", "9")
# NHS Data Dictionary, ETHNIC CATEGORY 2001: A-H, J-N, P, R, S; Z not stated; 99 not known.
_ETHNIC = _code("ethnic_category", *"ABCDEFGHJKLMNPRS", "Z", "99")
_CLIENT_GROUP = _code(
    "client_group",
    "learning_disability",
    "mental_health",
    "physical_disability_frailty",
    "other_vulnerable",
    "memory_cognition",
    "carer",
)
_POSTCODE = _name("postcode")
_DATE_OF_BIRTH = _date("date_of_birth", identifying=True)
_FAMILY_NAME = _name("family_name")
_GIVEN_NAME = _name("given_name")

_SPECS = (
    TableSpec(
        "practices",
        ("practice_code",),
        (
            _required(_code("practice_code")),
            _required(_text("name")),
            _required(_text("network")),
            _required(_text("locality")),
            _required(_text("borough")),
        ),
        required=True,
    ),
    TableSpec(
        "gp_register",
        ("nhs_number",),
        (
            _required(_NHS_NUMBER),
            _required(_DATE_OF_BIRTH),
            _required(_SEX),
            _ETHNIC,
            _code("lsoa_code"),
            ColumnSpec("imd_decile", Kind.WHOLE, values=tuple(str(n) for n in range(1, 11))),
            _required(_code("practice_code")),
            _required(_date("registered_on")),
            _date("deregistered_on"),
            _date("date_of_death"),
            _code("residence", "home", "residential_care", "nursing_care", "sheltered", "no_fixed_abode"),
            _flag("lives_alone"),
            _code(
                "partnership_status",
                "single",
                "married_or_civil",
                "cohabiting",
                "separated_or_divorced",
                "widowed",
            ),
            _flag("has_carer"),
        ),
        required=True,
    ),
    TableSpec(
        "gp_codes",
        (),
        (
            _required(_NHS_NUMBER),
            _required(_code("snomed_code")),
            _required(_date("recorded_on")),
            _number("numeric_value"),
            _text("unit"),
            _AVAILABLE_ON,
        ),
        event_date="recorded_on",
    ),
    TableSpec(
        "gp_prescriptions",
        (),
        (_required(_NHS_NUMBER), _required(_code("bnf_code")), _required(_date("issued_on")), _AVAILABLE_ON),
        event_date="issued_on",
    ),
    TableSpec(
        "gp_appointments",
        (),
        (
            _required(_NHS_NUMBER),
            _required(_date("seen_on")),
            _code("mode", "surgery", "telephone", "home_visit", "online"),
            _flag("attended"),
            _AVAILABLE_ON,
        ),
        event_date="seen_on",
    ),
    TableSpec(
        "admissions",
        ("spell_id",),
        (
            _required(_identifier("spell_id")),
            _required(_NHS_NUMBER),
            _required(_code("provider_code")),
            _required(_code("admission_method")),
            _required(_date("admitted_on")),
            _date("discharged_on"),
            _date("discharge_ready_on"),
            _code("discharge_destination"),
            _code("patient_classification"),
            _code("treatment_function"),
            _required(_code("primary_diagnosis")),
            ColumnSpec("secondary_diagnoses", Kind.CODES),
            _number("cost_gbp"),
            _AVAILABLE_ON,
        ),
        event_date="admitted_on",
        required=True,
    ),
    TableSpec(
        "ed_attendances",
        ("attendance_id",),
        (
            _required(_identifier("attendance_id")),
            _required(_NHS_NUMBER),
            _code("provider_code"),
            _required(_date("arrived_on")),
            _code("department_type", "01", "02", "03", "04", "05"),
            _code("acuity"),
            _code("chief_complaint"),
            _flag("admitted"),
            _number("cost_gbp"),
            _AVAILABLE_ON,
        ),
        event_date="arrived_on",
    ),
    TableSpec(
        "outpatients",
        (),
        (
            _required(_NHS_NUMBER),
            _required(_date("appointment_on")),
            _code("treatment_function"),
            _flag("first_attendance"),
            _flag("attended"),
            _AVAILABLE_ON,
        ),
        event_date="appointment_on",
    ),
    TableSpec(
        "community_contacts",
        (),
        (
            _required(_NHS_NUMBER),
            _required(_date("contact_on")),
            _code(
                "team",
                "district_nursing",
                "therapy",
                "community_matron",
                "rapid_response",
                "intermediate_care",
                "palliative",
                "falls",
                "other",
            ),
            _AVAILABLE_ON,
        ),
        event_date="contact_on",
    ),
    TableSpec(
        "mental_health_contacts",
        (),
        (_required(_NHS_NUMBER), _required(_date("contact_on")), _text("team"), _flag("inpatient"), _AVAILABLE_ON),
        event_date="contact_on",
    ),
    TableSpec(
        "social_care_events",
        ("event_id",),
        (
            _required(_identifier("event_id")),
            _required(_code("la_code")),
            _required(_identifier("la_person_id")),
            _NHS_NUMBER,
            _CLIENT_GROUP,
            _required(_code("event_type", "request", "assessment", "service", "review")),
            _required(_date("started_on")),
            _date("ended_on"),
            _code(
                "service_type",
                "reablement",
                "home_care",
                "direct_payment",
                "day_care",
                "residential",
                "nursing",
                "equipment",
                "telecare",
                "prison",
                "other",
            ),
            _number("hours_per_week"),
            _text("outcome"),
            _AVAILABLE_ON,
        ),
        event_date="started_on",
    ),
    TableSpec(
        "social_care_people",
        ("la_code", "la_person_id"),
        (
            _required(_code("la_code")),
            _required(_identifier("la_person_id")),
            _NHS_NUMBER,
            _FAMILY_NAME,
            _GIVEN_NAME,
            _DATE_OF_BIRTH,
            _SEX,
            _POSTCODE,
            _required(_CLIENT_GROUP),
        ),
    ),
    TableSpec(
        "demographics",
        ("nhs_number",),
        (
            _required(_NHS_NUMBER),
            _required(_FAMILY_NAME),
            _required(_GIVEN_NAME),
            _required(_DATE_OF_BIRTH),
            _required(_SEX),
            _POSTCODE,
            _name("address_line"),
            _name("phone"),
        ),
    ),
    TableSpec(
        "objections",
        (),
        (
            _required(_NHS_NUMBER),
            _required(_code("kind", "type_1", "national_opt_out", "risk_stratification", "sharing")),
            _required(_date("from_date")),
            _date("to_date"),
        ),
    ),
    TableSpec(
        "population",
        ("area", "age_band"),
        (
            _required(_text("area")),
            _required(_code("age_band", "0-17", "18-64", "65+")),
            _required(ColumnSpec("persons", Kind.WHOLE)),
            _required(_date("as_of")),
        ),
    ),
)

TABLES: dict[str, TableSpec] = {spec.name: spec for spec in _SPECS}
"""Every table of the contract by name, in the order the contract lists them."""

EVENT_TABLES: tuple[str, ...] = tuple(spec.name for spec in _SPECS if spec.event_date)
"""The tables whose rows are dated events about a person."""
