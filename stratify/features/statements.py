"""From features to SQL: one `SELECT … GROUP BY` for each relation, with labels in rows and not in columns.

docs/adr/0002-feature-engine.md compares this with one wide pivot per table and with a pivot split by look-back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stratify.features.definition import Aggregate, Feature, Measure, Relation
from stratify.features.moment import Moment
from stratify.features.stages import STAGES, Stage


@dataclass(frozen=True)
class Statement:
    """One `SELECT`: its relation, how far it looks back, and which feature each measure and label fills.

    `cells[i]` belongs to `measures[i]`: label number (0 where there are no labels) -> column of the matrix.
    """

    relation: Relation
    horizon: int | None
    measures: tuple[Measure, ...]
    cells: tuple[dict[int, int], ...]

    def sql(self, moment: Moment) -> str:
        """The statement at a moment: pid, label (where the relation has labels), m0, m1, …"""
        keys = "pid, label" if self.relation.labels else "pid"
        columns = ", ".join(f"{self._value(measure)} AS m{i}" for i, measure in enumerate(self.measures))
        where = f" WHERE ago <= {self.horizon}" if self.horizon is not None and not self.relation.once else ""
        grouped = "" if self.relation.once else f" GROUP BY {keys}"
        return f"SELECT {keys}, {columns} FROM ({moment.fill(self.relation.sql)}) AS given{where}{grouped}"

    def _value(self, measure: Measure) -> str:
        if measure.aggregate is Aggregate.AS_IS:
            return measure.column
        within = measure.within if measure.within != self.horizon else None
        conditions = [f"ago <= {within}"] if within is not None else []
        conditions += [f"({measure.where})"] if measure.where else []
        only = f" FILTER (WHERE {' AND '.join(conditions)})" if conditions else ""
        return _CALLS[measure.aggregate].format(column=measure.column) + only


_CALLS = {
    Aggregate.COUNT: "count(*)",
    Aggregate.SUM: "sum({column})",
    Aggregate.LATEST: "min(ago)",
    Aggregate.EARLIEST: "max(ago)",
    Aggregate.LARGEST: "max({column})",
}


def plan(features: Sequence[Feature]) -> tuple[Statement, ...]:
    """The statements that fill a matrix whose columns are these features: one for each relation, in a stable order."""
    cells: dict[str, dict[Measure, dict[int, int]]] = {}
    relations = {feature.relation.name: feature.relation for feature in features}
    for column, feature in enumerate(features):
        labels = feature.relation.labels
        label = labels.index(feature.label) if labels else 0
        cells.setdefault(feature.relation.name, {}).setdefault(feature.measure, {})[label] = column
    return tuple(
        Statement(relations[name], _horizon(measures), tuple(measures), tuple(measures.values()))
        for name, measures in cells.items()
    )


def _horizon(measures: Iterable[Measure]) -> int | None:
    """How far back the measures look together: rows beyond it are not aggregated at all."""
    windows = [measure.within for measure in measures]
    return max((window for window in windows if window is not None), default=None) if None not in windows else None


def stages_for(names: Iterable[str]) -> tuple[Stage, ...]:
    """The stages of these names and those they read, in an order in which they can be made."""
    known = {stage.name: stage for stage in STAGES}
    wanted: set[str] = set()
    todo = list(names)
    while todo:
        name = todo.pop()
        if name not in wanted:
            wanted.add(name)
            todo.extend(known[name].stages)
    return tuple(stage for stage in STAGES if stage.name in wanted)
