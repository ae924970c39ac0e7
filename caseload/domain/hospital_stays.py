"""A stay in hospital as its messages tell it together: a pure function of what was told, in whatever order it came.

What was told is put in the order it happened in; of one moment, by kind and then by content. A cancel takes back the act it
names (HL7 2.8 chapter 3: EVN-6 of a cancel is when the act happened that it cancels); where it names none, the last of its
kind before it. Told twice is told once.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from caseload.domain.border_words import PatientClass, StayState

Fields = Mapping[str, str | None]
"""What a message says of a visit, in our words: a text, or None for what it deletes; what it does not tell is not there."""

CLASS = "patient_class"
PROVIDER = "provider_code"
LOCATION = "location"
TREATMENT_FUNCTION = "treatment_function"
ADMISSION_METHOD = "admission_method"
DISCHARGE_METHOD = "discharge_method"
DISCHARGE_DESTINATION = "discharge_destination"
DIAGNOSIS = "diagnosis_code"
SENSITIVE = "sensitive"
EXPECTED_AT = "expected_at"
ADMITTED_AT = "admitted_at"
DISCHARGED_AT = "discharged_at"
TOLD_AT = "told_at"

YES = "yes"
"""What SENSITIVE holds for a sensitive stay."""

DIED = "4"
"""NHS Data Dictionary, DISCHARGE METHOD CODE (HOSPITAL PROVIDER SPELL): the patient died."""

_OF_THE_END = (DISCHARGED_AT, DISCHARGE_METHOD, DISCHARGE_DESTINATION)
_OF_ITS_TELLING = frozenset({TOLD_AT})
_ORDER = ("A05", "A04", "A01", "A06", "A07", "A02", "A12", "A08", "A03", "A13", "A11")
_OPENING = frozenset({"A01", "A04", "A06"})
_SHOWING = _OPENING | {"A02", "A03", "A07", "A12", "A13"}
"""Somebody is there, or was: a feed that begins in the middle of a stay tells of its end alone."""

_CANCELS: dict[str, frozenset[str]] = {
    "A11": frozenset({"A01", "A04", "A06"}),
    "A12": frozenset({"A02"}),
    "A13": frozenset({"A03"}),
}
_MOVES = frozenset({"A02", "A07"})
_SAY_NOTHING = frozenset({"A11", "A12"})
"""What stands in a cancel of an admission or a move is what it takes back, and not how things are."""

_CLASS_OF = {"A01": PatientClass.INPATIENT, "A06": PatientClass.INPATIENT, "A07": PatientClass.OUTPATIENT}
"""The class that an act gives where its message tells none."""

TRIGGERS = frozenset(_ORDER)
"""The triggers that are acts on a visit."""


@dataclass(frozen=True, slots=True)
class StayEvent:
    """One act on a visit: its trigger, when it happened, and what its message says of the visit."""

    trigger: str
    at: datetime
    told: Fields


@dataclass(frozen=True, slots=True)
class StayNow:
    """A stay as everything told of it makes it. `began_at` is when somebody was there first, as far as anybody knows.

    `through_emergency` where it began in an emergency department. `updated_at` is when the hospital last said something.
    """

    state: StayState
    patient_class: PatientClass
    updated_at: datetime
    provider_code: str = ""
    location: str = ""
    treatment_function: str = ""
    admission_method: str = ""
    discharge_method: str = ""
    discharge_destination: str = ""
    diagnosis_code: str = ""
    sensitive: bool = False
    expected_at: datetime | None = None
    admitted_at: datetime | None = None
    discharged_at: datetime | None = None
    began_at: datetime | None = None
    through_emergency: bool = False


def fold(events: Iterable[StayEvent]) -> StayNow | None:
    """The stay these events make, in any order and however often each is told; None where they make none.

    An update alone (A08) makes one only where it tells of an admission.
    """
    acts = _in_order(events)
    standing = _standing(acts)
    if not any(_shows(act) or act.trigger in ("A05", "A11") for act in standing):
        return None
    telling = _Telling()
    opened = any(act.trigger in _OPENING for act in standing)
    taken_back = not opened and any(act.trigger == "A11" for act in acts)
    for act in acts if taken_back else standing:
        telling.take(act)
    return telling.stay(acts, taken_back=taken_back)


def is_sensitive(events: Iterable[StayEvent]) -> bool:
    """Whether the visit is a sensitive one by what was told last of it, also where there is no stay yet."""
    told = [act.told[SENSITIVE] for act in _in_order(events) if SENSITIVE in act.told]
    return bool(told) and told[-1] == YES


def _in_order(events: Iterable[StayEvent]) -> list[StayEvent]:
    keyed = {_key(event): event for event in events if event.trigger in TRIGGERS}
    return [keyed[key] for key in sorted(keyed)]


def _key(event: StayEvent) -> tuple[datetime, int, str, str]:
    """When, which kind, when it was said, and the rest of what it says: no two different events have the same."""
    told = json.dumps({name: event.told[name] for name in event.told if name not in _OF_ITS_TELLING}, sort_keys=True)
    return event.at.astimezone(UTC), _ORDER.index(event.trigger), event.told.get(TOLD_AT) or "", told


def _standing(acts: list[StayEvent]) -> list[StayEvent]:
    """The acts that nothing cancels."""
    gone: set[tuple[str, datetime]] = set()
    for cancel, kinds in _CANCELS.items():
        done = {act.at for act in acts if act.trigger in kinds}
        asked = {act.at for act in acts if act.trigger == cancel}
        taken = asked & done
        for at in sorted(asked - done):
            taken |= {max((one for one in done if one <= at and one not in taken), default=at)}
        gone |= {(kind, at) for kind in kinds for at in taken}
    return [act for act in acts if (act.trigger, act.at) not in gone]


def _shows(act: StayEvent) -> bool:
    return act.trigger in _SHOWING or (act.trigger == "A08" and _moment(act.told.get(ADMITTED_AT)) is not None)


@dataclass
class _Telling:
    """What has been told up to an act: grows as the acts are taken one after the other."""

    told: dict[str, str] = field(default_factory=dict)
    state: StayState | None = None
    planned: bool = False
    began_at: datetime | None = None
    ended_at: datetime | None = None
    through_emergency: bool = False

    def take(self, act: StayEvent) -> None:
        """One act more."""
        if act.trigger in _OPENING:
            self._open(act)
        elif act.trigger == "A03":
            self._note(act)
            self.ended_at, self.state = act.at, StayState.FINISHED
        elif act.trigger in _MOVES and self.ended_at is not None:
            return  # who has left is moved nowhere
        elif act.trigger == "A05":
            self._plan(act)
        else:
            self._note(act)
        if _shows(act):
            self._was_there(act)

    def stay(self, acts: list[StayEvent], *, taken_back: bool) -> StayNow:
        """What it all makes."""
        state = self._state(taken_back)
        patient_class = _patient_class(self.told.get(CLASS))
        if state is StayState.ARRIVED and patient_class is PatientClass.INPATIENT:  # by an update, or registered as one
            state = StayState.IN_PROGRESS
        there = state not in (StayState.PLANNED, StayState.CANCELLED)
        ended = state is StayState.FINISHED
        told = {name: text for name, text in self.told.items() if ended or name not in _OF_THE_END}
        admitted = _moment(told.get(ADMITTED_AT))
        return StayNow(
            state=state,
            patient_class=patient_class,
            updated_at=max(_said_at(act) for act in acts),
            **{name: told.get(name, "") for name in _TEXTS},
            sensitive=told.get(SENSITIVE) == YES,
            expected_at=_moment(told.get(EXPECTED_AT)),
            admitted_at=admitted if there else None,
            discharged_at=_moment(told.get(DISCHARGED_AT)) or self.ended_at if ended else None,
            began_at=(admitted or self.began_at) if there else None,
            through_emergency=self.through_emergency,
        )

    def _open(self, act: StayEvent) -> None:
        start = _moment(act.told.get(ADMITTED_AT)) or act.at
        late = self.ended_at is not None and start <= self._left_at()
        self._note(act)
        if late:  # told again after the end, of the beginning: it does not begin anew
            return
        if self.ended_at is not None:
            self._forget_the_end()
        self.told[ADMITTED_AT] = start.astimezone(UTC).isoformat()
        self.told.setdefault(CLASS, _CLASS_OF.get(act.trigger, PatientClass.NOT_KNOWN).value)
        emergency = act.trigger == "A04" and self.told[CLASS] == PatientClass.EMERGENCY
        self.through_emergency = self.through_emergency or emergency
        self.state = StayState.ARRIVED if act.trigger == "A04" else StayState.IN_PROGRESS

    def _plan(self, act: StayEvent) -> None:
        """The day of an admission that is planned is when it is expected. Of who is there already nothing else is news."""
        expected = act.told.get(EXPECTED_AT) or act.told.get(ADMITTED_AT)
        told = {name: text for name, text in act.told.items() if name != ADMITTED_AT and self.state is None}
        self._note(StayEvent(act.trigger, act.at, {**told, EXPECTED_AT: expected} if expected else told))
        self.planned = True

    def _note(self, act: StayEvent) -> None:
        if act.trigger in _SAY_NOTHING:
            return
        for name, text in act.told.items():
            if text is None:
                self.told.pop(name, None)
            elif not (name == CLASS and _says_no_class(text) and CLASS in self.told):
                self.told[name] = text
        if act.trigger in _CLASS_OF and CLASS not in act.told:
            self.told[CLASS] = _CLASS_OF[act.trigger].value

    def _was_there(self, act: StayEvent) -> None:
        self.began_at = self.began_at or act.at
        if self.state is None or (self.state is StayState.ARRIVED and act.trigger in _MOVES):
            self.state = StayState.IN_PROGRESS

    def _left_at(self) -> datetime:
        left = _moment(self.told.get(DISCHARGED_AT))
        assert self.ended_at is not None, "asked only of a stay that has ended"
        return left or self.ended_at

    def _forget_the_end(self) -> None:
        self.ended_at = None
        for name in _OF_THE_END:
            self.told.pop(name, None)

    def _state(self, taken_back: bool) -> StayState:
        if taken_back or self.state is None:
            return StayState.PLANNED if self.planned else StayState.CANCELLED
        return self.state


_TEXTS = (
    PROVIDER,
    LOCATION,
    TREATMENT_FUNCTION,
    ADMISSION_METHOD,
    DISCHARGE_METHOD,
    DISCHARGE_DESTINATION,
    DIAGNOSIS,
)


def _patient_class(text: str | None) -> PatientClass:
    try:
        return PatientClass(text or "")
    except ValueError:
        return PatientClass.NOT_KNOWN


def _says_no_class(text: str) -> bool:
    return _patient_class(text) is PatientClass.NOT_KNOWN


def _said_at(act: StayEvent) -> datetime:
    return _moment(act.told.get(TOLD_AT)) or act.at


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
