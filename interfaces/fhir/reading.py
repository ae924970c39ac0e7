"""The write edge: what a partner sends, read strictly as R4 or refused with a cause that stays the same.

The models are those of `fhir.resources.R4B`, the nearest to 4.0.1 that is maintained; for what is taken here the two are
the same. They check types and how often an element may be there; the required value sets are checked here.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from importlib import import_module
from typing import Any

from pydantic import BaseModel, ValidationError

from interfaces.fhir.required_codes import wrong_codes
from interfaces.fhir.values import Json, is_fhir_text

TAKEN = frozenset({"Task", "Communication", "Parameters"})
"""The resources that can be sent: others are read only. Parameters are those of an operation."""
_DEEPEST = 40
_OTHER_RELEASES = ("fhir.resources.STU3", "fhir.resources")
"""Where an element that R4 does not know may be from: STU3, or the release after R4 (the package itself is R5)."""


class ReadCause(StrEnum):
    """Why a body was refused; the words of the API's own codes."""

    INVALID_JSON = "INVALID_JSON"
    WRONG_TYPE = "WRONG_TYPE"
    UNKNOWN_ELEMENT = "UNKNOWN_ELEMENT"
    WRONG_VERSION = "WRONG_VERSION"
    MISSING_VALUE = "MISSING_VALUE"
    INVALID_VALUE = "INVALID_VALUE"
    INVALID_RESOURCE = "INVALID_RESOURCE"


class ResourceRefused(ValueError):
    """A body that is not taken. `where` is a FHIRPath; neither it nor the sentence has anything of what was sent.

    Names of elements that R4 does not know are the sender's words, so `where` stops before them.
    """

    def __init__(self, cause: ReadCause, sentence: str, where: str = "") -> None:
        super().__init__(sentence)
        self.cause = cause
        self.sentence = sentence
        self.where = where


def read_resource(body: bytes, expected: str) -> Json:
    """The resource in a body as plain JSON, valid in its types and required codes; ResourceRefused otherwise."""
    if expected not in TAKEN:
        raise ResourceRefused(ReadCause.WRONG_TYPE, "This kind of resource cannot be sent.")
    sent = decoded(body)
    kind = sent.get("resourceType")
    if kind is None:
        raise ResourceRefused(ReadCause.MISSING_VALUE, "The resource does not say its resourceType.", "resourceType")
    if kind != expected:
        raise ResourceRefused(ReadCause.WRONG_TYPE, "The resource is not of the type of this address.", "resourceType")
    _check_model(sent, expected)
    wrong = wrong_codes(sent)
    if wrong:
        raise ResourceRefused(ReadCause.INVALID_VALUE, "A code is not of its value set.", wrong[0])
    return sent


def decoded(body: bytes) -> Json:
    """The JSON object in a body, nested no deeper than is taken; ResourceRefused otherwise."""
    try:
        sent = json.loads(body.decode("utf-8-sig"), object_pairs_hook=_once_each, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise ResourceRefused(ReadCause.INVALID_JSON, "The body is not JSON in UTF-8.") from None
    if not isinstance(sent, dict):
        raise ResourceRefused(ReadCause.INVALID_JSON, "The body is not a JSON object.")
    if _depth(sent) > _DEEPEST:
        raise ResourceRefused(ReadCause.INVALID_RESOURCE, "The resource is nested deeper than is taken.")
    if not all(is_fhir_text(text) for text in _texts(sent)):
        raise ResourceRefused(ReadCause.INVALID_VALUE, "A text has a character that FHIR strings cannot have.")
    return sent


def _once_each(pairs: Iterable[tuple[str, Any]]) -> Json:
    found: Json = {}
    for name, value in pairs:
        if name in found:
            raise ValueError("a name twice in one object")
        found[name] = value
    return found


def _no_number(name: str) -> Any:
    raise ValueError("not a number of JSON")


def _depth(part: Any, level: int = 1) -> int:
    """How deep it is nested; one level more than is taken is enough to know."""
    if level > _DEEPEST or not isinstance(part, dict | list):
        return level
    inside = part.values() if isinstance(part, dict) else part
    return max((_depth(one, level + 1) for one in inside), default=level)


def _texts(part: Any) -> Iterator[str]:
    """Every text there is, the names of elements among them."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict | list):
        for one in part:
            yield from _texts(one)
        for one in part.values() if isinstance(part, dict) else ():
            yield from _texts(one)


def _has_bare_extension(part: Any) -> bool:
    """Whether an element has extensions instead of a value: R4 allows it, but what is taken here are values."""
    inside = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    bare = isinstance(part, dict) and any(name.startswith("_") and name[1:] not in part for name in part)
    return bare or any(_has_bare_extension(one) for one in inside)


def _has_null(part: Any) -> bool:
    """Whether an element is null; in a list null stands beside what only has extensions (FHIR R4, JSON)."""
    if isinstance(part, dict):
        return any(one is None or _has_null(one) for one in part.values())
    return isinstance(part, list) and any(_has_null(one) for one in part)


def model_of(resource: str, package: str = "fhir.resources.R4B") -> type[BaseModel]:
    """The model of a resource in a release; R4B unless said."""
    found: type[BaseModel] = getattr(import_module(f"{package}.{resource.lower()}"), resource)
    return found


def _check_model(sent: Mapping[str, Any], resource: str) -> None:
    model = model_of(resource)
    _check_names(sent, resource, model)
    if _has_null(sent):
        raise ResourceRefused(ReadCause.INVALID_VALUE, "FHIR has no null: what is not there is left out.", resource)
    if _has_bare_extension(sent):
        raise ResourceRefused(ReadCause.MISSING_VALUE, "An element has extensions instead of its value.", resource)
    try:
        model.model_validate(sent)
    except ValidationError as error:
        raise _refusal(error, resource) from None
    except (ValueError, TypeError, AttributeError, KeyError):  # what some of its own checks raise on odd input
        raise ResourceRefused(ReadCause.INVALID_RESOURCE, "The resource is not one of FHIR R4.", resource) from None


def _check_names(sent: Mapping[str, Any], resource: str, model: type[BaseModel]) -> None:
    """The names of the resource's own elements, before anything else: an older release is known by them."""
    unknown = [name for name in sent if name.removeprefix("_") not in names_of(model)]
    if not unknown:
        return
    for package in _OTHER_RELEASES:
        if all(name.removeprefix("_") in names_of(model_of(resource, package)) for name in unknown):
            raise ResourceRefused(ReadCause.WRONG_VERSION, "The resource is of another release than FHIR R4.", resource)
    raise ResourceRefused(
        ReadCause.UNKNOWN_ELEMENT, "The resource has an element that FHIR R4 does not know.", resource
    )


def names_of(model: type[BaseModel]) -> frozenset[str]:
    """The names of a model's elements as JSON has them."""
    return frozenset(field.alias or name for name, field in model.model_fields.items()) | {"resourceType"}


_CAUSES = {
    "extra_forbidden": (ReadCause.UNKNOWN_ELEMENT, "The resource has an element that FHIR R4 does not know."),
    "missing": (ReadCause.MISSING_VALUE, "An element that FHIR R4 asks for is missing."),
    "model_field_validation.missing": (ReadCause.MISSING_VALUE, "An element that FHIR R4 asks for is missing."),
}


def _refusal(error: ValidationError, resource: str) -> ResourceRefused:
    """The first thing that is wrong, without its value."""
    first = error.errors(include_input=False, include_context=False, include_url=False)[0]
    known = (ReadCause.INVALID_VALUE, "A value is not of the type that FHIR R4 gives the element.")
    cause, sentence = _CAUSES.get(first["type"], known)
    path = first["loc"][:-1] if cause is ReadCause.UNKNOWN_ELEMENT else first["loc"]
    return ResourceRefused(cause, sentence, _path(resource, path))


def _path(resource: str, parts: Iterable[str | int]) -> str:
    """A FHIRPath: numbers are places in a list, and names of models on the way say nothing to a sender."""
    path = resource
    for part in parts:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if part.isidentifier() else ""
    return path
