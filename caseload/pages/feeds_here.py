"""The feeds whose rules the pages of hospital messages go by."""

from caseload.hospital_feeds import read_hospital_feeds
from caseload.web import this_app
from interfaces.hl7v2.feed_rules import FeedRules


def feeds_here() -> tuple[FeedRules, ...]:
    """The feeds of this installation."""
    return read_hospital_feeds(this_app().settings.hospital_feeds_file)


def rules_of(feed: str) -> FeedRules | None:
    """The rules of one feed; None for a sender that no feed has, or a feed that is configured no longer."""
    return next((one for one in feeds_here() if one.name == feed), None)
