"""How many different medicines a person takes, and how many are new."""

from stratify.features.definition import NAN, Aggregate, Feature, Kind, Measure, Relation
from stratify.features.stages import MEDICINE_LOOK_BACK

NEW_DAYS = 90

# New: first issued in the last 90 days and not in the nine months before them.
_MEDICINES = Relation(
    "polypharmacy",
    ("gp_prescriptions",),
    f"""SELECT pid, count(*) AS medicines_365d, min(last_ago) AS latest,
        count(*) FILTER (WHERE last_ago <= {NEW_DAYS}) AS medicines_90d,
        count(*) FILTER (WHERE first_ago <= {NEW_DAYS}) AS starts,
        min(first_ago) FILTER (WHERE first_ago <= {NEW_DAYS}) AS latest_start
    FROM chunk_medicines GROUP BY pid""",
    (),
    ("chunk_medicines",),
    once=True,
)


def _feature(name: str, column: str, window: int, rationale: str, dated_by: str) -> Feature:
    is_date = name == dated_by
    unit, kind = ("days", Kind.LATEST) if is_date else ("medicines", Kind.COUNT)
    measure = Measure(Aggregate.AS_IS, window, column, empty=NAN if is_date else 0.0)
    return Feature(
        name, "polypharmacy", "gp_prescriptions", window, unit, rationale, kind, _MEDICINES, measure, "", dated_by
    )  # fmt: skip


FEATURES = (
    _feature(
        "medicines_365d", "medicines_365d", MEDICINE_LOOK_BACK,
        "The number of different substances predicts admission (Payne 2014) and is a deficit of the eFI (Clegg 2016).",
        "medicines_latest",
    ),
    _feature(
        "medicines_90d", "medicines_90d", NEW_DAYS, "What the person takes now, short courses of last year left out.",
        "medicines_latest",
    ),
    _feature("medicines_latest", "latest", MEDICINE_LOOK_BACK, "Dates the prescriptions.", "medicines_latest"),
    _feature(
        "new_medicines_90d", "starts", NEW_DAYS,
        "Harm from a medicine is likeliest in its first weeks, and a new one means something changed.",
        "new_medicines_latest",
    ),
    _feature("new_medicines_latest", "latest_start", NEW_DAYS, "Dates the newest medicine.", "new_medicines_latest"),
)  # fmt: skip
