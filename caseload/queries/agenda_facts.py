"""What the rule of an agenda is told of every case in a team's place: on nobody's behalf, and never for a page."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from caseload.clock import local_day
from caseload.domain.agenda_rules import Asked, Before, Facts, MdtRules, Score, Stay
from caseload.domain.plan_words import MeetingState, PlanState
from caseload.domain.words import CaseState, ConsentPurpose
from caseload.queries.lead_cases import latest_run
from caseload.queries.mdt_series import practices_of_team
from caseload.queries.objections import objects_to_scoring, said_no
from caseload.tables import (
    AgendaItem,
    AgendaLeftOut,
    Case,
    Encounter,
    MdtDecision,
    MdtMeeting,
    MdtRequest,
    MdtSeries,
    Person,
    PlanVersion,
    RiskRun,
    RiskScore,
    User,
)


@dataclass(frozen=True, slots=True)
class Known:
    """The facts of every case that may come onto a meeting's agenda, by case, and whose case each is."""

    facts: dict[int, Facts]
    people: dict[int, int]


def may_be_discussed() -> ColumnElement[bool]:
    """A condition on `Case` joined with `Person`: a running case of somebody alive who does not refuse care coordination."""
    return and_(
        Case.state != CaseState.CLOSED,
        Person.merged_into_id.is_(None),
        Person.date_of_death.is_(None),
        ~said_no(ConsentPurpose.CARE_COORDINATION),
    )


def facts_for(session: Session, now: datetime, series: MdtSeries, meeting: MdtMeeting, rules: MdtRules) -> Known:
    """Everything the rule needs for this meeting. Five questions, however many cases there are."""
    facts, people = _cases(session, now, series)
    known = Known(facts, people)
    _add(known, "stay", _stays(session, series, meeting.held_on, rules))
    _add(known, "asked", _asked(session, series, meeting))
    _add(known, "before", _before(session, now, series, meeting))
    _add(known, "no_room_on", _no_room(session, known, series, meeting))
    return known


def _add(known: Known, name: str, found: dict[int, object]) -> None:
    for case_id, value in found.items():
        if case_id in known.facts:
            known.facts[case_id] = replace(known.facts[case_id], **{name: value})  # type: ignore[arg-type]


def _cases(session: Session, now: datetime, series: MdtSeries) -> tuple[dict[int, Facts], dict[int, int]]:
    rows = session.execute(
        select(Case.id, Case.state, Case.person_id, PlanVersion.review_on, RiskScore, RiskRun.index_date, RiskRun.loaded_at)
        .join(Person, Person.id == Case.person_id)
        .outerjoin(PlanVersion, and_(PlanVersion.case_id == Case.id, PlanVersion.state == PlanState.ACTIVE))
        .outerjoin(
            RiskScore,
            and_(RiskScore.person_id == Person.id, RiskScore.run_id == latest_run(now), ~objects_to_scoring()),
        )
        .outerjoin(RiskRun, RiskRun.id == RiskScore.run_id)
        .where(may_be_discussed(), Person.practice_id.in_(practices_of_team(series.team_id)))
        .order_by(Case.id)
    ).all()  # fmt: skip
    facts = {
        row.id: Facts(
            row.id, on_hold=row.state is CaseState.ON_HOLD, review_due_on=row.review_on,
            score=_score(row.RiskScore, row.index_date, row.loaded_at),
        )
        for row in rows
    }  # fmt: skip
    return facts, {row.id: row.person_id for row in rows}


def _score(score: RiskScore | None, run_on: date, loaded_at: datetime) -> Score | None:
    if score is None:
        return None
    return Score(run_on, local_day(loaded_at), score.tier, score.previous_tier, score.rising, score.percentile)


def _stays(session: Session, series: MdtSeries, held_on: date, rules: MdtRules) -> dict[int, object]:
    """The latest stay of everybody who has one that is not over long since."""
    since = held_on - timedelta(days=rules.recent_stay_days)
    rows = session.execute(
        select(Case.id, Encounter.started_on, Encounter.ended_on)
        .join(Person, Person.id == Case.person_id)
        .join(Encounter, Encounter.person_id == Person.id)
        .where(
            Case.state != CaseState.CLOSED,
            Person.practice_id.in_(practices_of_team(series.team_id)),
            Encounter.kind.in_([kind.value for kind in rules.stays]),
            Encounter.started_on <= held_on,
            or_(Encounter.ended_on.is_(None), Encounter.ended_on >= since),
        )
        .order_by(Case.id, Encounter.started_on, Encounter.id)
    )
    return {row.id: Stay(row.started_on, row.ended_on) for row in rows}


def _asked(session: Session, series: MdtSeries, meeting: MdtMeeting) -> dict[int, object]:
    """Requests that wait, and those that an item of this very meeting has taken up."""
    here = select(AgendaItem.id).where(AgendaItem.meeting_id == meeting.id)
    rows = session.execute(
        select(MdtRequest.id, MdtRequest.case_id, MdtRequest.why, User.display_name)
        .join(User, User.id == MdtRequest.by)
        .where(
            MdtRequest.series_id == series.id,
            MdtRequest.ended_at.is_(None),
            or_(MdtRequest.item_id.is_(None), MdtRequest.item_id.in_(here)),
        )
        .order_by(MdtRequest.id.desc())
    )
    return {row.case_id: Asked(row.display_name, row.why, row.id) for row in rows}


def _before(session: Session, now: datetime, series: MdtSeries, meeting: MdtMeeting) -> dict[int, object]:
    """The last earlier meeting with each person on its agenda, and what came of it."""
    latest = (
        select(MdtDecision.item_id, func.max(MdtDecision.id).label("decision_id"))
        .group_by(MdtDecision.item_id)
        .subquery()
    )
    rows = session.execute(
        select(
            AgendaItem.id, AgendaItem.case_id, AgendaItem.not_reached, MdtMeeting.held_on, MdtMeeting.state,
            MdtDecision.id.label("decision_id"), MdtDecision.next_review_on,
        )
        .join(MdtMeeting, MdtMeeting.id == AgendaItem.meeting_id)
        .outerjoin(latest, latest.c.item_id == AgendaItem.id)
        .outerjoin(MdtDecision, MdtDecision.id == latest.c.decision_id)
        .where(MdtMeeting.series_id == series.id, MdtMeeting.held_on < meeting.held_on)
        .order_by(MdtMeeting.held_on, AgendaItem.id)
    )  # fmt: skip
    today = local_day(now)
    found: dict[int, object] = {}
    for row in rows:
        over = row.state is MeetingState.CLOSED or row.held_on < today
        unreached = over and (row.not_reached or row.decision_id is None)
        found[row.case_id] = Before(row.held_on, row.id, unreached, None if unreached else row.next_review_on)
    return found


def _no_room(session: Session, known: Known, series: MdtSeries, meeting: MdtMeeting) -> dict[int, object]:
    """The last earlier meeting at which each person did not fit, unless one that had them on came after it."""
    rows = session.execute(
        select(AgendaLeftOut.case_id, MdtMeeting.held_on)
        .join(MdtMeeting, MdtMeeting.id == AgendaLeftOut.meeting_id)
        .where(
            MdtMeeting.series_id == series.id,
            MdtMeeting.held_on < meeting.held_on,
            AgendaLeftOut.removed_at.is_(None),
        )
        .order_by(MdtMeeting.held_on, AgendaLeftOut.id)
    )
    return {row.case_id: row.held_on for row in rows if not _on_since(known, row.case_id, row.held_on)}


def _on_since(known: Known, case_id: int, day: date) -> bool:
    facts = known.facts.get(case_id)
    return facts is not None and facts.before is not None and facts.before.on > day
