"""What a program's scopes mean, in sentences that somebody who is asked to let it in can judge."""

from collections.abc import Iterable

from caseload.domain.scopes import ANY, Scope

RESOURCES: dict[str, str] = {
    ANY: "everything that is served",
    "Patient": "names, NHS numbers, dates of birth, addresses and practices",
    "Practitioner": "names of staff",
    "PractitionerRole": "roles of staff",
    "Organization": "organisations",
    "RiskAssessment": "risk scores and their reasons",
    "EpisodeOfCare": "cases",
    "CareTeam": "accountable leads and care teams",
    "CarePlan": "care plans",
    "Goal": "goals of care plans",
    "Task": "tasks",
    "Flag": "flags for urgent care",
    "Consent": "consent and objections",
    "Encounter": "stays in hospital and attendances",
    "QuestionnaireResponse": "assessments",
    "Provenance": "who wrote what, and when",
    "AuditEvent": "who has looked at records",
    "DocumentReference": "which copies of care plans there are",
    "Binary": "copies of care plans, with the person’s name and NHS number",
    "Communication": "messages to care teams",
}
"""What each kind of resource holds; one that is missing is called by its own name."""

_DEEDS = (("r", "read"), ("s", "search"), ("c", "add"), ("u", "change"), ("d", "delete"))


def scope_sentences(scopes: Iterable[Scope]) -> list[str]:
    """Each scope as a sentence, such as: Read and search care plans."""
    return [_sentence(scope) for scope in scopes]


def _sentence(scope: Scope) -> str:
    deeds = [word for letter, word in _DEEDS if letter in scope.letters]
    joined = deeds[0] if len(deeds) == 1 else f"{', '.join(deeds[:-1])} and {deeds[-1]}"
    return f"{joined.capitalize()} {RESOURCES.get(scope.resource, scope.resource)}"
