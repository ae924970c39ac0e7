"""What a list is filtered and ordered by, as its address says it.

An address is read back into values of closed sets: what is not one of them is passed over, so that a page can be
bookmarked, shared and kept as a view, and nothing typed ever reaches a question to the database. The same choice is
always written the same way.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode


@dataclass(frozen=True, slots=True)
class Filter:
    """One thing a list can be filtered by: its name in the address, its label, and its values with their words.

    `single` takes one value; `usual` is the value that holds where the address says nothing, and is never written.
    `narrows` is false for what orders a list and leaves nobody out.
    """

    name: str
    label: str
    words: Mapping[str, str]
    single: bool = False
    usual: str | None = None
    narrows: bool = True


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is chosen of some filters: values by the filter's name, in the order of its words."""

    filters: tuple[Filter, ...]
    values: Mapping[str, tuple[str, ...]]

    def __hash__(self) -> int:
        return hash(self.query)

    def of(self, name: str) -> tuple[str, ...]:
        """The values chosen of one filter; empty where nothing is, and where the list does not have it."""
        return self.values.get(name, ())

    def one(self, name: str) -> str | None:
        """The value of a filter that takes one, or its usual value."""
        if self.values.get(name):
            return self.values[name][0]
        return next((one.usual for one in self.filters if one.name == name), None)

    def words_of(self, name: str) -> str:
        """The words of what is chosen of a filter that takes one; empty where nothing is."""
        filter_ = next(one for one in self.filters if one.name == name)
        return filter_.words.get(self.one(name) or "", "")

    @property
    def narrowed(self) -> bool:
        """Whether the list leaves anybody out that it usually shows."""
        return any(one.narrows and self.of(one.name) for one in self.filters)

    @property
    def query(self) -> str:
        """The choice as it stands in an address, without the question mark."""
        return urlencode([(one.name, value) for one in self.filters for value in self.of(one.name)])

    def without(self, name: str, value: str) -> "Chosen":
        """The same choice with one value taken out."""
        kept = tuple(other for other in self.of(name) if other != value)
        return replace(self, values={**self.values, name: kept})

    def only_order(self) -> "Chosen":
        """The order alone: everything that leaves somebody out is taken away."""
        kept = {one.name: self.of(one.name) for one in self.filters if not one.narrows}
        return replace(self, values=kept)

    def bare(self) -> "Chosen":
        """The same choice without words: what a question is put together from, whoever's practices the words name."""
        return replace(self, filters=tuple(replace(one, words={}) for one in self.filters))

    def chips(self) -> list[tuple[str, str]]:
        """Everything the list is filtered by, in words, each with the address that has it no more."""
        return [
            (f"{one.label}: {one.words[value]}", self.without(one.name, value).query)
            for one in self.filters
            if one.narrows
            for value in self.of(one.name)
        ]


def read_chosen(filters: tuple[Filter, ...], items: Iterable[tuple[str, str]]) -> Chosen:
    """What an address chooses: the known values of the known filters, each once, in a fixed order."""
    given = list(items)
    values = {}
    for one in filters:
        asked = {value for name, value in given if name == one.name and value != one.usual}
        known = tuple(value for value in one.words if value in asked)
        values[one.name] = known[:1] if one.single else known
    return Chosen(filters, values)


def read_query(filters: tuple[Filter, ...], query: str) -> Chosen:
    """The same from an address as it was kept."""
    return read_chosen(filters, parse_qsl(query))
