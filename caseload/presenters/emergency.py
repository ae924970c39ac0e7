"""Emergency openings in words, for those who review them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from caseload.domain.emergency_access import FINDING_WORDS, REASON_WORDS, EmergencyFinding, EmergencyReason
from caseload.presenters.audit import action_words
from caseload.presenters.deeds import page_words
from caseload.queries.emergency import EmergencyDeed


@dataclass(frozen=True, slots=True)
class DeedLine:
    """One thing that was done with the record."""

    number: int
    at: datetime
    what: str


def reason_words(code: str) -> str:
    """Why a record was opened."""
    return REASON_WORDS[EmergencyReason(code)]


def finding_words(code: str) -> str:
    """What its review found."""
    return FINDING_WORDS[EmergencyFinding(code)]


def said_of_opening(answer: Mapping[str, object], minutes: int) -> str:
    """What somebody is told who asked for emergency access; `answer` is the action's."""
    if answer["opened"] and answer["before"]:
        return f"You can open this record again for {minutes} minutes. Each emergency access is reviewed, this one as well."
    if answer["opened"]:
        return f"You can open this record for {minutes} minutes. Your emergency access will be reviewed."
    if answer["running"]:
        return "Your emergency access to this record has not ended. It was not made longer, and will be reviewed."
    return "You can open this record without emergency access. Nothing was recorded for review."


def deed_lines(deeds: list[EmergencyDeed]) -> list[DeedLine]:
    """What was done, in order; a look says which page."""
    return [DeedLine(deed.number, deed.at, _what(deed)) for deed in deeds]


def _what(deed: EmergencyDeed) -> str:
    return page_words(deed.page) if deed.page else action_words(deed.action)
