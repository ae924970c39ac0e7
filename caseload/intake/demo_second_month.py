"""What is under way after the second month of a demonstration came in."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.emergency import open_in_emergency
from caseload.actions.handovers import accept_handover, request_handover
from caseload.actions.restrictions import restrict_person
from caseload.actions.review import stage
from caseload.actions.tasks import add_task
from caseload.clock import local_day
from caseload.domain.contact_outcomes import ContactOutcome
from caseload.domain.emergency_access import EmergencyReason
from caseload.domain.restriction import RestrictReason
from caseload.domain.words import Decision, TaskKind
from caseload.intake.demo_scene import Scene, listed
from caseload.queries.leads import handover_candidates, lead_page
from caseload.tables import Handover, Person

_OUTCOMES = (
    ContactOutcome.NEXT_STEP_AGREED, ContactOutcome.NO_CHANGE, ContactOutcome.WORSE, ContactOutcome.NO_ANSWER,
    ContactOutcome.DISCHARGED,
)  # fmt: skip
_NOTE = "Better than last time. Would like to be called before anybody comes."


def second_month(scene: Scene) -> None:
    """Contacts, handovers, a restricted record, break-glass, and a review half done."""
    _contacts(scene)
    _handovers(scene)
    _restricted(scene)
    _emergency(scene)
    _half_a_review(scene)


def _contacts(scene: Scene) -> None:
    """The last fortnight: most were seen again, so that what is next is overdue, due and to come."""
    for number, case in enumerate(scene.cases()):
        day = local_day(scene.end) - timedelta(days=1 + number % 14)
        if number % 4 != 3:
            scene.visit(case, scene.at(day, 10 + number % 6), _OUTCOMES[number % len(_OUTCOMES)], note=_NOTE)
        if number % 9 == 0:
            scene.maybe(
                case.surgery.navigator, scene.at(day, 12), add_task, person_id=case.person_id, kind=TaskKind.OTHER,
                title="Ask about the key safe and the pendant alarm", due_on=local_day(scene.end) + timedelta(days=2),
            )  # fmt: skip


def _handovers(scene: Scene) -> None:
    """One taken over, one waiting for an answer."""
    begun = scene.at(local_day(scene.end) - timedelta(days=2))
    done = 0
    for case in scene.cases():
        if done == 2:
            return
        receiver = scene.do(case.surgery.manager, begun, _hand_over, case_id=case.case_id)
        if receiver is not None and done == 0:
            name = next(name for name, user_id in scene.staff.ids.items() if user_id == receiver)
            scene.maybe(name, scene.at(local_day(begun), 11), _accept, case_id=case.case_id)
        done += receiver is not None


def _hand_over(session: Session, *, by: Any, now: datetime, case_id: int) -> int | None:
    page = lead_page(session, by, now, case_id)
    if page.current is None or page.waiting is not None or page.case.person.date_of_death is not None:
        return None
    others = handover_candidates(session, now, page.case, page.current.user_id)
    if not others:
        return None
    request_handover(
        session, by=by, now=now, case_id=case_id, row_version=page.case.row_version, to_user_id=others[0].user_id,
        reason="Moving to other duties at the end of the month.", summary="Settled. Next visit is arranged.",
    )  # fmt: skip
    return others[0].user_id


def _accept(session: Session, *, by: Any, now: datetime, case_id: int) -> int:
    waiting = session.execute(
        select(Handover).where(Handover.case_id == case_id).order_by(Handover.id.desc())
    ).scalars()
    handover = next(iter(waiting))
    return accept_handover(session, by=by, now=now, handover_id=handover.id, row_version=handover.row_version)


def _restricted(scene: Scene) -> None:
    """One record only named people may open: the manager and one GP of the practice."""
    cases = scene.cases()
    if not cases:
        return
    case = cases[-1]
    at = scene.at(local_day(scene.end) - timedelta(days=1))
    with scene.store.reading() as session:
        version = session.get_one(Person, case.person_id).row_version
    scene.maybe(
        case.surgery.manager, at, restrict_person, person_id=case.person_id, row_version=version,
        reason=RestrictReason.PERSON_ASKED, user_ids=[],
    )  # fmt: skip


def _emergency(scene: Scene) -> None:
    """Break-glass by the hospital's consultant, waiting for its review."""
    with scene.store.reading() as session:
        wanted = select(Person.nhs_number).where(Person.date_of_death.is_(None), Person.deregistered_on.is_(None))
        number = session.execute(wanted.order_by(Person.id).limit(1)).scalar_one()
    scene.do(
        "simon.achebe", scene.at(local_day(scene.end) - timedelta(days=1), 20), open_in_emergency, nhs_number=number,
        reason_code=EmergencyReason.URGENT_CARE, reason="Brought in confused tonight, nobody at the practice.", minutes=60,
    )  # fmt: skip


def _half_a_review(scene: Scene) -> None:
    """The second month's list of the first practice: some marked, nothing confirmed."""
    surgery = scene.staff.practices[0]
    with scene.store.reading() as session:
        ids = listed(session, surgery.id, set())
    if ids[:3]:
        scene.do(
            surgery.manager, scene.end, stage, practice_id=surgery.id, proposal_ids=ids[:3], decision=Decision.ACCEPT
        )
