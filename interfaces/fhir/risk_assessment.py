"""RiskAssessment (base R4): a person's score in one monthly run, with the reasons the run gave.

FHIR R4 says of prediction.probabilityDecimal that decimals are percentages as well, so 0.42 is sent as 42.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from interfaces.fhir.code_systems import our_codes, our_extension, our_ids, ours
from interfaces.fhir.record import Code, Record, Words
from interfaces.fhir.resource import MADE_UP, resource_json
from interfaces.fhir.values import Json, annotations, coding, concept, filled, identifier, period, reference

_MONTHS = re.compile(r"_(?P<months>[0-9]{1,2})m$")
_PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskAssessmentRecord(Record):
    """One score. `probability` is between 0 and 1, None where the run's scores are of an index; `percentile` up to 100."""

    patient: Code
    run_ref: Code
    outcome: Code
    model_version: Code
    score_kind: Code
    predicted_on: date
    extracted_on: date
    tier: Code
    probability: float | None
    percentile: float
    demonstration: bool
    reasons: tuple[Words, ...] = ()


def risk_assessment_json(record: RiskAssessmentRecord) -> Json:
    """The RiskAssessment of a score. No mitigation: what is done about it stands in the care plan."""
    model = coding(our_codes("risk-model"), record.model_version)
    return resource_json(
        "RiskAssessment",
        record,
        tags=[MADE_UP] if record.demonstration else [],
        identifier=[identifier(our_ids("risk-run"), record.run_ref)],
        status="final",
        method=concept(coding(our_codes("score-kind"), record.score_kind), model, text=f"Model {record.model_version}"),
        code=concept(ours("risk-assessment", "risk_stratification")),
        subject=reference("Patient", record.patient),
        occurrenceDateTime=record.extracted_on.isoformat(),
        prediction=[_prediction(record)],
        note=annotations(record.reasons),
    )


def _prediction(record: RiskAssessmentRecord) -> Json:
    percentile = {"url": our_extension("percentile"), "valueDecimal": _decimal(record.percentile)}
    return filled(
        extension=[percentile],
        outcome=concept(ours("outcome", record.outcome)),
        probabilityDecimal=None if record.probability is None else _decimal(record.probability * 100),
        qualitativeRisk=concept(ours("tier", record.tier)),
        whenPeriod=period(record.predicted_on, until(record.outcome, record.predicted_on)),
    )


def until(outcome: str, start: date) -> date | None:
    """The last day an outcome is predicted for: so many months after the start as its code ends with; None if with none."""
    found = _MONTHS.search(outcome)
    if found is None:
        return None
    months = start.year * 12 + start.month - 1 + int(found["months"])
    year, month = divmod(months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(start.day, last))


def _decimal(number: float) -> float:
    """To four places: a decimal is written as it is sent, so that the same score is the same text."""
    return float(Decimal(repr(number)).quantize(_PLACES, ROUND_HALF_EVEN))
