"""What of a resource that a partner sends is kept: one table, and the elements of a body that are not in it.

An element is kept and comes back as it was said, or is replaced as FHIR R4 lets a server do, or is refused by its name.
None is dropped unseen.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice, zip_longest
from typing import Any

from caseload.actions.flag_acknowledgements import NOTE_LENGTH as ACKNOWLEDGED_LENGTH
from caseload.actions.partner_messages import LONGEST, REF_LENGTH
from caseload.api.problems import ErrorCode, Problem, issue
from caseload.domain.task_rules import NOTE_LENGTH, TITLE_LENGTH
from caseload.domain.words import TaskKind
from interfaces.fhir.code_systems import our_codes
from interfaces.fhir.outcome import Issue
from interfaces.fhir.values import Json


class Need(StrEnum):
    """When an element has to be there."""

    NEVER = "no"
    WITH_ITS_PARENT = "yes, where what it is in is there"
    ALWAYS = "yes"


@dataclass(frozen=True, slots=True)
class Taken:
    """One element that is kept, by its path. `longest` is in characters; `only` is the one value that is taken.

    Of a list one is kept, and its path is that of the element.
    """

    path: str
    meaning: str
    need: Need = Need.NEVER
    longest: int = 0
    only: str = ""


_NUMBER = (
    Taken("identifier.system", "Whose numbers these are", longest=REF_LENGTH),
    Taken("identifier.value", "The partner’s own number of it", Need.WITH_ITS_PARENT, REF_LENGTH),
)
TAKEN: Mapping[str, tuple[Taken, ...]] = {
    "Task": (
        *_NUMBER,
        Taken("status", "It is asked for", Need.ALWAYS, only="requested"),
        Taken("intent", "It is to be done", Need.ALWAYS, only="order"),
        Taken("code.coding.system", "The kinds of tasks here", Need.WITH_ITS_PARENT, only=our_codes("task-kind")),
        Taken("code.coding.code", "A partner asks for it", Need.WITH_ITS_PARENT, only=TaskKind.PARTNER_REQUEST.value),
        Taken("description", "What is to be done", Need.ALWAYS, TITLE_LENGTH),
        Taken("for.reference", "The person: a Patient of this service", Need.ALWAYS),
        Taken("requester.reference", "Who asks, as this service tells it: nobody else"),
        Taken("note.text", "More about it", longest=NOTE_LENGTH),
        Taken("restriction.period.end", "The day by which, today or later; a week from now where it is left out"),
    ),
    "Communication": (
        *_NUMBER,
        Taken("status", "It has been written", Need.ALWAYS, only="completed"),
        Taken("subject.reference", "The person: a Patient of this service", Need.ALWAYS),
        Taken("sender.reference", "Who runs the program that writes: nobody else"),
        Taken(
            "recipient.reference",
            "Whom it goes to anyway: the CareTeam of the person’s case, its lead, a navigator of their place, or their practice",
        ),
        Taken("sent", "The moment it was written, not in the future; now where it is left out"),
        Taken("payload.contentString", "What is written", Need.ALWAYS, LONGEST),
    ),
    "Parameters": (
        Taken("parameter.name", "It is a note", Need.WITH_ITS_PARENT, only="note"),
        Taken("parameter.valueString", "What it says", Need.WITH_ITS_PARENT, ACKNOWLEDGED_LENGTH),
    ),
}
"""What is kept of each when it is sent. Parameters are those of Flag/$acknowledge."""

CHANGED: Mapping[str, tuple[Taken, ...]] = {
    "Task": (
        Taken("status", "completed or cancelled"),
        Taken("statusReason.text", "Why it ended, with one of these", longest=NOTE_LENGTH),
    )
}
"""What an update may say otherwise than it stands."""

REPLACED: Mapping[str, str] = {
    "id": "Given by this service",
    "meta.versionId": "Given by this service",
    "meta.lastUpdated": "Given by this service",
    "meta.profile": "What this service sends is of the UK Core profile",
    "text": "The same for people to read; refused where it says that it has more (additional)",
}
"""What FHIR R4 lets a server give itself (RESTful API, "create"; Narrative): the only elements that do not come back."""

LISTS = frozenset({"identifier", "note", "payload", "parameter", "recipient", "coding"})
"""The elements in the table that FHIR has as lists."""
MOST_ISSUES = 20
_MOMENTS = frozenset({"authoredOn", "lastModified", "lastUpdated", "sent", "received", "start", "end"})


def plainly(part: Any, base: str, name: str = "") -> Any:
    """A body without what says nothing: space around a text, this service's own address, the zone a moment is told in.

    So is the type of a reference that says the same, and what FHIR R4 has a task be where it says nothing (`priority`).
    """
    if isinstance(part, dict):
        plain = {key: plainly(one, base, key) for key, one in part.items()}
        return {key: one for key, one in plain.items() if not _says_nothing(key, one, plain)}
    if isinstance(part, list):
        return [plainly(one, base, name) for one in part]
    if not isinstance(part, str):
        return part
    text = part.strip()
    if name == "reference":
        return text.removeprefix(f"{base}/")
    return _instant(text) if name in _MOMENTS else text


def _says_nothing(name: str, value: Any, beside: Json) -> bool:
    if name == "type" and isinstance(beside.get("reference"), str):
        return bool(value == beside["reference"].partition("/")[0])
    return name == "priority" and value == "routine" and beside.get("resourceType") == "Task"


def _instant(text: str) -> str:
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC).isoformat() if at.tzinfo else text
    except (ValueError, OverflowError):  # the 60th second; a moment that no calendar has elsewhere
        return text


def value_of(sent: Json, path: str) -> Any:
    """What stands at a path, in the first of each list; None for nothing."""
    part: Any = sent
    for name in path.split("."):
        if isinstance(part, list):
            part = part[0] if part else None
        part = part.get(name) if isinstance(part, dict) else None
    return part


def check_new(sent: Json, resource: str) -> None:
    """NOT_KEPT for every element that would not come back; then what is wrong with those that would."""
    strays = _strays(sent, None, _free(TAKEN[resource]), resource)
    _refuse([issue(ErrorCode.NOT_KEPT, where=where) for where in islice(strays, MOST_ISSUES)])
    _refuse([wrong for one in TAKEN[resource] for wrong in _wrong(one, sent, resource)])


def check_changed(sent: Json, stands: Json, resource: str) -> None:
    """NOT_CHANGEABLE for every element that is not for a partner to change and is not as it stands, left out or added."""
    strays = _strays(sent, stands, _free(CHANGED[resource]), resource)
    _refuse([issue(ErrorCode.NOT_CHANGEABLE, where=where) for where in islice(strays, MOST_ISSUES)])
    _refuse([wrong for one in CHANGED[resource] for wrong in _wrong(one, sent, resource)])


def _refuse(wrong: list[Issue]) -> None:
    if wrong:
        raise Problem(ErrorCode(wrong[0].code), issues=wrong)


def _free(taken: tuple[Taken, ...]) -> frozenset[str]:
    return frozenset({"resourceType", *REPLACED, *(one.path for one in taken)})


def _strays(sent: Json, stands: Json | None, free: frozenset[str], resource: str) -> Iterator[str]:
    """Where a body says what is neither free nor what stands, as FHIRPaths; each as near to the root as it can be said."""
    yield from _inside(sent, stands or {}, free, "", resource)
    if value_of(sent, "text.status") == "additional":
        yield f"{resource}.text"


def _differing(sent: Any, stands: Any, free: frozenset[str], path: str, shown: str) -> Iterator[str]:
    if path in free or sent == stands:
        return
    if not any(one.startswith(f"{path}.") for one in free):
        yield shown
    elif isinstance(sent, list) or isinstance(stands, list):
        for number, (one, other) in enumerate(zip_longest(sent or [], stands or [])):
            if number:  # one is kept
                yield f"{shown}[{number}]"
            else:
                yield from _inside(one or {}, other or {}, free, path, f"{shown}[0]")
    else:
        yield from _inside(sent or {}, stands or {}, free, path, shown)


def _inside(sent: Json, stands: Json, free: frozenset[str], path: str, shown: str) -> Iterator[str]:
    for name in sorted(sent.keys() | stands.keys()):
        if name.startswith("_"):  # what FHIR's JSON has beside a plain value: its id and extensions
            beside = sent[name] if isinstance(sent[name], list) else [sent[name]]
            yield f"{shown}.{name[1:]}.{'extension' if any('extension' in (one or {}) for one in beside) else 'id'}"
        else:
            inner = f"{path}.{name}".lstrip(".")
            yield from _differing(sent.get(name), stands.get(name), free, inner, f"{shown}.{name}")


def _wrong(one: Taken, sent: Json, resource: str) -> Iterator[Issue]:
    """What is wrong with the value of an element that is kept: at most one thing."""
    value, where = value_of(sent, one.path), f"{resource}.{one.path}"
    if value is None:
        parent = one.path.rpartition(".")[0]
        if one.need is Need.ALWAYS or one.need is Need.WITH_ITS_PARENT and value_of(sent, parent) is not None:
            yield issue(ErrorCode.MISSING_VALUE, "It must be there.", where)
    elif not value:
        yield issue(ErrorCode.MISSING_VALUE, "It must say something, or be left out.", where)
    elif one.longest and len(value) > one.longest:
        yield issue(ErrorCode.INVALID_VALUE, f"It must have {one.longest:,} characters or fewer.", where)
    elif one.only and value != one.only:
        yield issue(ErrorCode.INVALID_RESOURCE, f"It must be {one.only}.", where)
