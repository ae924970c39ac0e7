"""The answer to one message, framed: AA for what is stored, AE or AR with the reason for anything else.

Original and enhanced mode as the message asks for it: in enhanced mode the accept acknowledgement (CA, CE, CR) goes before the
application's own, and where none is wanted none is sent. Source: HL7 v2.8 chapter 2, 2.9.2 and 2.9.3.
"""

import logging
import secrets
from datetime import datetime

from caseload.actions.hospital_messages import Stored
from caseload.domain.arrivals import ArrivalOutcome
from caseload.intake.hospital.door import Examined, not_now
from interfaces.hl7v2.acks import acknowledge, acks_wanted
from interfaces.hl7v2.mllp import framed
from interfaces.hl7v2.reading import Header
from interfaces.hl7v2.refusals import AckCode, ErrorCode, MessageRefused, Reason

_log = logging.getLogger(__name__)


def answer(examined: Examined, stored: Stored | None, *, now: datetime) -> bytes:
    """What a message is answered, given what became of it; None is a message that could not be stored."""
    error = _error(examined, stored)
    if error is None:
        return _framed_answers(examined.header, AckCode.AA, now=now)
    return refusal_of(examined.header, error, now=now)


def refusal_of(header: Header, error: MessageRefused, *, now: datetime) -> bytes:
    """The answer to a message that is not taken."""
    return _framed_answers(header, error.ack, now=now, error=error)


def _error(examined: Examined, stored: Stored | None) -> MessageRefused | None:
    if stored is None:
        return not_now(Reason.OUR_FAULT, "The message could not be stored. Send it again later.")
    if stored.outcome is ArrivalOutcome.KEY_REUSED:
        return MessageRefused(
            Reason.KEY_USED, ErrorCode.DUPLICATE_KEY, "MSH-10", "Another message was sent under this control id."
        )
    return examined.refusal


def _framed_answers(header: Header, code: AckCode, *, now: datetime, error: MessageRefused | None = None) -> bytes:
    try:
        wanted = acks_wanted(header).for_outcome(code)
        return b"".join(
            framed(acknowledge(header, each, now=now, control_id=secrets.token_hex(8), error=error)) for each in wanted
        )
    except Exception as fault:  # noqa: BLE001 - the sender waits: a fault of ours must not keep it waiting for ever
        _log.error("an answer %s could not be laid out (%s)", code, type(fault).__name__)
        return _plain(header.control_id, code)


def _plain(control_id: str, code: AckCode) -> bytes:
    """The least that is an answer: whom it is for the sender knows from its own connection."""
    known = "".join(each for each in control_id if each.isalnum() or each in " -_.")
    return framed(f"MSH|^~\\&|||||||ACK|{secrets.token_hex(8)}|P|2.4\rMSA|{code}|{known}\r".encode())
