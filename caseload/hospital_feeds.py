"""The hospitals that send us messages, as configured in config/hospital_feeds.toml, read once and checked whole."""

from functools import cache
from pathlib import Path

from caseload.exceptions import SettingsRefused
from caseload.rule_files import rules_in_file
from caseload.settings import config_folder
from interfaces.hl7v2.feed_rules import FeedFile, FeedRules


@cache
def read_hospital_feeds(file: str = "") -> tuple[FeedRules, ...]:
    """The feeds of this installation, from the file that the settings name, else from config/hospital_feeds.toml.

    SettingsRefused names everything that is wrong with it.
    """
    return hospital_feeds_in(Path(file) if file else config_folder() / "hospital_feeds.toml")


def hospital_feeds_in(path: Path) -> tuple[FeedRules, ...]:
    """The feeds a file holds; SettingsRefused where it cannot be read or is not whole."""
    return rules_in_file(path, FeedFile, f"hospitals' feeds in {path}").rules()


def feeds_to_take(name: str, file: str = "") -> tuple[FeedRules, ...]:
    """Every feed there is, where there is one; with a name, after making sure that it is one of them.

    SettingsRefused where there is none, or none of that name.
    """
    feeds, where = read_hospital_feeds(file), file or "config/hospital_feeds.toml"
    if not feeds:
        raise SettingsRefused(f"a feed in {where}", "none", "Say there who sends, and how its messages are read.")
    if name and name not in {feed.name for feed in feeds}:
        known = ", ".join(feed.name for feed in feeds)
        raise SettingsRefused(f"the name of a feed in {where}", "another", f"Choose one of: {known}.")
    return feeds
