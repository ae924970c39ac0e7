"""Hearing feeds: writing down when each was last heard, and telling of the ones that fell silent."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from caseload.actions.feeds_heard import hear_feeds, tell_of_silence
from caseload.domain.feed_silence import AllowedSilence
from caseload.store import Store
from interfaces.hl7v2.feed_rules import FeedRules


def allowed_silences(feeds: Iterable[FeedRules]) -> dict[str, AllowedSilence]:
    """How long each may be silent; feeds whose silence is no alarm are left out."""
    return {
        feed.name: AllowedSilence(feed.silence, feed.quiet_from, feed.quiet_until, feed.zone)
        for feed in feeds
        if feed.silence is not None
    }


def watch_feeds(
    store: Store,
    allowed: Mapping[str, AllowedSilence],
    heard: Mapping[str, datetime],
    *,
    since: datetime,
    now: datetime,
) -> list[str]:
    """Write down what was heard and tell of every new silence, in one transaction; answers the feeds that were told of."""
    if not heard and not allowed:
        return []
    with store.writing() as session:
        hear_feeds(session, now=now, heard=heard)
        return tell_of_silence(session, now=now, since=since, allowed=allowed)
