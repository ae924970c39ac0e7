"""Features that come in rows: the same count over several windows, with the day of the latest event."""

from dataclasses import dataclass

from stratify.features.definition import DAYS_PER_YEAR, NAN, Aggregate, Feature, Kind, Measure, Relation


@dataclass(frozen=True)
class Family:
    """What the features about one kind of event share; `where` narrows the relation's rows to that kind."""

    name: str
    group: str
    source: str
    relation: Relation
    label: str = ""
    where: str = ""
    horizon: int | None = 1095

    @property
    def latest_name(self) -> str:
        return f"{self.name}_latest"

    def counts(self, windows: tuple[int, ...], unit: str, rationale: str) -> tuple[Feature, ...]:
        """How many events in each window, in the order of the windows."""
        return tuple(self._count(window, unit, rationale) for window in windows)

    def latest(self, rationale: str) -> Feature:
        """Days from the latest event to the index date; not recorded where there is none."""
        measure = Measure(Aggregate.LATEST, self.horizon, where=self.where, empty=NAN)
        return self._feature(self.latest_name, self.horizon, "days", rationale, Kind.LATEST, measure)

    def sums(self, name: str, column: str, windows: tuple[int, ...], unit: str, rationale: str) -> tuple[Feature, ...]:
        """The sum of a column over each window, for example bed days."""
        return tuple(
            self._feature(
                f"{name}_{window}d", window, unit, rationale, Kind.DAYS,
                Measure(Aggregate.SUM, window, column, self.where),
            )
            for window in windows
        )  # fmt: skip

    def _count(self, window: int, unit: str, rationale: str) -> Feature:
        measure = Measure(Aggregate.COUNT, window, where=self.where)
        return self._feature(f"{self.name}_{window}d", window, unit, rationale, Kind.COUNT, measure)

    def _feature(
        self, name: str, window: int | None, unit: str, rationale: str, kind: Kind, measure: Measure
    ) -> Feature:
        return Feature(
            name, self.group, self.source, window, unit, rationale, kind, self.relation, measure, self.label,
            self.latest_name,
        )  # fmt: skip


def years_since_first(name: str, group: str, source: str, relation: Relation, rationale: str) -> Feature:
    """Years from the first record ever to the index date, for a relation with a `first_ago` column and that label."""
    measure = Measure(Aggregate.AS_IS, None, "first_ago", scale=1 / DAYS_PER_YEAR, empty=NAN)
    own = f"{name}_years"
    return Feature(own, group, source, None, "years", rationale, Kind.FIRST, relation, measure, name, own)
