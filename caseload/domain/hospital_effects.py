"""What a stay means for the people who care for somebody: whom it tells, what is to be done by when, how pages list it.

Rules as tables; what is asked of them is in `caseload.actions.hospital_alerts`. Days and bounds are the place's own:
config/hospital_effects.toml.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from caseload.clock import local_day
from caseload.domain.border_words import PatientClass, StayState
from caseload.domain.hospital_stays import DIED, StayNow
from caseload.domain.words import EncounterKind, NoticeKind, TaskKind
from interfaces.codes.admission_method import EMERGENCY_METHODS

_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class HospitalRules:
    """`news_days`: what happened longer ago is told to nobody. `wait_days`: for so long a message waits for its person.

    `contact_working_days` is how soon after a discharge somebody is spoken to; `holidays` are the days nobody works.
    """

    version: str
    news_days: int
    wait_days: int
    contact_working_days: int
    holidays: frozenset[date]


class Phase(StrEnum):
    """Where somebody is, as far as their care team is concerned."""

    NOWHERE = "nowhere"
    IN_ED = "in_ed"
    ON_WARD = "on_ward"
    LEFT_ED = "left_ed"
    LEFT_WARD = "left_ward"
    DIED_THERE = "died_there"


WARD_CLASSES = frozenset({PatientClass.INPATIENT, PatientClass.OBSTETRICS, PatientClass.NOT_KNOWN})
"""Stays of a night or more. Day cases and regular attenders are listed, and alarm nobody."""

LISTED_CLASSES = WARD_CLASSES | {PatientClass.DAY_CASE, PatientClass.RECURRING}
"""What a monthly pack has as admissions (patient classification 1 to 5)."""

_PHASES: dict[tuple[bool, bool], Phase] = {
    (True, False): Phase.ON_WARD,
    (True, True): Phase.LEFT_WARD,
    (False, False): Phase.IN_ED,
    (False, True): Phase.LEFT_ED,
}
"""On a ward (else in an emergency department), and over."""

_THERE = frozenset({StayState.ARRIVED, StayState.IN_PROGRESS, StayState.FINISHED})


def phase_of(stay: StayNow | None) -> Phase:
    """Where a stay has somebody now."""
    if stay is None or stay.state not in _THERE:
        return Phase.NOWHERE
    ward = stay.patient_class in WARD_CLASSES
    if not ward and stay.patient_class is not PatientClass.EMERGENCY:
        return Phase.NOWHERE
    over = stay.state is StayState.FINISHED
    if over and stay.discharge_method == DIED:
        return Phase.DIED_THERE
    return _PHASES[ward, over]


NOTICES: dict[Phase, dict[Phase, NoticeKind]] = {
    Phase.NOWHERE: {
        Phase.IN_ED: NoticeKind.ATTENDED_ED,
        Phase.LEFT_ED: NoticeKind.ATTENDED_ED,
        Phase.ON_WARD: NoticeKind.ADMITTED,
        Phase.LEFT_WARD: NoticeKind.DISCHARGED,
    },
    Phase.IN_ED: {
        Phase.NOWHERE: NoticeKind.STAY_CANCELLED,
        Phase.ON_WARD: NoticeKind.ADMITTED,
        Phase.LEFT_WARD: NoticeKind.DISCHARGED,
    },
    Phase.ON_WARD: {
        Phase.NOWHERE: NoticeKind.STAY_CANCELLED,
        Phase.IN_ED: NoticeKind.STAY_CANCELLED,
        Phase.LEFT_ED: NoticeKind.STAY_CANCELLED,
        Phase.LEFT_WARD: NoticeKind.DISCHARGED,
    },
    Phase.LEFT_ED: {
        Phase.NOWHERE: NoticeKind.STAY_CANCELLED,
        Phase.IN_ED: NoticeKind.ATTENDED_ED,
        Phase.ON_WARD: NoticeKind.ADMITTED,
        Phase.LEFT_WARD: NoticeKind.DISCHARGED,
    },
    Phase.LEFT_WARD: {
        Phase.NOWHERE: NoticeKind.STAY_CANCELLED,
        Phase.IN_ED: NoticeKind.STAY_CANCELLED,
        Phase.LEFT_ED: NoticeKind.STAY_CANCELLED,
        Phase.ON_WARD: NoticeKind.ADMITTED,
    },
    Phase.DIED_THERE: {
        Phase.IN_ED: NoticeKind.STAY_CANCELLED,
        Phase.ON_WARD: NoticeKind.STAY_CANCELLED,
        Phase.LEFT_ED: NoticeKind.STAY_CANCELLED,
        Phase.LEFT_WARD: NoticeKind.STAY_CANCELLED,
        Phase.NOWHERE: NoticeKind.STAY_CANCELLED,
    },
}
"""What is told when a message takes somebody from one phase to another. A death is told by what follows from a death."""

DEATH_NOT_WRITTEN = NoticeKind.DISCHARGED
"""What is told of a death in hospital that a feed may not write to the person's record: nothing follows from it then."""

RULES: dict[TaskKind, str] = {
    TaskKind.DISCHARGE_PLANNING: "hospital_admission",
    TaskKind.DISCHARGE_CONTACT: "hospital_discharge",
    TaskKind.PLAN_REVIEW: "plan_after_discharge",
}
"""The rule that sets each task."""

TASKS: dict[Phase, frozenset[TaskKind]] = {
    Phase.NOWHERE: frozenset(),
    Phase.IN_ED: frozenset(),
    Phase.ON_WARD: frozenset({TaskKind.DISCHARGE_PLANNING}),
    Phase.LEFT_ED: frozenset(),
    Phase.LEFT_WARD: frozenset({TaskKind.DISCHARGE_CONTACT, TaskKind.PLAN_REVIEW}),
    Phase.DIED_THERE: frozenset(),
}
"""What is to be done because of a stay; an open task of another phase is cancelled. A plan is reviewed where there is one."""

TITLES: dict[TaskKind, str] = {
    TaskKind.DISCHARGE_PLANNING: "Begin to plan the discharge with the ward",
    TaskKind.DISCHARGE_CONTACT: "Contact after discharge from hospital",
}

GIVEN_UP: dict[Phase, str] = {
    Phase.NOWHERE: "The hospital took the stay back.",
    Phase.IN_ED: "The hospital took the admission back.",
    Phase.ON_WARD: "The hospital took the discharge back.",
    Phase.LEFT_ED: "The hospital took the admission back.",
    Phase.LEFT_WARD: "Discharged from hospital.",
    Phase.DIED_THERE: "The person died in hospital.",
}
"""Why a task of an earlier phase is cancelled, by the phase there is now."""


def notice_for(before: StayNow | None, after: StayNow | None, *, death_known: bool) -> NoticeKind | None:
    """What is told of a change from one to the other; None for nothing. `death_known` to the person's record by now."""
    was, there = phase_of(before), phase_of(after)
    if there is Phase.DIED_THERE and was is not there:
        return None if death_known else DEATH_NOT_WRITTEN
    return NOTICES[was].get(there)


def is_news(before: StayNow | None, after: StayNow | None, now: datetime, days: int) -> bool:
    """Whether what happened is recent: a month that is sent again alarms nobody."""
    happened = [
        moment
        for stay in (before, after)
        if stay
        for moment in (stay.began_at, stay.discharged_at)
        if moment is not None
    ]
    return bool(happened) and max(happened) > now - timedelta(days=days)


def due_on(kind: TaskKind, stay: StayNow, rules: HospitalRules) -> date:
    """By when: planning on the day of the admission, contact within the working days after the discharge."""
    if kind is TaskKind.DISCHARGE_PLANNING:
        assert stay.began_at is not None, "somebody on a ward came there"
        return local_day(stay.began_at)
    assert stay.discharged_at is not None, "who has left has left at a time"
    return working_days_after(local_day(stay.discharged_at), rules.contact_working_days, rules.holidays)


def working_days_after(day: date, days: int, holidays: frozenset[date]) -> date:
    """That many working days later: Saturdays, Sundays and bank holidays are none."""
    while days > 0:
        day += timedelta(days=1)
        if day.weekday() < _SATURDAY and day not in holidays:
            days -= 1
    return day


@dataclass(frozen=True, slots=True)
class Listed:
    """A stay as the list of encounters has it."""

    kind: EncounterKind
    started_on: date
    ended_on: date | None
    provider_code: str
    diagnosis_code: str


def listed(stay: StayNow | None) -> Listed | None:
    """What the list of encounters says of a stay; None where it is not listed: planned, taken back, outpatients."""
    if stay is None or stay.state not in _THERE or stay.began_at is None:
        return None
    kind = _kind(stay)
    if kind is None:
        return None
    started_on = local_day(stay.began_at)
    ended_on = None if stay.discharged_at is None else max(local_day(stay.discharged_at), started_on)
    return Listed(kind, started_on, ended_on, stay.provider_code, stay.diagnosis_code)


def _kind(stay: StayNow) -> EncounterKind | None:
    if stay.patient_class is PatientClass.EMERGENCY:
        return EncounterKind.ED_ATTENDANCE
    if stay.patient_class not in LISTED_CLASSES:
        return None
    emergency = stay.admission_method in EMERGENCY_METHODS or (stay.through_emergency and not stay.admission_method)
    return EncounterKind.EMERGENCY_ADMISSION if emergency else EncounterKind.OTHER_ADMISSION
