"""The first month of a demonstration: the review, leads, first contacts, consent."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.care_team import add_member
from caseload.actions.cases import set_need_case
from caseload.actions.consent import NOTHING, record_consent
from caseload.actions.leads import confirm_lead, record_told
from caseload.actions.proposals import raise_concern
from caseload.actions.review import as_marks, confirm, stage
from caseload.clock import local_day
from caseload.domain.candidates import suggested
from caseload.domain.consent_rules import ConsentHow
from caseload.domain.contact_outcomes import ContactOutcome
from caseload.domain.decline_reasons import DeclineReason
from caseload.domain.override_reasons import OverrideReason
from caseload.domain.proposal_rules import digest_of
from caseload.domain.words import (
    CareTeamRole,
    ConsentPurpose,
    ConsentState,
    ContactMode,
    Decision,
    PrimaryNeed,
    Tier,
)
from caseload.intake.demo_scene import OpenCase, Scene, listed
from caseload.intake.demo_staff import PRACTICES, Surgery
from caseload.lead_rules import read_lead_rules
from caseload.queries.leads import lead_page
from caseload.tables import Case, LeadAllocation, Person, Proposal, RiskScore, StagedDecision

_NEEDS = (
    PrimaryNeed.FUNCTIONAL, PrimaryNeed.NURSING, PrimaryNeed.SOCIAL, PrimaryNeed.MENTAL_HEALTH, PrimaryNeed.SPECIALIST,
    PrimaryNeed.MEDICAL,
)  # fmt: skip
_NOTES = (
    "Lives alone on the second floor, the lift is out of order again. Daughter visits at the weekend.",
    "Breathless on the stairs. Has stopped going to the lunch club.",
    "Carer is exhausted and would like a break. Asked about respite.",
    "Medicines are mixed up in several boxes. Pharmacist to visit.",
    "Fell twice in the bathroom last month and told nobody.",
)
_AGREED = (ConsentPurpose.CARE_COORDINATION, ConsentPurpose.SHARING_HEALTH, ConsentPurpose.SHARING_SOCIAL_CARE)


def first_month(scene: Scene, soon_gone: set[str]) -> None:
    """The first review, leads, first contacts. `soon_gone` are those the next register has lost: some are accepted."""
    for surgery, accepted in zip(scene.staff.practices, (14, 8, *[2] * PRACTICES), strict=False):
        _review(scene, surgery, accepted, soon_gone)
    cases = scene.cases()
    _name_leads(scene, cases)
    _first_contacts(scene, cases)
    _consents(scene, cases)
    _concern(scene)


def _review(scene: Scene, surgery: Surgery, accepted: int, soon_gone: set[str]) -> None:
    at = scene.at(scene.first + timedelta(days=3))
    with scene.store.reading() as session:
        ids = listed(session, surgery.id, soon_gone)
    later = local_day(at) + timedelta(days=90)
    decisions: tuple[tuple[int, Decision, dict[str, Any]], ...] = (
        (accepted, Decision.ACCEPT, {}),
        (2, Decision.DECLINE, {"reason_code": DeclineReason.OTHER_SERVICE.value}),
        (1, Decision.DECLINE, {"reason_code": DeclineReason.PERSON_SAID_NO.value}),
        (2, Decision.DEFER, {"deferred_until": later, "note": "After the operation."}),
    )
    for many, decision, more in decisions:
        chosen, ids = ids[:many], ids[many:]
        if chosen:
            scene.do(surgery.manager, at, stage, practice_id=surgery.id, proposal_ids=chosen, decision=decision, **more)
    scene.maybe(surgery.manager, at, _confirm_all, practice_id=surgery.id)


def _confirm_all(session: Session, *, by: Any, now: datetime, practice_id: int) -> dict[str, int]:
    marked = session.execute(
        select(Proposal, StagedDecision)
        .join(StagedDecision, StagedDecision.proposal_id == Proposal.id)
        .where(StagedDecision.practice_id == practice_id)
    ).all()
    digest = digest_of(as_marks([(proposal, mark) for proposal, mark in marked]))
    return confirm(session, by=by, now=now, practice_id=practice_id, digest=digest)


def _name_leads(scene: Scene, cases: Sequence[OpenCase]) -> None:
    """Needs for most, leads for three in four, one of them by the person's own choice; the navigator on every team."""
    at = scene.at(scene.first + timedelta(days=4))
    for number, case in enumerate(cases):
        manager, navigator = case.surgery.manager, case.surgery.navigator
        if number % 7 != 6:
            scene.do(manager, at, _set_need, case_id=case.case_id, need=_NEEDS[number % len(_NEEDS)])
        if number % 4 != 3:
            scene.do(manager, at, _name_lead, case_id=case.case_id, own_choice=number == 1)
        scene.maybe(
            manager, at, add_member, case_id=case.case_id, role=CareTeamRole.CARE_NAVIGATOR, from_on=local_day(at),
            user_id=scene.staff.ids[navigator],
        )  # fmt: skip


def _set_need(session: Session, *, by: Any, now: datetime, case_id: int, need: PrimaryNeed) -> int:
    version = session.get_one(Case, case_id).row_version
    return set_need_case(session, by=by, now=now, case_id=case_id, row_version=version, need=need)


def _name_lead(session: Session, *, by: Any, now: datetime, case_id: int, own_choice: bool) -> int | None:
    page, rules = lead_page(session, by, now, case_id), read_lead_rules()
    chosen = [one for one in page.candidates if suggested(rules, page.outcome, one) is not own_choice]
    if not chosen:
        return None
    return confirm_lead(
        session, by=by, now=now, case_id=case_id, row_version=page.case.row_version, user_id=chosen[0].user_id,
        override_code=OverrideReason.PERSONS_CHOICE.value if own_choice else None,
    )  # fmt: skip


def _first_contacts(scene: Scene, cases: Sequence[OpenCase]) -> None:
    """First contacts for all but one in six, within a fortnight; who was reached is told who leads."""
    for number, case in enumerate(cases):
        if number % 6 == 5:
            continue
        at = scene.at(scene.first + timedelta(days=6 + number % 8), 10 + number % 6)
        reached = number % 5 != 4
        outcome = ContactOutcome.FIRST_CONTACT_MADE if reached else ContactOutcome.NO_ANSWER
        scene.visit(case, at, outcome, note=_NOTES[number % len(_NOTES)] if reached else "")
        if reached and number % 3 != 0:
            scene.maybe(case.surgery.navigator, at, _tell, case_id=case.case_id)


def _tell(session: Session, *, by: Any, now: datetime, case_id: int) -> int | None:
    wanted = select(LeadAllocation.id).where(LeadAllocation.case_id == case_id, LeadAllocation.until_at.is_(None))
    allocation = session.execute(wanted).scalar_one_or_none()
    if allocation is None:
        return None
    return record_told(
        session, by=by, now=now, case_id=case_id, allocation_id=allocation, told_on=local_day(now),
        how=ContactMode.TELEPHONE,
    )  # fmt: skip


def _consents(scene: Scene, cases: Sequence[OpenCase]) -> None:
    """Most agree; one does not want the council to see the record, one takes back what they agreed to."""
    at = scene.at(scene.first + timedelta(days=12))
    for number, case in enumerate(cases[:9]):
        for purpose in _AGREED:
            refuses = number == 4 and purpose is ConsentPurpose.SHARING_SOCIAL_CARE
            _consent(scene, case, at, purpose, ConsentState.REFUSED if refuses else ConsentState.GIVEN)
    for case in cases[5:6]:
        _withdraw(scene, case)


def _consent(
    scene: Scene, case: OpenCase, at: datetime, purpose: ConsentPurpose, state: ConsentState, seen: int = NOTHING
) -> Any:
    return scene.maybe(
        case.surgery.manager, at, record_consent, person_id=case.person_id, purpose=purpose,
        state=state, how=ConsentHow.SIGNED, seen_id=seen,
    )  # fmt: skip


def _withdraw(scene: Scene, case: OpenCase) -> None:
    purpose = ConsentPurpose.SHARING_VOLUNTARY
    said = _consent(scene, case, scene.at(scene.first + timedelta(days=13)), purpose, ConsentState.GIVEN)
    if said is not None:
        _consent(scene, case, scene.at(scene.first + timedelta(days=22)), purpose, ConsentState.WITHDRAWN, said)


def _concern(scene: Scene) -> None:
    """Somebody no score points to, put before their practice by a GP."""
    surgery = scene.staff.practices[0]
    with scene.store.reading() as session:
        wanted = (
            select(Person.id)
            .join(RiskScore, RiskScore.person_id == Person.id)
            .where(Person.practice_id == surgery.id, RiskScore.tier == Tier.MODERATE, Person.date_of_death.is_(None))
            .order_by(RiskScore.rank)
        )
        person_id = session.execute(wanted.limit(1)).scalar_one_or_none()
    if person_id is not None:
        note = "His wife died in August. He has lost weight and does not open the door."
        at = scene.at(scene.first + timedelta(days=15))
        scene.maybe(surgery.manager, at, raise_concern, person_id=person_id, note=note)
