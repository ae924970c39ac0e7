"""Why people in a tier have their score, and why those whose score moved most have moved: the fitted model's part."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from stratify.artefact import FittedModel
from stratify.conditions import Columns
from stratify.contributions import Contributions
from stratify.feature_spill import FeatureSpill
from stratify.reading import Reading
from stratify.reasons.book import ReasonBook
from stratify.reasons.choice import choose_groups, sensitive_columns
from stratify.reasons.phrases import Texts, day_in_words
from stratify.reasons.wording import Reasons, joined, nothing_to_tell, put_in_words, text_of

BLOCK = 32_768
"""People explained at once: what their features and contributions take in memory."""

WHY_TYPE = pa.list_(
    pa.struct([pa.field("code", pa.string()), pa.field("text", pa.string()), pa.field("change", pa.float64())])
)
"""Why a score moved: what changed most in the direction of the move, in words."""

MOST_CHANGES = 3
SMALLEST_CHANGE = 0.2
"""How many changes are said of one person, and the least of them as a share of the largest."""

Places = npt.NDArray[np.int64]
Values = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]


class Explainer(Protocol):
    """Explains people by their places in the scored population (in rising order)."""

    def reasons(self, listed: Places) -> Reasons:
        """The largest reasons of everyone listed."""
        ...

    def why_moved(self, places: Places, since: date, rose: Bools) -> pa.Array:
        """For each person, of type WHY_TYPE, what changed most since then in the direction of the move."""
        ...


@dataclass(frozen=True)
class ModelExplainer:
    """Contributions of the fitted model's groups of features, in words."""

    model: FittedModel
    book: ReasonBook
    reading: Reading
    spill: FeatureSpill
    pids: npt.NDArray[np.int32]

    def reasons(self, listed: Places) -> Reasons:
        """The largest positive contributions of groups that may be shown."""
        parts = [self._reasons(values) for values in _blocks(self.spill, listed)]
        return joined(self.book, parts, list(dict.fromkeys(self.model.groups)))

    def why_moved(self, places: Places, since: date, rose: Bools) -> pa.Array:
        """Groups whose contribution changed most, said now and as on the earlier date, with this month's record."""
        if len(places) == 0:
            return pa.array([], WHY_TYPE)
        now = np.concatenate([values for _, values in self.spill.parts(places)])
        then = self.reading.features_at(since, self.pids[places]).values
        after = self._contributions(now)
        change = after.values - self._contributions(then).values
        directed = np.where(rose[:, None], change, -change)
        # What is small beside the largest change explains nothing.
        directed[directed < SMALLEST_CHANGE * directed.max(axis=1, keepdims=True)] = 0.0
        hidden = sensitive_columns(after.groups, self.book.sensitive)
        choice = choose_groups(directed, 0.0, hidden, MOST_CHANGES)
        rows, columns = np.nonzero(choice.group >= 0)
        groups = choice.group[rows, columns]
        texts: Texts = np.full(len(rows), "", dtype=object)
        for number in np.unique(groups):
            mine = np.nonzero(groups == number)[0]
            said = self._said(after.groups[number], now[rows[mine]], then[rows[mine]], since)
            texts[mine] = as_texts(
                now_and_then(*pair, up, since) for pair, up in zip(said, rose[rows[mine]], strict=True)
            )
        codes = [after.groups[number] for number in groups]
        return why_lists((choice.group >= 0).sum(axis=1), codes, texts, change[rows, groups])

    def _reasons(self, values: Values) -> Reasons:
        found = self._contributions(values)
        columns = self._columns(values)
        hidden = sensitive_columns(found.groups, self.book.sensitive)
        # The lack of something can raise a score truly, and still reads as the opposite of a reason.
        hidden = hidden | nothing_to_tell(self.book, found.groups, columns, len(values))
        choice = choose_groups(found.values, found.baseline, hidden, self.book.shown)
        return put_in_words(self.book, found.groups, choice, columns, self.reading.index_date)

    def _contributions(self, values: Values) -> Contributions:
        own = len(self.model.names)
        mine = values if own == values.shape[1] else np.ascontiguousarray(values[:, :own])
        return self.model.contributions(mine, threads=self.reading.threads)

    def _columns(self, values: Values) -> Columns:
        wanted = self.book.names()
        return {name: values[:, number] for number, name in enumerate(self.reading.names) if name in wanted}

    def _said(self, code: str, now: Values, then: Values, since: date) -> list[tuple[str, str]]:
        """The group's sentence now and as it was, for each row."""
        words = self.book.groups[code]
        today = text_of(words, self._columns(now), len(now), self.reading.index_date)
        before = text_of(words, self._columns(then), len(now), since)
        return list(zip(today.tolist(), before.tolist(), strict=True))


def now_and_then(now: str, then: str, rose: bool, since: date) -> str:
    """A sentence as it reads now beside how it read on an earlier date.

    It may read the same and yet count for more or less, because of how long ago something was or of what is beside it.
    """
    on = day_in_words(since)
    if now == then:
        return f"{now} (counts for {'more' if rose else 'less'} than on {on})"
    return f"{now}; on {on}: {then}"


def as_texts(texts: Iterator[str]) -> Texts:
    """Texts as an array of objects, also where there are none."""
    listed = list(texts)
    array: Texts = np.empty(len(listed), dtype=object)
    array[:] = listed
    return array


def why_lists(
    counts: npt.NDArray[np.integer], codes: list[str], texts: Texts, change: npt.NDArray[np.float64]
) -> pa.Array:
    """Entries end to end as one list per person, of type WHY_TYPE."""
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    entries = [pa.array(codes, pa.string()), pa.array(texts, pa.string()), pa.array(change)]
    structs = pa.StructArray.from_arrays(entries, fields=list(WHY_TYPE.value_type))
    return pa.ListArray.from_arrays(pa.array(starts), structs)


def _blocks(spill: FeatureSpill, places: Places) -> Iterator[Values]:
    for _mine, values in spill.parts(places):
        for begin in range(0, len(values), BLOCK):
            yield values[begin : begin + BLOCK]
