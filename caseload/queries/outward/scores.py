"""RiskAssessment: a person's score in each run, for who may see scores, of people who do not object to being scored."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, select
from sqlalchemy.orm import Session

from caseload.domain.permissions import Permission
from caseload.domain.viewer import Viewer
from caseload.domain.words import Tier
from caseload.queries.objections import objects_to_scoring
from caseload.queries.outward.conditions import (
    Condition,
    day,
    number,
    open_token,
    row_id_of,
    token,
    words_of,
)
from caseload.queries.outward.listing import Listing, nameless, patient, patient_id, rows_of, slice_of, updated
from caseload.queries.outward.wanted import Slice, Wanted
from caseload.queries.reach import reachable
from caseload.tables import Person, RiskRun, RiskScore
from interfaces.fhir.code_systems import our_codes, our_ids
from interfaces.fhir.risk_assessment import RiskAssessmentRecord
from interfaces.fhir.search_values import Filter, Modifier


def find_risk_assessments(session: Session, viewer: Viewer, now: datetime, wanted: Wanted) -> Slice:
    """Every score there is, one for each person and run: its id is that of the Patient and the run."""
    question = (
        select(RiskScore, RiskRun, Person.pseudonym)
        .join(RiskRun, RiskRun.id == RiskScore.run_id)
        .join(Person, Person.id == RiskScore.person_id)
        .where(_may_see(viewer), reachable(viewer, now), ~objects_to_scoring())
    )
    listing = Listing(
        (RiskScore.person_id, RiskScore.run_id),
        RiskRun.loaded_at,
        _conditions(viewer),
        lambda ids: _known_as(viewer, ids),
    )
    rows = rows_of(session, wanted, question, listing)
    found = [
        (_record(viewer, score, run, pseudonym, updated(row)), [score.person_id])
        for row in rows.rows
        for score, run, pseudonym in [row[:3]]
    ]
    return slice_of(viewer, rows, found)


def _may_see(viewer: Viewer) -> ColumnElement[bool]:
    """A score is for who may see it at pages, and for a warehouse."""
    allowed = viewer.may(Permission.SEE_SCORE) or viewer.may(Permission.EXPORT_DATA)
    return RiskScore.person_id.is_not(None) if allowed else false()


def _conditions(viewer: Viewer) -> dict[str, Condition]:
    model = open_token(our_codes("risk-model"), RiskRun.model_version)
    kind = open_token(our_codes("score-kind"), RiskRun.score_kind)

    def method(chosen: Filter) -> ColumnElement[bool]:
        both = model(chosen), kind(chosen)
        return and_(*both) if chosen.modifier is not Modifier.NONE else both[0] | both[1]

    return {
        **patient(viewer),
        "date": day(RiskRun.extracted_on),
        "method": method,
        "risk": token({our_codes("tier"): words_of(RiskScore.tier, {tier.value: tier for tier in Tier})}),
        "probability": number(RiskScore.probability * 100),
        "identifier": open_token(our_ids("risk-run"), RiskRun.run_ref),
    }


def _known_as(viewer: Viewer, ids: Sequence[str]) -> ColumnElement[bool]:
    person = Person.pseudonym if nameless(viewer) else RiskScore.person_id
    either: ColumnElement[bool] = false()
    for logical_id in ids:
        whose, _, run = logical_id.rpartition("-")
        run_id, who = row_id_of(run), whose if nameless(viewer) else row_id_of(whose)
        if run_id is not None and who is not None:
            either = either | and_(person == who, RiskScore.run_id == run_id)
    return either


def _record(
    viewer: Viewer, score: RiskScore, run: RiskRun, pseudonym: str, updated_at: datetime | None
) -> RiskAssessmentRecord:
    whose = patient_id(viewer, score.person_id, pseudonym)
    return RiskAssessmentRecord(
        id=f"{whose}-{run.id}", updated_at=updated_at, patient=whose, run_ref=run.run_ref, outcome=run.outcome,
        model_version=run.model_version, score_kind=run.score_kind, predicted_on=run.index_date,
        extracted_on=run.extracted_on, tier=score.tier.value, probability=score.probability, percentile=score.percentile,
        demonstration=run.demonstration, reasons=tuple(str(reason.get("text") or "") for reason in score.reasons),
    )  # fmt: skip
