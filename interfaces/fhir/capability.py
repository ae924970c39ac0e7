"""The CapabilityStatement: what is served, from the same tables the service works by.

Source: FHIR R4 4.0.1, CapabilityStatement; SMART App Launch 2.x, "Conformance".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from interfaces.fhir.code_systems import HL7
from interfaces.fhir.resource import profile_of
from interfaces.fhir.search_parameters import Param, includes_of, parameters_of
from interfaces.fhir.values import Json, coding, concept, filled, moment

FHIR_VERSION = "4.0.1"
FORMATS = ("application/fhir+json", "json")
_ORDER = "Results are in the order of their logical ids; _sort takes _id and nothing else."
_SAID = {
    "Binary": "The file that the DocumentReference of the same id points to, as what it is, or as a resource where FHIR JSON is "
    "asked for by name. It needs the scopes of both."
}
_CREATED = (
    "If-None-Exist takes identifier=system|value, of the identifier in the resource itself, and no other condition."
)
_DEFINED = "http://hl7.org/fhir/OperationDefinition/"


@dataclass(frozen=True, slots=True)
class Service:
    """What is said of the service itself. `interactions` are by resource; `operations` by resource, or "" for all."""

    name: str
    version: str
    base: str
    authorize: str
    token: str
    started_at: datetime
    interactions: Mapping[str, Iterable[str]]
    operations: Mapping[str, Mapping[str, str]]


def capability_statement(service: Service) -> Json:
    """The CapabilityStatement of the service."""
    return filled(
        resourceType="CapabilityStatement",
        status="active",
        date=moment(service.started_at),
        kind="instance",
        software={"name": service.name, "version": service.version},
        implementation={"description": service.name, "url": service.base},
        fhirVersion=FHIR_VERSION,
        format=list(FORMATS),
        rest=[_rest(service)],
    )


def _rest(service: Service) -> Json:
    return filled(
        mode="server",
        documentation=_ORDER,
        security=_security(service),
        resource=[_resource(service, name) for name in sorted(service.interactions)],
        operation=_operations(service.operations.get("", {})),
    )


def _security(service: Service) -> Json:
    addresses = [{"url": "token", "valueUri": service.token}]
    if service.authorize:
        addresses.insert(0, {"url": "authorize", "valueUri": service.authorize})
    oauth = {"url": "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris", "extension": addresses}
    smart = coding(f"{HL7}restful-security-service", "SMART-on-FHIR", "SMART-on-FHIR")
    return {"extension": [oauth], "service": [concept(smart)]}


def _resource(service: Service, name: str) -> Json:
    actions = list(service.interactions[name])
    created, versions = "create" in actions, "vread" in actions
    return filled(
        type=name,
        supportedProfile=[profile] if (profile := profile_of(name)) else [],
        interaction=[{"code": action} for action in sorted(actions)],
        versioning="versioned-update"
        if "update" in actions
        else "versioned",  # each has a tag; an update has to name it
        readHistory=versions,
        updateCreate=False,
        conditionalCreate=created,
        conditionalRead="not-match",
        conditionalUpdate=False,
        conditionalDelete="not-supported",
        documentation=_SAID.get(name) or (_CREATED if created else None),
        referencePolicy=["local"],
        searchInclude=list(includes_of(name)),
        searchParam=[_parameter(one) for one in parameters_of(name).values()],
        operation=_operations(service.operations.get(name, {})),
    )


def _parameter(one: Param) -> Json:
    how = " Taken by POST to _search only." if one.personal else ""
    return {"name": one.name, "type": one.kind.value, "documentation": f"{one.meaning}.{how}"}


def _operations(operations: Mapping[str, str]) -> list[Json]:
    return [{"name": name, "definition": definition or f"{_DEFINED}{name}"} for name, definition in operations.items()]
