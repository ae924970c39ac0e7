"""OperationOutcome: what was refused, and what was passed over. The codes and their meanings are the API's own table.

Source: FHIR R4 4.0.1, OperationOutcome; value sets issue-severity and issue-type.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from interfaces.fhir.code_systems import our_codes
from interfaces.fhir.values import Json, concept, filled, text_of


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that is wrong: `kind` of issue-type, a code that stays the same, and a sentence without any value sent.

    `where` is a FHIRPath into what was sent.
    """

    kind: str
    code: str
    sentence: str
    where: str = ""
    severity: str = "error"


def outcome(issues: Sequence[Issue]) -> Json:
    """The OperationOutcome of one or more of them."""
    return {"resourceType": "OperationOutcome", "issue": [_issue(one) for one in issues]}


def _issue(issue: Issue) -> Json:
    code = {"system": our_codes("error"), "code": issue.code}
    return filled(
        severity=issue.severity,
        code=issue.kind,
        details=concept(code, text=issue.sentence),
        diagnostics=text_of(issue.sentence),
        expression=[issue.where] if issue.where else [],
    )
