"""Why people have their points of a published index: the conditions counted, and which of them are new."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from stratify.days import from_day_number
from stratify.explanations import MOST_CHANGES, WHY_TYPE, Bools, Places, as_texts, why_lists
from stratify.indices import Components, Index, index_components
from stratify.indices.index import component_names
from stratify.reading import Reading
from stratify.reasons.book import IndexWords
from stratify.reasons.phrases import day_in_words
from stratify.reasons.wording import Reasons

# Of a milder and a more severe form of one disease the severe counts (Charlson 1987), so the milder is no reason.
_SUPERSEDED = {
    "diabetes_without_complication": "diabetes_with_complication",
    "mild_liver_disease": "moderate_or_severe_liver_disease",
    "any_malignancy": "metastatic_solid_tumour",
}


@dataclass(frozen=True)
class _Counted:
    """One condition counted for one person."""

    code: str
    points: float
    first: int
    last: int


@dataclass(frozen=True)
class IndexExplainer:
    """The conditions an index counted, in words; `raw` is the index of everyone scored."""

    index: Index
    words: IndexWords
    shown: int
    reading: Reading
    pids: npt.NDArray[np.int32]
    raw: npt.NDArray[np.float64]

    def reasons(self, listed: Places) -> Reasons:
        """The conditions worth most points that may be named; the rest is in `other`, the baseline is 0."""
        counted = self._counted(self.reading.index_date, listed)
        chosen = [self._shown(counted[pid])[: self.shown] for pid in self.pids[listed].tolist()]
        codes = tuple(sorted({condition.code for conditions in chosen for condition in conditions}))
        number = {code: place for place, code in enumerate(codes)}
        names = self._names()
        flat = [condition for conditions in chosen for condition in conditions]
        points = np.array([condition.points for condition in flat], dtype=np.float64)
        person = np.repeat(np.arange(len(listed)), [len(conditions) for conditions in chosen])
        return Reasons(
            codes=codes,
            names=tuple(_name(names, code) for code in codes),
            starts=np.cumsum([0, *(len(conditions) for conditions in chosen)]).astype(np.int32),
            group=np.array([number[condition.code] for condition in flat], dtype=np.int16),
            text=as_texts(self._said(condition, names) for condition in flat),
            source=as_texts(self.words.source for _ in flat),
            contribution=points,
            first=np.array([condition.first for condition in flat], dtype=np.int32),
            last=np.array([condition.last for condition in flat], dtype=np.int32),
            other=self.raw[listed] - np.bincount(person, points, minlength=len(listed)),
            baseline=np.zeros(len(listed)),
        )

    def why_moved(self, places: Places, since: date, rose: Bools) -> pa.Array:
        """Conditions counted now and not then, or then and not now."""
        if len(places) == 0:
            return pa.array([], WHY_TYPE)
        now, then = self._counted(self.reading.index_date, places), self._counted(since, places)
        names = self._names()
        changes = [
            self._changes(now[pid], then[pid], up)[:MOST_CHANGES]
            for pid, up in zip(self.pids[places].tolist(), rose.tolist(), strict=True)
        ]
        flat = [(condition, up) for change, up in zip(changes, rose.tolist(), strict=True) for condition in change]
        texts = as_texts(f"{_name(names, c.code)} {'newly counted' if up else 'no longer counted'}" for c, up in flat)
        points = np.array([condition.points if up else -condition.points for condition, up in flat], dtype=np.float64)
        counts = np.array([len(change) for change in changes])
        return why_lists(counts, [condition.code for condition, _ in flat], texts, points)

    def _names(self) -> dict[str, str]:
        return component_names(self.index, self.reading.config) | dict(self.words.words)

    def _counted(self, day: date, places: Places) -> dict[int, list[_Counted]]:
        pids = self.pids[places]
        found = index_components(
            self.reading.zone, day, str(self.index.kind), self.reading.connection, pids, self.reading.config
        )
        counted: dict[int, list[_Counted]] = {pid: [] for pid in pids.tolist()}
        for pid, *condition in _rows(found):
            counted[pid].append(_Counted(*condition))
        return {pid: _without_superseded(conditions) for pid, conditions in counted.items()}

    def _shown(self, conditions: list[_Counted]) -> list[_Counted]:
        return [condition for condition in conditions if condition.code not in self.words.hidden]

    def _changes(self, now: list[_Counted], then: list[_Counted], up: bool) -> list[_Counted]:
        more, fewer = (now, then) if up else (then, now)
        known = {condition.code for condition in fewer}
        return [condition for condition in self._shown(more) if condition.code not in known]

    def _said(self, condition: _Counted, names: dict[str, str]) -> str:
        worth = f" ({condition.points:g} {'point' if condition.points == 1 else 'points'})"
        name = _name(names, condition.code) + (worth if self.index.unit == "points" else "")
        return f"{name}, latest record {day_in_words(from_day_number(condition.last))}"


def _name(names: dict[str, str], code: str) -> str:
    words = names[code]
    return words[:1].upper() + words[1:]


def _rows(found: Components) -> Any:
    columns = (found.pids, found.codes, found.points, found.first_days, found.last_days)
    return zip(*(column.tolist() for column in columns), strict=True)


def _without_superseded(conditions: list[_Counted]) -> list[_Counted]:
    codes = {condition.code for condition in conditions}
    return [condition for condition in conditions if _SUPERSEDED.get(condition.code) not in codes]
