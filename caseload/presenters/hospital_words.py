"""What a hospital's messages tell of a stay, in words: where somebody is now, and how fresh that is."""

from datetime import datetime, timedelta

from caseload.clock import local_day
from caseload.domain.border_words import PatientClass, StayState
from caseload.presenters.writing import counted, day
from caseload.queries.timeline import HospitalRow

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def hospital_lines(told: HospitalRow | None, now: datetime) -> list[str]:
    """Where the hospital says somebody is, and when it said so; nothing for a stay that only a monthly pack tells of."""
    if told is None:
        return []
    return [line for line in (_where(told), f"From the hospital, {ago(told.updated_at, now)}") if line]


def ago(moment: datetime, now: datetime) -> str:
    """How long ago, as somebody would say it; the day where it is more than one."""
    passed = now - moment
    if passed < _MINUTE:
        return "just now"
    if passed < _HOUR:
        return f"{counted(passed // _MINUTE, 'minute')} ago"
    if passed < _DAY:
        return f"{counted(passed // _HOUR, 'hour')} ago"
    return f"on {day(local_day(moment))}"


def _where(told: HospitalRow) -> str:
    place = f": {told.location}" if told.location else ""
    if told.state is StayState.CANCELLED:
        return "The hospital took this stay back"
    if told.state is StayState.FINISHED:
        return "No longer in hospital"
    if told.state is StayState.ARRIVED or told.patient_class is PatientClass.EMERGENCY:
        return f"In the emergency department now{place}"
    return f"In hospital now{place}"
