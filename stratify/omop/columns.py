"""The OMOP tables and columns the import reads.

Source: OMOP Common Data Model 5.3 and 5.4, table specifications. Everything else of the model (notes,
specimens, eras, costs, procedures, devices) is not read.
"""

from dataclasses import dataclass
from enum import StrEnum


class OmopType(StrEnum):
    """The type a column is read as; the value is the SQL type."""

    ID = "BIGINT"
    WHOLE = "INTEGER"
    NUMBER = "DOUBLE"
    DATE = "DATE"
    TEXT = "VARCHAR"


@dataclass(frozen=True)
class OmopColumn:
    """One column; `older` is its name in an earlier version of the model."""

    name: str
    type: OmopType
    required: bool = False
    older: str | None = None


@dataclass(frozen=True)
class OmopTable:
    """One table. A required one must be in the source; any other may be missing and is then empty."""

    name: str
    columns: tuple[OmopColumn, ...]
    required: bool = False

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


def _id(name: str, *, required: bool = True, older: str | None = None) -> OmopColumn:
    return OmopColumn(name, OmopType.ID, required, older)


def _may(name: str, kind: OmopType = OmopType.ID) -> OmopColumn:
    return OmopColumn(name, kind)


def _must(name: str, kind: OmopType) -> OmopColumn:
    return OmopColumn(name, kind, required=True)


def _event(name: str, *more: OmopColumn) -> OmopTable:
    """A table of what happened to a person: its own id, the person, the concept and the day."""
    stem = name.split("_")[0]
    dated = {"measurement": "measurement_date", "observation": "observation_date"}.get(name, f"{name}_start_date")
    dated = "condition_start_date" if stem == "condition" else dated
    columns = (_id(f"{name}_id"), _id("person_id"), _id(f"{stem}_concept_id"), _must(dated, OmopType.DATE))
    return OmopTable(name, columns + more)


_MEASURED = (
    _may("value_as_number", OmopType.NUMBER),
    _may("unit_concept_id"),
    _may("unit_source_value", OmopType.TEXT),
)

OMOP_TABLES: tuple[OmopTable, ...] = (
    OmopTable(
        "person",
        (
            _id("person_id"),
            _id("gender_concept_id"),
            _must("year_of_birth", OmopType.WHOLE),
            _may("month_of_birth", OmopType.WHOLE),
            _may("day_of_birth", OmopType.WHOLE),
            _may("race_concept_id"),
            _may("provider_id"),
            _may("care_site_id"),
            _may("person_source_value", OmopType.TEXT),
        ),
        required=True,
    ),
    OmopTable(
        "visit_occurrence",
        (
            _id("visit_occurrence_id"),
            _id("person_id"),
            _id("visit_concept_id"),
            _must("visit_start_date", OmopType.DATE),
            _may("visit_end_date", OmopType.DATE),
            _may("care_site_id"),
            _id("admitted_from_concept_id", required=False, older="admitting_source_concept_id"),
            _may("preceding_visit_occurrence_id"),
        ),
        required=True,
    ),
    OmopTable(
        "concept",
        (
            _id("concept_id"),
            _may("concept_name", OmopType.TEXT),
            _must("vocabulary_id", OmopType.TEXT),
            _may("concept_class_id", OmopType.TEXT),
            _must("concept_code", OmopType.TEXT),
        ),
        required=True,
    ),
    OmopTable("death", (_id("person_id"), _must("death_date", OmopType.DATE))),
    OmopTable(
        "observation_period",
        (
            _id("person_id"),
            _must("observation_period_start_date", OmopType.DATE),
            _must("observation_period_end_date", OmopType.DATE),
        ),
    ),
    _event(
        "condition_occurrence",
        _may("visit_occurrence_id"),
        _may("condition_status_concept_id"),
        _may("condition_source_concept_id"),
    ),
    _event("measurement", *_MEASURED),
    _event("observation", *_MEASURED),
    _event("drug_exposure"),
    OmopTable(
        "concept_relationship", (_id("concept_id_1"), _id("concept_id_2"), _must("relationship_id", OmopType.TEXT))
    ),
    OmopTable("concept_ancestor", (_id("ancestor_concept_id"), _id("descendant_concept_id"))),
    OmopTable("drug_strength", (_id("drug_concept_id"), _id("ingredient_concept_id"))),
    OmopTable(
        "care_site",
        (_id("care_site_id"), _may("care_site_name", OmopType.TEXT), _may("care_site_source_value", OmopType.TEXT)),
    ),
    OmopTable("provider", (_id("provider_id"), _may("care_site_id"))),
    OmopTable("cdm_source", (_may("cdm_source_name", OmopType.TEXT), _may("cdm_version", OmopType.TEXT))),
)
