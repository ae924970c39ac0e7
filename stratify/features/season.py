"""The time of year a score is made: the same history means something else before winter."""

from stratify.features.definition import Aggregate, Feature, Kind, Measure, Relation

SEASON = Relation(
    "season",
    (),
    "SELECT pid, {month_sin} AS month_sin, {month_cos} AS month_cos FROM chunk_population",
    once=True,
)


def _season(name: str) -> Feature:
    return Feature(
        f"index_{name}", "season", "index date", None, "-1 to 1",
        "Recent counts are higher after winter; the month of the index date tells a model so (sine and cosine of it).",
        Kind.SEASON, SEASON, Measure(Aggregate.AS_IS, None, name),
    )  # fmt: skip


FEATURES = (_season("month_sin"), _season("month_cos"))
