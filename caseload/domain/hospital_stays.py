"""A stay in hospital as its messages tell it together: a pure function of what was told, in whatever order it came.

What was told is put in the order it happened in; of one moment, by kind and then by content. A cancel takes back the act it
names (HL7 2.8 chapter 3: EVN-6 of a cancel is when the act happened that it cancels); where it names none, the last of its
kind before it: with every time that was told of that act until then. Told twice is told once; told with two times, the act
happened when it was told last to have.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from caseload.clock import local_day, start_of_day
from caseload.domain.border_words import PatientClass, StayState
from caseload.domain.hospital_times import Times, that_counts

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
BY_DAY = "by_day"
"""There where the hospital told of the act's day alone: the time of the event is then only a place within that day."""
ADMITTED_BY_DAY = "admitted_by_day"
DISCHARGED_BY_DAY = "discharged_by_day"
"""There beside ADMITTED_AT and DISCHARGED_AT where these are told as a day."""

YES = "yes"
"""What SENSITIVE holds for a sensitive stay, and the BY_DAYs for what is told as a day."""

DIED = "4"
"""NHS Data Dictionary, DISCHARGE METHOD CODE (HOSPITAL PROVIDER SPELL): the patient died."""

_OF_THE_END = (DISCHARGED_AT, DISCHARGE_METHOD, DISCHARGE_DESTINATION)
_DAY_OF = {ADMITTED_AT: ADMITTED_BY_DAY, DISCHARGED_AT: DISCHARGED_BY_DAY}
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
_PARTED_BY: dict[str, frozenset[str]] = {
    **dict.fromkeys(sorted(_OPENING), frozenset({"A03", "A07"})),
    "A02": _OPENING | {"A02", "A03", "A07"},
    "A03": _OPENING,
}
"""What lies between two acts of a kind. With nothing of it between, they are one act that was told with two times; a move
told anew is one to the same place."""

_OWN_TIME = {**dict.fromkeys(sorted(_OPENING), ADMITTED_AT), "A03": DISCHARGED_AT}
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
    """The acts that nothing takes back, each at the time that was told of it last.

    Cancels are gone through in the order they were said in: what is told again after one stands.
    """
    standing = [act for act in acts if act.trigger not in _CANCELS]
    cancels = [act for act in acts if act.trigger in _CANCELS]
    answered: dict[tuple[str, datetime], datetime] = {}
    for cancel in sorted(cancels, key=_said_at):
        again = answered.get((cancel.trigger, cancel.at))
        gone = _taken_back(cancel, standing, again)
        if gone:
            answered[cancel.trigger, cancel.at] = _said_at(cancel)
            standing = [act for act in standing if id(act) not in gone]
    return sorted([*_told_last(standing), *cancels], key=_key)


def _taken_back(cancel: StayEvent, standing: list[StayEvent], again: datetime | None) -> set[int]:
    """Which objects a cancel takes back. `again` is when the same cancel was said before: what that left then, it leaves."""
    kinds = _CANCELS[cancel.trigger]
    told = [act for act in standing if act.trigger in kinds and (again is None or _said_at(act) > again)]
    for within, at in _meant(cancel, told, is_first=again is None):
        named = {id(act) for act in within if act.at == at}
        if named:
            acts = [one for kind in kinds for one in _acts(kind, standing)]
            of_these = {id(act) for one in acts if any(id(act) in named for act in one) for act in one}
            return of_these & {id(act) for act in within}
    return set()


def _meant(
    cancel: StayEvent, told: list[StayEvent], *, is_first: bool
) -> Iterator[tuple[list[StayEvent], datetime | None]]:
    """What a cancel may mean, the likeliest first: the acts it reaches, and the time of the one that it names.

    What was said at the same moment as the cancel is another telling after it (a hospital that puts a time right cancels and
    tells anew in one second), unless there is nothing else. A cancel that nothing came before waits for its act.
    """
    said = _said_at(cancel)
    before = [act for act in told if _said_at(act) < said]
    by_then = [act for act in told if _said_at(act) <= said]
    exactly = [act for act in told if act.at == cancel.at]
    yield [*before, *(act for act in exactly if _said_at(act) == said)], cancel.at
    for reached in (before, by_then):
        yield reached, max((act.at for act in reached if _earliest(act) <= cancel.at), default=None)
    if is_first:
        yield exactly, cancel.at


def _told_last(standing: list[StayEvent]) -> list[StayEvent]:
    """Every telling of an act at the time that was told of it last."""
    moved: dict[int, StayEvent] = {}
    for kind in _PARTED_BY:
        for tellings in _acts(kind, standing):
            last = _last(tellings)
            moved |= {id(act): _moved(act, last) for act in tellings if _begins(act) != _begins(last)}
    return [moved.get(id(act), act) for act in standing]


def _last(tellings: list[StayEvent]) -> StayEvent:
    in_order = sorted(tellings, key=lambda act: (_said_at(act), _key(act)))
    return that_counts(in_order, lambda act: _own_time(act) or act.at, _is_by_day)


def _is_by_day(act: StayEvent) -> bool:
    """Whether a telling of an act tells its day alone."""
    name = _OWN_TIME.get(act.trigger, "")
    return (_DAY_OF[name] if _own_time(act) else BY_DAY) in act.told


def _own_time(act: StayEvent) -> datetime | None:
    """When somebody came, where what opens a stay tells it itself."""
    return _moment(act.told.get(ADMITTED_AT)) if act.trigger in _OPENING else None


def _moved(act: StayEvent, to: StayEvent) -> StayEvent:
    name = _OWN_TIME.get(act.trigger, "")
    untold = {BY_DAY, name, _DAY_OF.get(name)}
    told = {key: text for key, text in act.told.items() if key not in untold}
    return StayEvent(act.trigger, _begins(to), {**told, BY_DAY: YES} if _is_by_day(to) else told)


def _acts(kind: str, standing: list[StayEvent]) -> list[list[StayEvent]]:
    """The acts of a kind, each as everything told of it: one telling, or several with different times."""
    acts: list[list[StayEvent]] = []
    parted = True
    for act in sorted(standing, key=lambda one: (_begins(one), _ORDER.index(one.trigger))):
        if act.trigger != kind:
            parted = parted or act.trigger in _PARTED_BY[kind]
        elif parted or (kind in _PARTED_BY[kind] and act.told.get(LOCATION) != acts[-1][-1].told.get(LOCATION)):
            acts.append([act])
            parted = False
        else:
            acts[-1].append(act)
    return acts


def _begins(act: StayEvent) -> datetime:
    """When an act happened: of an admission, the time it tells itself."""
    return _own_time(act) or (_earliest(act) if act.trigger in _OPENING else act.at)


def _earliest(act: StayEvent) -> datetime:
    """The first moment at which it may have happened."""
    return start_of_day(local_day(act.at)) if BY_DAY in act.told else act.at


def _shows(act: StayEvent) -> bool:
    return act.trigger in _SHOWING or (act.trigger == "A08" and _moment(act.told.get(ADMITTED_AT)) is not None)


@dataclass
class _Telling:
    """What has been told up to an act: grows as the acts are taken one after the other."""

    told: dict[str, str] = field(default_factory=dict)
    times: dict[str, Times] = field(default_factory=dict)
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
            if not act.told.get(DISCHARGED_AT):
                self._tell(DISCHARGED_AT, act.at, act, by_day=BY_DAY in act.told)
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
        late = self.ended_at is not None and _begins(act) <= self._left_at()
        self._note(act)
        if late:  # told again after the end, of the beginning: it does not begin anew
            return
        if self.ended_at is not None:
            self._forget_the_end()
        self._tell(ADMITTED_AT, _own_time(act) or act.at, act, by_day=_is_by_day(act))
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
            if name in _DAY_OF:
                self._tell(name, _moment(text), act, by_day=_DAY_OF[name] in act.told)
            elif text is None:
                self.told.pop(name, None)
            elif not (name == CLASS and _says_no_class(text) and CLASS in self.told):
                self.told[name] = text
        if act.trigger in _CLASS_OF and CLASS not in act.told:
            self.told[CLASS] = _CLASS_OF[act.trigger].value

    def _tell(self, name: str, at: datetime | None, act: StayEvent, *, by_day: bool) -> None:
        """Of when somebody came and left, what was said last counts: messages before it repeat what it puts right."""
        counts = self.times.setdefault(name, Times()).tell(at, said_at=_said_at(act), by_day=by_day)
        self.told.pop(name, None)
        if counts is not None:
            self.told[name] = counts.astimezone(UTC).isoformat()

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
        self.times.clear()

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
