"""Remembering when each hospital's feed was last heard, and telling of its silence once."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.actions.data_quality import tell_data_quality
from caseload.domain.feed_silence import AllowedSilence
from caseload.domain.words import NoticeKind
from caseload.tables import FeedHeard


def hear_feeds(session: Session, *, now: datetime, heard: Mapping[str, datetime]) -> None:
    """These feeds were heard at these moments. One whose silence was told is told of again when it falls silent again."""
    rows = _rows(session)
    for feed, at in sorted(heard.items()):
        row = rows.get(feed)
        if row is None:
            session.add(FeedHeard(feed=feed, last_at=at))
        elif row.last_at is None or row.last_at < at:
            row.last_at = at
            if row.silence_told_at is not None:
                row.silence_told_at = None
                record(session, "feed.heard_again", by=None, now=now, feed=feed)
    session.flush()


def tell_of_silence(
    session: Session, *, now: datetime, since: datetime, allowed: Mapping[str, AllowedSilence]
) -> list[str]:
    """Tell the data quality officers of every feed that was silent for longer than it is allowed; answers which.

    A feed never heard is silent since `since`, when somebody began to listen. Each silence is told once.
    """
    rows = _rows(session)
    silent = [
        feed
        for feed, most in sorted(allowed.items())
        if not _told(rows.get(feed)) and most.is_broken(_last(rows.get(feed), since), now)
    ]
    for feed in silent:
        row = rows.get(feed)
        if row is None:
            row = FeedHeard(feed=feed)
            session.add(row)
        row.silence_told_at = now
        record(session, "feed.silent", by=None, now=now, feed=feed)
    session.flush()
    if silent:
        tell_data_quality(session, now=now, kind=NoticeKind.FEED_SILENT)
    return silent


def _rows(session: Session) -> dict[str, FeedHeard]:
    """Locked until the end of the transaction: of two programs that notice a silence, one tells of it."""
    wanted = select(FeedHeard).order_by(FeedHeard.feed).with_for_update()
    return {row.feed: row for row in session.execute(wanted).scalars()}


def _told(row: FeedHeard | None) -> bool:
    return row is not None and row.silence_told_at is not None


def _last(row: FeedHeard | None, since: datetime) -> datetime:
    """A listener that was not there heard nothing: its own absence is not the feed's silence."""
    return since if row is None or row.last_at is None else max(row.last_at, since)
