"""What the API says of itself: its CapabilityStatement, and the scopes there are."""

from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version

from caseload.api.addresses import fhir_base, root, token_url
from caseload.domain.outward import OutwardResource
from caseload.queries.outward.resources import RESOURCES
from caseload.queries.outward.wanted import Interaction
from interfaces.fhir.capability import Service, capability_statement
from interfaces.fhir.values import Json

OPERATIONS = {
    "Patient": {"everything": "http://hl7.org/fhir/OperationDefinition/Patient-everything"},
    "Flag": {"acknowledge": "urn:caretier:operation:flag-acknowledge"},
    "": {"export": "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/export"},
}
_CHANGED = datetime(2026, 11, 22, tzinfo=UTC)
"""When what is served last changed; every copy of a release says the same."""

_LETTERS = {
    Interaction.READ: "r",
    Interaction.SEARCH: "s",
    Interaction.CREATE: "c",
    Interaction.UPDATE: "u",
}
FILES = {"Binary": frozenset({Interaction.READ})}
"""What can be read and is no row: the files that a DocumentReference points to."""

_OF_OPERATIONS = {"Flag": {"u"}}
"""What else is asked for by an operation: to say that a flag was taken over."""


def scopes_supported() -> list[str]:
    """Every scope that a program could have, for itself and for people."""
    found = []
    for name, ways in sorted(_interactions().items()):
        letters = {_LETTERS[one] for one in ways if one in _LETTERS} | _OF_OPERATIONS.get(name, set())
        written = "".join(letter for letter in "cruds" if letter in letters)
        found += [f"{context}/{name}.{written}" for context in ("system", "user")]
    return found


def _interactions() -> Mapping[str, frozenset[Interaction]]:
    return {**{name: kind.interactions for name, kind in RESOURCES.items()}, **FILES}


def _ways() -> dict[str, list[str]]:
    """What can be done with each, in FHIR's words: with what is followed also the history of all of its kind."""
    followed = {one.value: {"history-type"} for one in OutwardResource}
    return {
        name: sorted({one.value for one in ways} | followed.get(name, set())) for name, ways in _interactions().items()
    }


def capability() -> Json:
    """The CapabilityStatement of this service."""
    return capability_statement(
        Service(
            name="Caretier",
            version=version("caretier"),
            base=fhir_base(),
            authorize=f"{root()}/oauth2/authorize",
            token=token_url(),
            started_at=_CHANGED,
            interactions=_ways(),
            operations=OPERATIONS,
        )
    )
