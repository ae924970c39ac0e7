"""Rows of coded general practice records: one per person and code list, which the features on conditions share."""

from stratify.features.definition import NAN, Aggregate, Feature, Kind, Measure, Relation
from stratify.features.reference import RECORDED

RECORDED_CODES = Relation(
    "recorded_codes",
    ("gp_codes",),
    "SELECT pid, list AS label, first_ago, last_ago, records_365d FROM chunk_recorded",
    RECORDED,
    ("chunk_recorded",),
    once=True,
)


def latest_record(name: str, group: str, code_list: str, rationale: str) -> Feature:
    """Days from the latest record of a code list to the index date."""
    measure = Measure(Aggregate.AS_IS, None, "last_ago", empty=NAN)
    return Feature(
        name, group, "gp_codes", None, "days", rationale, Kind.LATEST, RECORDED_CODES, measure, code_list, name
    )  # fmt: skip
