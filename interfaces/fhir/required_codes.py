"""Value sets with a required binding, of the elements that are sent or taken: the models of fhir.resources do not hold them.

Source: FHIR R4 4.0.1, the page of each resource and of its value sets. By resource and element, as dotted paths.
"""

from collections.abc import Iterator, Mapping
from typing import Any

_REQUEST_STATUS = frozenset({"draft", "active", "on-hold", "revoked", "completed", "entered-in-error", "unknown"})
_REQUEST_INTENT = frozenset(
    {
        "proposal", "plan", "directive", "order", "original-order", "reflex-order", "filler-order", "instance-order",
        "option", "unknown",
    }
)  # fmt: skip
_PRIORITY = frozenset({"routine", "urgent", "asap", "stat"})
_EVENT_STATUS = frozenset(
    {"preparation", "in-progress", "not-done", "on-hold", "stopped", "completed", "entered-in-error", "unknown"}
)
_NARRATIVE = frozenset({"generated", "extensions", "additional", "empty"})

REQUIRED_CODES: Mapping[str, frozenset[str]] = {
    "AuditEvent.action": frozenset("CRUDE"),
    "AuditEvent.outcome": frozenset({"0", "4", "8", "12"}),
    "CarePlan.status": _REQUEST_STATUS,
    "CarePlan.intent": frozenset({"proposal", "plan", "order", "option"}),
    "CarePlan.text.status": _NARRATIVE,
    "CarePlan.activity.detail.kind": frozenset(
        {
            "Appointment", "CommunicationRequest", "DeviceRequest", "MedicationRequest", "NutritionOrder", "Task",
            "ServiceRequest", "VisionPrescription",
        }
    ),
    "CarePlan.activity.detail.status": frozenset(
        {
            "not-started", "scheduled", "in-progress", "on-hold", "completed", "cancelled", "stopped", "unknown",
            "entered-in-error",
        }
    ),
    "CareTeam.status": frozenset({"proposed", "active", "suspended", "inactive", "entered-in-error"}),
    "Communication.status": _EVENT_STATUS,
    "Communication.priority": _PRIORITY,
    "Communication.text.status": _NARRATIVE,
    "Consent.status": frozenset({"draft", "proposed", "active", "rejected", "inactive", "entered-in-error"}),
    "Consent.provision.type": frozenset({"deny", "permit"}),
    "DocumentReference.status": frozenset({"current", "superseded", "entered-in-error"}),
    "DocumentReference.docStatus": frozenset({"preliminary", "final", "amended", "entered-in-error"}),
    "Encounter.status": frozenset(
        {
            "planned", "arrived", "triaged", "in-progress", "onleave", "finished", "cancelled", "entered-in-error",
            "unknown",
        }
    ),
    "EpisodeOfCare.status": frozenset(
        {"planned", "waitlist", "active", "onhold", "finished", "cancelled", "entered-in-error"}
    ),
    "Flag.status": frozenset({"active", "inactive", "entered-in-error"}),
    "Flag.text.status": _NARRATIVE,
    "Goal.lifecycleStatus": frozenset(
        {
            "proposed", "planned", "accepted", "active", "on-hold", "completed", "cancelled", "entered-in-error",
            "rejected",
        }
    ),
    "Patient.gender": frozenset({"male", "female", "other", "unknown"}),
    "Patient.link.type": frozenset({"replaced-by", "replaces", "refer", "seealso"}),
    "Patient.name.use": frozenset({"usual", "official", "temp", "nickname", "anonymous", "old", "maiden"}),
    "Patient.address.use": frozenset({"home", "work", "temp", "old", "billing"}),
    "Patient.telecom.system": frozenset({"phone", "fax", "email", "pager", "url", "sms", "other"}),
    "QuestionnaireResponse.status": frozenset({"in-progress", "completed", "amended", "entered-in-error", "stopped"}),
    "RiskAssessment.status": frozenset(
        {
            "registered", "preliminary", "final", "amended", "corrected", "cancelled", "entered-in-error", "unknown",
        }
    ),
    "Task.status": frozenset(
        {
            "draft", "requested", "received", "accepted", "rejected", "ready", "cancelled", "in-progress", "on-hold",
            "failed", "completed", "entered-in-error",
        }
    ),
    "Task.text.status": _NARRATIVE,
    "Task.intent": _REQUEST_INTENT,
    "Task.priority": _PRIORITY,
    "Bundle.type": frozenset(
        {
            "document", "message", "transaction", "transaction-response", "batch", "batch-response", "history",
            "searchset", "collection",
        }
    ),
    "Bundle.entry.search.mode": frozenset({"match", "include", "outcome"}),
    "Bundle.entry.request.method": frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"}),
    "OperationOutcome.issue.severity": frozenset({"fatal", "error", "warning", "information"}),
    "OperationOutcome.issue.code": frozenset(
        {
            "invalid", "structure", "required", "value", "invariant", "security", "login", "unknown", "expired",
            "forbidden", "suppressed", "processing", "not-supported", "duplicate", "multiple-matches", "not-found",
            "deleted", "too-long", "code-invalid", "extension", "too-costly", "business-rule", "conflict", "transient",
            "lock-error", "no-store", "exception", "timeout", "incomplete", "throttled", "informational",
        }
    ),
    "CapabilityStatement.status": frozenset({"draft", "active", "retired", "unknown"}),
    "CapabilityStatement.kind": frozenset({"instance", "capability", "requirements"}),
    "CapabilityStatement.fhirVersion": frozenset({"4.0.1"}),
    "CapabilityStatement.rest.mode": frozenset({"client", "server"}),
    "CapabilityStatement.rest.interaction.code": frozenset(
        {"transaction", "batch", "search-system", "history-system"}
    ),
    "CapabilityStatement.rest.resource.interaction.code": frozenset(
        {
            "read", "vread", "update", "patch", "delete", "history-instance", "history-type", "create", "search-type",
        }
    ),
    "CapabilityStatement.rest.resource.versioning": frozenset({"no-version", "versioned", "versioned-update"}),
    "CapabilityStatement.rest.resource.searchParam.type": frozenset(
        {"number", "date", "string", "token", "reference", "composite", "quantity", "uri", "special"}
    ),
}  # fmt: skip
"""Every element with a required binding that is sent or can be taken, and its codes."""


def wrong_codes(resource: Mapping[str, Any]) -> list[str]:
    """The paths of elements whose code is not of its value set, in order; empty where all are."""
    name = resource.get("resourceType", "")
    return [
        path
        for path, codes in REQUIRED_CODES.items()
        if path.partition(".")[0] == name
        for code in _at(resource, path.split(".")[1:])
        if code not in codes
    ]


def _at(part: Any, path: list[str]) -> Iterator[Any]:
    if isinstance(part, list):
        for one in part:
            yield from _at(one, path)
    elif not path:
        yield part
    elif isinstance(part, Mapping) and path[0] in part:
        yield from _at(part[path[0]], path[1:])
