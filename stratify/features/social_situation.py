"""With whom and where a person lives, from dated codes of the general practice record.

The register's own statuses carry no date: at an earlier index date they would tell the future. Where two
statuses contradict each other the later record counts; on one day, the one that means more need.
"""

from stratify.features.definition import NAN, Aggregate, Feature, Kind, Measure, Relation
from stratify.features.recorded_codes import latest_record
from stratify.features.reference import RECORDED


def _last(*lists: str) -> str:
    """Days since the latest record of any of these lists."""
    numbers = ", ".join(str(RECORDED.index(name)) for name in lists)
    return f"min(last_ago) FILTER (WHERE list IN ({numbers}))"


_UNPARTNERED = ("widowed", "separated_or_divorced", "single")
_STATUSES = ("partnered", *_UNPARTNERED)


def _state(yes: str, no: str, need: str) -> str:
    """1 where the latest record says yes, 0 where it says no; on one day, `need` wins."""
    tie = "<=" if need == "yes" else "<"
    return f"CASE WHEN {yes} IS NULL AND {no} IS NULL THEN NULL WHEN {no} IS NULL OR {yes} {tie} {no} THEN 1 ELSE 0 END"


_IN = ", ".join(str(RECORDED.index(name)) for name in _STATUSES)
# A change: a status first recorded after another one was.
_SITUATION = Relation(
    "social_situation",
    ("gp_codes",),
    f"""SELECT pid,
        {_state(_last("lives_alone"), _last("lives_with_others"), "yes")} AS lives_alone,
        {_state(_last("partnered"), _last(*_UNPARTNERED), "no")} AS has_partner,
        {_state(_last("has_carer"), _last("no_carer"), "no")} AS has_carer,
        CASE WHEN count(*) FILTER (WHERE list IN ({_IN})) > 1
            AND min(first_ago) FILTER (WHERE list IN ({_IN})) < max(first_ago) FILTER (WHERE list IN ({_IN}))
            THEN min(first_ago) FILTER (WHERE list IN ({_IN})) END AS partnership_changed,
        min(first_ago) FILTER (
            WHERE list IN ({RECORDED.index("widowed")}, {RECORDED.index("separated_or_divorced")})
        ) AS partner_lost
    FROM chunk_recorded GROUP BY pid""",
    (),
    ("chunk_recorded",),
    once=True,
)


def _feature(name: str, group: str, column: str, kind: Kind, rationale: str, dated_by: str) -> Feature:
    unit = "days" if kind is Kind.LATEST else "yes/no"
    measure = Measure(Aggregate.AS_IS, None, column, empty=NAN)
    return Feature(name, group, "gp_codes", None, unit, rationale, kind, _SITUATION, measure, "", dated_by)


FEATURES = (
    _feature(
        "lives_alone", "living_alone", "lives_alone", Kind.STATE,
        "Nobody to notice or help: social isolation is named by Harrow's plan and is part of the eFI (Clegg 2016).",
        "lives_alone_latest",
    ),
    latest_record("lives_alone_latest", "living_alone", "lives_alone", "Dates the record that the person lives alone."),
    _feature(
        "has_partner", "partnership", "has_partner", Kind.STATE, "The status of the partner is named by Harrow's plan.",
        "partnership_changed_latest",
    ),
    _feature(
        "partnership_changed_latest", "partnership", "partnership_changed", Kind.LATEST,
        "A change of partnership status, of which Harrow's plan names the change itself.", "partnership_changed_latest",
    ),
    _feature(
        "partner_lost_latest", "partnership", "partner_lost", Kind.LATEST,
        "Bereavement and separation: admissions rise in the year after (Harrow plan).", "partner_lost_latest",
    ),
    latest_record("is_carer_latest", "carer", "is_carer", "Cares for somebody: strain, and nobody to take over when ill."),
    _feature(
        "has_carer", "carer", "has_carer", Kind.STATE, "Has, or has not, somebody who looks after them.", ""
    ),
    latest_record("care_home_latest", "care_home", "care_home", "Lives in a care home (West Essex plan)."),
    latest_record("homeless_latest", "homelessness", "homeless", "Homeless people are admitted far more often and younger."),
)  # fmt: skip
