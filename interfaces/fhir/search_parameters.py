"""Every search parameter that is served: the CapabilityStatement, the OpenAPI description and the queries say the same.

Names and meanings are those of FHIR R4 4.0.1; those that R4 does not define are ours and say so. `path` is where in the
resource the parameter looks, as R4 writes it; a reference that can be included names what it points to.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from interfaces.fhir.search_values import ParamKind

TOKEN, REFERENCE, DATE, STRING, NUMBER = (
    ParamKind.TOKEN,
    ParamKind.REFERENCE,
    ParamKind.DATE,
    ParamKind.STRING,
    ParamKind.NUMBER,
)


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter of one resource. `target` is set for references; `include` is whether _include may follow it.

    `personal` is for what identifies somebody: it must not stand in an address, so it is taken in the body of a POST only.
    """

    name: str
    kind: ParamKind
    path: str
    meaning: str
    target: str = ""
    include: bool = False
    personal: bool = False


COMMON = (
    Param("_id", TOKEN, "id", "The logical id"),
    Param("_lastUpdated", DATE, "meta.lastUpdated", "When it last changed"),
)
"""What every resource can be asked by. `_count`, `_include` and `_format` are of the search and not of what is found."""


def _patient(path: str = "subject") -> tuple[Param, ...]:
    """The person it is about; R4 has the same under two names where the element is called subject."""
    patient = Param("patient", REFERENCE, path, "The person it is about", "Patient", include=True)
    if path != "subject":
        return (patient,)
    return patient, Param("subject", REFERENCE, path, "The person it is about", "Patient", include=True)


PARAMETERS: Mapping[str, tuple[Param, ...]] = {
    "AuditEvent": (
        _patient("entity.what")[0],
        Param("date", DATE, "recorded", "When it happened"),
        Param("agent", REFERENCE, "agent.who", "Who did it", "Practitioner", include=True),
        Param("action", TOKEN, "action", "R for a look, U for a change"),
        Param("subtype", TOKEN, "subtype", "What was done, by its code in the log"),
    ),
    "CarePlan": (
        *_patient(),
        Param("status", TOKEN, "status", "How the plan stands"),
        Param("category", TOKEN, "category", "Whether it is a joint care plan"),
        Param("date", DATE, "period", "When it was in force"),
        Param("care-team", REFERENCE, "careTeam", "The team of the case", "CareTeam", include=True),
        Param("goal", REFERENCE, "goal", "A goal of the plan", "Goal", include=True),
    ),
    "CareTeam": (
        *_patient(),
        Param("status", TOKEN, "status", "Whether the case is going on"),
        Param("category", TOKEN, "category", "What kind of team it is"),
        Param("date", DATE, "period", "The time of the case"),
        Param("participant", REFERENCE, "participant.member", "Somebody who is or was on it", "Practitioner", include=True),
    ),
    "Communication": (
        *_patient(),
        Param("sent", DATE, "sent", "When the partner wrote it"),
        Param("received", DATE, "received", "When it came"),
        Param("sender", REFERENCE, "sender", "The organisation that wrote", "Organization", include=True),
        Param("identifier", TOKEN, "identifier", "The partner’s own number of it"),
    ),
    "Consent": (
        _patient("patient")[0],
        Param("status", TOKEN, "status", "active for the answer that holds"),
        Param("date", DATE, "dateTime", "When it was said"),
        Param("purpose", TOKEN, "provision.purpose", "What it is about"),
    ),
    "DocumentReference": (
        *_patient(),
        Param("status", TOKEN, "status", "current for every copy there is"),
        Param("type", TOKEN, "type", "Which format"),
        Param("date", DATE, "date", "When the version was written"),
    ),
    "Encounter": (
        *_patient(),
        Param("status", TOKEN, "status", "How the stay stands"),
        Param("class", TOKEN, "class", "Inpatient, emergency and so on"),
        Param("type", TOKEN, "type", "What kind of hospital use"),
        Param("date", DATE, "period", "The time of the stay"),
        Param("service-provider", REFERENCE, "serviceProvider", "The hospital", "Organization", include=True),
    ),
    "EpisodeOfCare": (
        _patient("patient")[0],
        Param("status", TOKEN, "status", "How the case stands"),
        Param("type", TOKEN, "type", "The primary need"),
        Param("date", DATE, "period", "The time of the case"),
        Param("care-manager", REFERENCE, "careManager", "The accountable lead", "Practitioner", include=True),
        Param("organization", REFERENCE, "managingOrganization", "The practice", "Organization", include=True),
    ),
    "Flag": (
        *_patient(),
        Param("status", TOKEN, "status", "How the flag stands now. Ours: R4 defines none"),
        Param("category", TOKEN, "category", "What it is about. Ours: R4 defines none"),
        Param("code", TOKEN, "code", "Which flag. Ours: R4 defines none"),
        Param("date", DATE, "period", "When it is in force"),
        Param("author", REFERENCE, "author", "Who set it", "Practitioner", include=True),
    ),
    "Goal": (
        *_patient(),
        Param("lifecycle-status", TOKEN, "lifecycleStatus", "How the goal stands"),
        Param("identifier", TOKEN, "identifier", "The key that stays from version to version"),
    ),
    "Organization": (
        Param("identifier", TOKEN, "identifier", "The ODS code, or the code of a place"),
        Param("name", STRING, "name", "The beginning of the name"),
        Param("type", TOKEN, "type", "What kind of place or employer"),
        Param("partof", REFERENCE, "partOf", "The next larger place", "Organization", include=True),
    ),
    "Patient": (
        Param("identifier", TOKEN, "identifier", "The NHS number, or one they had before", personal=True),
        Param("family", STRING, "name.family", "The beginning of the family name", personal=True),
        Param("given", STRING, "name.given", "The beginning of the given name", personal=True),
        Param("name", STRING, "name", "The beginning of either name", personal=True),
        Param("birthdate", DATE, "birthDate", "The day of birth", personal=True),
        Param("gender", TOKEN, "gender", "Male, female, other or unknown"),
        Param("address-postalcode", STRING, "address.postalCode", "The beginning of the postcode", personal=True),
        Param("general-practitioner", REFERENCE, "generalPractitioner", "The practice", "Organization", include=True),
        Param("active", TOKEN, "active", "Whether the record is of somebody registered here"),
    ),
    "Practitioner": (
        Param("name", STRING, "name", "The beginning of a part of the name"),
        Param("active", TOKEN, "active", "Whether they work here still"),
    ),
    "PractitionerRole": (
        Param("practitioner", REFERENCE, "practitioner", "Whose role it is", "Practitioner", include=True),
        Param("organization", REFERENCE, "organization", "The employer", "Organization", include=True),
        Param("role", TOKEN, "code", "Which role or profession"),
        Param("active", TOKEN, "active", "Whether it is held now"),
        Param("date", DATE, "period", "When it was held"),
    ),
    "Provenance": (
        Param("patient", REFERENCE, "target", "The person whose plan it is", "Patient"),
        Param("target", REFERENCE, "target", "The plan it is about", "CarePlan"),
        Param("agent", REFERENCE, "agent.who", "Who had a part in it", "Practitioner", include=True),
        Param("recorded", DATE, "recorded", "When the last of it happened"),
    ),
    "QuestionnaireResponse": (
        *_patient(),
        Param("status", TOKEN, "status", "Whether the section is complete"),
        Param("authored", DATE, "authored", "When it was last written"),
        Param("author", REFERENCE, "author", "Who wrote it", "Practitioner", include=True),
    ),
    "RiskAssessment": (
        *_patient(),
        Param("date", DATE, "occurrence", "The day the data were of"),
        Param("method", TOKEN, "method", "The version of the model, or the kind of score"),
        Param("risk", TOKEN, "prediction.qualitativeRisk", "The tier"),
        Param("probability", NUMBER, "prediction.probability", "The probability as a percentage"),
        Param("identifier", TOKEN, "identifier", "The run"),
    ),
    "Task": (
        *_patient(path="for"),
        Param("subject", REFERENCE, "for", "The person it is about", "Patient", include=True),
        Param("identifier", TOKEN, "identifier", "The partner’s own number of it"),
        Param("status", TOKEN, "status", "How the task stands"),
        Param("code", TOKEN, "code", "What kind of task"),
        Param("owner", REFERENCE, "owner", "Who is to do it", "Practitioner", include=True),
        Param("requester", REFERENCE, "requester", "Who asked for it", "Practitioner", include=True),
        Param("authored-on", DATE, "authoredOn", "When it was made"),
        Param("modified", DATE, "lastModified", "When it last changed"),
        Param("due-date", DATE, "restriction.period.end", "When it is due. Ours: R4 defines none"),
        Param("based-on", REFERENCE, "basedOn", "The plan whose action it is", "CarePlan", include=True),
    ),
}  # fmt: skip
"""The parameters of each resource, beside those that are common to all."""


def parameters_of(resource: str) -> Mapping[str, Param]:
    """All parameters of a resource by name, the common ones among them; none of what cannot be searched for."""
    return {one.name: one for one in (*COMMON, *PARAMETERS[resource])} if resource in PARAMETERS else {}


def includes_of(resource: str) -> tuple[str, ...]:
    """What `_include` may say of a resource: `Flag:author`."""
    return tuple(f"{resource}:{one.name}" for one in PARAMETERS.get(resource, ()) if one.include)
