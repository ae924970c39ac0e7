"""Provenance: how each version of a plan came to be. Its id is the row id of the version."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from caseload.domain.viewer import Viewer
from caseload.queries.outward.conditions import Condition, asked, moment, pointer
from caseload.queries.outward.listing import Listing, patient, patient_id, rows_of, slice_of, updated
from caseload.queries.outward.plan_rows import plan_changed, plan_rows, version_id
from caseload.queries.outward.wanted import Slice, Wanted
from caseload.tables import PlanAgreement, PlanSection, PlanVersion
from interfaces.fhir.provenance import ANSWERED, SIGNED, WROTE, Agent, ProvenanceRecord
from interfaces.fhir.search_values import Filter, Value


def find_provenances(session: Session, viewer: Viewer, now: datetime, wanted: Wanted) -> Slice:
    """One for every version that was ever ready: who wrote it, who signed it off, what was last said to it."""
    changed = plan_changed()
    rows = rows_of(
        session, wanted, plan_rows(viewer, now), Listing((PlanVersion.id,), changed, _conditions(viewer, changed))
    )
    agents = _agents(session, [row[0] for row in rows.rows])
    found = [(_record(viewer, row, agents[row[0].id]), [row[1].person_id]) for row in rows.rows]
    return slice_of(viewer, rows, found)


def _conditions(viewer: Viewer, changed: Any) -> dict[str, Condition]:
    return {
        "patient": patient(viewer)["patient"],
        "target": pointer("CarePlan", PlanVersion.case_id),
        "agent": _with_agent,
        "recorded": moment(changed),
    }


def _with_agent(chosen: Filter) -> ColumnElement[bool]:
    """Somebody who wrote a part or signed it off."""
    wrote = (
        exists()
        .where(PlanSection.version_id == PlanVersion.id, func.json_array_length(PlanSection.content) > 0)
        .correlate(PlanVersion)
    )

    def one(value: Value) -> ColumnElement[bool]:
        alone = Filter((value,))
        writes = wrote.where(pointer("Practitioner", PlanSection.author_id)(alone))
        return or_(writes, pointer("Practitioner", PlanVersion.signed_by)(alone))

    return asked(chosen, one, or_(wrote, PlanVersion.signed_by.is_not(None)))


def _agents(session: Session, versions: Sequence[PlanVersion]) -> dict[int, list[Agent]]:
    """Everybody's part in these versions, in two statements; the person's is without who they are yet."""
    ids = [version.id for version in versions]
    agents: dict[int, list[Agent]] = defaultdict(list)
    parts = select(PlanSection).where(PlanSection.version_id.in_(ids)).order_by(PlanSection.id)
    for part in session.execute(parts).scalars() if ids else ():
        writer = Agent(WROTE, str(part.author_id), str(part.organisation_id))
        if part.content and writer not in agents[part.version_id]:
            agents[part.version_id].append(writer)
    for version in versions:
        if version.signed_by is not None:
            agents[version.id].append(Agent(SIGNED, str(version.signed_by)))
    latest = (
        select(func.max(PlanAgreement.id)).where(PlanAgreement.version_id.in_(ids)).group_by(PlanAgreement.version_id)
    )
    for said in session.execute(select(PlanAgreement).where(PlanAgreement.id.in_(latest))).scalars() if ids else ():
        agents[said.version_id].append(Agent(ANSWERED, name=said.representative, answer=said.state.value))
    return agents


def _record(viewer: Viewer, row: Any, agents: Sequence[Agent]) -> ProvenanceRecord:
    version, case, _, pseudonym, joint = row[:5]
    whose = patient_id(viewer, case.person_id, pseudonym)
    at = updated(row)
    return ProvenanceRecord(
        id=str(version.id), updated_at=at, patient=whose, care_plan=str(case.id),
        target_version=version_id(version, joint=bool(joint)), started_at=version.created_at,
        recorded_at=at or version.created_at, agents=tuple(agents),
    )  # fmt: skip
