"""Reading what a hospital's message says: a look, which is written down before anything of it is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.actions.views import record_view
from caseload.domain.viewer import Viewer
from caseload.queries.hospital_reach import readable_message
from interfaces.hl7v2.feed_rules import FeedRules


@dataclass(frozen=True, slots=True, repr=False)
class ReadMessage:
    """A message's bytes, with the feed whose rules they are read by and why it waits."""

    message_id: int
    feed: str
    raw: bytes
    reason_code: str
    row_version: int


def read_message(
    session: Session, *, by: Viewer, now: datetime, message_id: int, page: str, rules: Sequence[FeedRules]
) -> ReadMessage:
    """The text of a message, for somebody who may read it; NotThere otherwise. `page` is where it is shown.

    Always an event of its own, and a look at everybody here whom the text names.
    """
    message, reach = readable_message(session, by, message_id, rules)
    record(session, "hospital_message.read", by=by.user_id, now=now, message=message.id)
    if reach.people:
        record_view(session, by=by, now=now, page=page, people=sorted(reach.people))
    return ReadMessage(message.id, message.feed, message.raw, message.reason_code, message.row_version)
