"""What is expected of each feed: how late it comes, when its silence is an alarm, how many bad rows it may hold."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from interfaces.exceptions import PackError
from interfaces.extracts.contract import TABLES
from interfaces.extracts.manifest import Manifest

_TODO = "Correct feeds.toml."


@dataclass(frozen=True)
class FeedRule:
    """One feed's settings.

    `lag_days` stands in for an empty `available_on`; a feed without events in the last `gap_months`
    before the pack was made has stopped; above `max_reject_share` of its rows set aside it is refused, and so is
    an event feed with less than `min_linked_share` of its numbered rows about people on the register.
    """

    lag_days: int = 0
    gap_months: int = 2
    max_reject_share: float = 0.02
    min_linked_share: float = 0.5


@dataclass(frozen=True)
class PackFacts:
    """What the per-row rules need to know of a pack and of the configuration."""

    extracted_on: date
    synthetic: bool
    death_grace_days: int = 31


@dataclass(frozen=True)
class LawfulRules:
    """What the manifest must say of a table about real people, and how long before its end to warn."""

    required: tuple[str, ...] = ("controller", "purpose", "lawful_basis", "lawful_basis_expires")
    warn_days: int = 60


@dataclass(frozen=True)
class PackRules:
    """Every rule of a check that a place may set for itself."""

    feeds: Mapping[str, FeedRule] = field(default_factory=dict)
    default: FeedRule = FeedRule()
    lawful: LawfulRules = LawfulRules()
    death_grace_days: int = 31
    low_month_share: float = 0.25
    allowed_gaps: frozenset[str] = frozenset()

    def feed(self, table: str) -> FeedRule:
        """The settings of a table's feed."""
        return self.feeds.get(table, self.default)

    def allowing(self, tables: Iterable[str]) -> "PackRules":
        """The same rules, with the feeds that may stop early or be of others; PackError where one is no table of the contract."""
        allowed = frozenset(tables)
        if allowed - set(TABLES):
            raise PackError("the name of a feed, such as admissions", "another", f"Use one of {', '.join(TABLES)}.")
        return replace(self, allowed_gaps=self.allowed_gaps | allowed)

    def facts(self, manifest: Manifest) -> PackFacts:
        """What the per-row rules need, of this pack."""
        return PackFacts(manifest.extracted_on, manifest.synthetic, self.death_grace_days)


def read_rules(path: Path) -> PackRules:
    """The rules in a feeds.toml; PackError where it is missing, malformed or names something unknown."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PackError(f"a configuration file {path.name}", "none in that folder", "Copy the installed one.") from None
    except tomllib.TOMLDecodeError as error:
        raise PackError(f"{path.name} to be valid TOML", str(error), _TODO) from None
    try:
        return _rules(content)
    except TypeError:
        raise PackError("only settings that are known in feeds.toml", "another one", _TODO) from None


def _rules(content: dict[str, Any]) -> PackRules:
    default = FeedRule(**content.get("default", {}))
    feeds = {table: replace(default, **told) for table, told in content.get("feeds", {}).items()}
    for table in sorted(set(feeds) - set(TABLES)):
        raise PackError("feeds.toml to name tables of the contract", table, _TODO)
    lawful = dict(content.get("lawful_basis", {}))
    lawful["required"] = tuple(lawful.get("required", LawfulRules.required))
    rows = content.get("rows", {})
    rules = PackRules(feeds, default, LawfulRules(**lawful), **rows)
    _check_ranges([default, *feeds.values()])
    return rules


def _check_ranges(feeds: list[FeedRule]) -> None:
    for feed in feeds:
        shares = (feed.max_reject_share, feed.min_linked_share)
        if feed.lag_days < 0 or feed.gap_months < 1 or not all(0 <= share <= 1 for share in shares):
            raise PackError(
                "lag_days of at least 0, gap_months of at least 1, max_reject_share and min_linked_share from 0 to 1",
                "another value",
                _TODO,
            )
