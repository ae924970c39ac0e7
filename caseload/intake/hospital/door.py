"""What is made of a message before it is stored: whose it is, whether it is taken, and what it is known by.

Everything here is cheap, because the sender waits for it. Typing the message and acting on it come after the answer.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from caseload.actions.hospital_messages import Arrival
from caseload.domain.arrivals import NO_FEED
from interfaces.hl7v2.adt import check_before_ack
from interfaces.hl7v2.feed_rules import FeedRules, feed_for, message_key
from interfaces.hl7v2.reading import Header, header_of, split_message
from interfaces.hl7v2.refusals import AckCode, ErrorCode, MessageRefused, Reason

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, repr=False)
class Examined:
    """A message as it will be stored, the header it is answered by, and why it is refused where it is."""

    arrival: Arrival
    header: Header
    refusal: MessageRefused | None = None


class Door:
    """The feeds this installation knows. With `only`, the one whose messages are taken here."""

    def __init__(self, feeds: Sequence[FeedRules], only: str = "") -> None:
        self.feeds = tuple(feeds)
        self.only = only

    def examine(self, raw: bytes) -> Examined:
        """What a message is. Never an exception for what somebody sent: that is a refusal."""
        header = header_of(raw)
        rules, charset, refusal = None, "", None
        try:
            if not header.fields:
                split_message(raw)  # which says why there is none
            rules = self._rules_for(header)
            message = split_message(raw, rules.charset)
            charset = message.charset
            check_before_ack(message, rules)
        except MessageRefused as refused:
            refusal = refused
        except Exception as error:  # noqa: BLE001 - a fault of ours: it is kept, and the sender's next message is read
            _log.error("a message of %d bytes could not be checked (%s)", len(raw), type(error).__name__)
            refusal = not_now(Reason.OUR_FAULT, "The message could not be checked.")
        return Examined(_arrival(raw, header, rules, charset, refusal), header, refusal)

    def feed_of(self, header: Header) -> str:
        """The name of the feed a message is of, for counting it."""
        try:
            return feed_for(self.feeds, header).name
        except MessageRefused:
            return NO_FEED

    def _rules_for(self, header: Header) -> FeedRules:
        rules = feed_for(self.feeds, header)
        if self.only not in ("", rules.name):
            raise MessageRefused(
                Reason.SENDER,
                ErrorCode.UNKNOWN_KEY,
                "MSH-3",
                "Messages of this sender are not taken here.",
                ack=AckCode.AR,
            )
        return rules


def not_now(reason: Reason, sentence: str) -> MessageRefused:
    """A refusal that says nothing of the message: its sender may try again later."""
    return MessageRefused(reason, ErrorCode.INTERNAL, "MSH", sentence, ack=AckCode.AR)


def _arrival(
    raw: bytes, header: Header, rules: FeedRules | None, charset: str, refusal: MessageRefused | None
) -> Arrival:
    return Arrival(
        raw=raw,
        feed=NO_FEED if rules is None else rules.name,
        message_key=None if rules is None or refusal is not None else message_key(header, rules),
        control_id=header.control_id,
        kind=header.kind,
        hl7_version=header.version,
        charset=charset,
        refused="" if refusal is None else refusal.reason,
    )
