"""What reasons.toml says: the words for each group of features, in order of preference, and what is never shown."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stratify.conditions import Rule, parse_rule
from stratify.exceptions import ConfigRefused
from stratify.reasons.phrases import Phrase, Slot, parse_phrase
from stratify.settings import read_toml

_FILE = "reasons.toml"


@dataclass(frozen=True)
class Variant:
    """One way to say a group: the sentence, when it may be used beside being true, its source and dates of evidence."""

    phrase: Phrase
    when: Rule | None
    source: str
    first: Slot | None
    last: Slot | None

    @property
    def tells_of_nothing(self) -> bool:
        """True where the sentence says that something is not there: right, but no reason a clinician would act on."""
        first = self.phrase.parts[0] if self.phrase.parts else ""
        return isinstance(first, str) and first.startswith(("No ", "Not "))

    def names(self) -> frozenset[str]:
        """Every feature the variant reads."""
        slots = (*self.phrase.slots, *filter(None, (self.first, self.last)))
        return frozenset(slot.feature for slot in slots) | (self.when.names() if self.when else set())


@dataclass(frozen=True)
class GroupWords:
    """A group of features in words. The last variant reads true for anybody: it has no condition and no value."""

    code: str
    name: str
    variants: tuple[Variant, ...]

    def names(self) -> frozenset[str]:
        """Every feature the words read."""
        return frozenset().union(*(variant.names() for variant in self.variants))


@dataclass(frozen=True)
class IndexWords:
    """What a published index is said to rest on, conditions it counts that are never named, and better names for some."""

    source: str
    hidden: frozenset[str]
    words: Mapping[str, str]


@dataclass(frozen=True)
class ReasonBook:
    """Everything reasons.toml says: how many reasons are shown, the groups, and the codes never shown."""

    shown: int
    groups: Mapping[str, GroupWords]
    sensitive: frozenset[str]
    indices: Mapping[str, IndexWords]

    def names(self) -> frozenset[str]:
        """Every feature the words read."""
        return frozenset().union(*(group.names() for group in self.groups.values()))


def read_reasons(config: Path, in_years: Collection[str] = (), sensitive: Collection[str] = ()) -> ReasonBook:
    """The words of a configuration folder; ConfigRefused says what is missing or cannot be read.

    `in_years` names the features that count years back from the index date; the others count days. `sensitive`
    groups are never shown, beside those the file names.
    """
    content = read_toml(config / _FILE)
    shown = content.get("shown")
    if not isinstance(shown, int) or shown < 1:
        raise _refuse("shown to be a whole number of at least 1", repr(shown))
    groups = {code: _group(code, entry, in_years) for code, entry in content.get("group", {}).items()}
    hidden = frozenset(content.get("sensitive", ())) | frozenset(sensitive)
    indices = {kind: _index(kind, entry) for kind, entry in content.get("index", {}).items()}
    return ReasonBook(shown, groups, hidden, indices)


def check_words(book: ReasonBook, groups: Collection[str], features: Collection[str]) -> None:
    """Raises ConfigRefused unless every group has words or is never shown, and the words name known features."""
    if wordless := sorted(set(groups) - set(book.groups) - book.sensitive):
        raise _refuse("words for every group of features", f"none for {', '.join(wordless)}")
    if unknown := sorted(book.names() - set(features)):
        raise _refuse("words on features of the catalogue", f"{', '.join(unknown)}, which it does not hold")
    if strange := sorted((set(book.groups) | book.sensitive) - set(groups)):
        raise _refuse("words for groups of the catalogue", f"{', '.join(strange)}, which it does not hold")


def _index(kind: str, entry: Mapping[str, Any]) -> IndexWords:
    if "source" not in entry or not isinstance(entry.get("hidden"), list):
        raise _refuse(f"[index.{kind}] to have a source and a list of hidden conditions", "something else")
    return IndexWords(str(entry["source"]), frozenset(entry["hidden"]), dict(entry.get("words", {})))


def _group(code: str, entry: Mapping[str, Any], in_years: Collection[str]) -> GroupWords:
    try:
        name, source = str(entry["name"]), str(entry["source"])
    except KeyError as missing:
        raise _refuse(f"[group.{code}] to have a name and a source", f"no {missing}") from None
    shared = {"source": source, "first": entry.get("first"), "last": entry.get("last")}
    variants = tuple(_variant(code, {**shared, **variant}, in_years) for variant in entry.get("variant", ()))
    if not variants or variants[-1].when is not None or variants[-1].phrase.slots:
        raise _refuse(f"the last variant of [group.{code}] to read true for anybody", "a condition or a value in it")
    return GroupWords(code, name, variants)


def _variant(code: str, entry: Mapping[str, Any], in_years: Collection[str]) -> Variant:
    text = entry.get("text")
    if not isinstance(text, str) or not text.strip():
        raise _refuse(f"every variant of [group.{code}] to have a text", "one without")
    when = entry.get("when")
    rule = parse_rule({"all": when}, f"[group.{code}] when") if when else None
    first, last = (_evidence_date(entry.get(key), in_years) for key in ("first", "last"))
    return Variant(parse_phrase(text, in_years), rule, str(entry["source"]), first, last)


def _evidence_date(feature: object, in_years: Collection[str]) -> Slot | None:
    return parse_phrase(f"{{date:{feature}}}", in_years).slots[0] if feature else None


def _refuse(expected: str, found: str) -> ConfigRefused:
    return ConfigRefused(expected, found, f"Correct {_FILE} and run again.")
