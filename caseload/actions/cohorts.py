"""Cohorts: taken from the ranked list as it was previewed, worked on a board, left with a reason, ended.

Taking a cohort lists people and accepts nobody: no proposal is decided and no case is opened by it.
"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.actions.changes import change_by
from caseload.actions.versions import check_version
from caseload.clock import local_day
from caseload.domain.cohort_rules import CohortRule, LeaveReason, digest_of, why_not_moved
from caseload.domain.permissions import Permission
from caseload.domain.plan_words import CohortColumn
from caseload.domain.viewer import Viewer
from caseload.exceptions import Conflict, NotNow, NotThere
from caseload.queries.cohort_candidates import Picked, picked
from caseload.queries.cohort_places import CohortPlace, cohort_places
from caseload.queries.risk_runs import RunShown, newest_run
from caseload.queries.visible import person_to_change
from caseload.tables import Cohort, CohortMember, CohortMove, RiskRun

_ENDED = "This cohort has ended. Its board stays as it was."


def take_cohort(  # noqa: PLR0913 - the fields of a form
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    name: str,
    place_id: int,
    rule: CohortRule,
    digest: str,
    hidden_days: int,
) -> int:
    """Take the people who were previewed; answers the cohort's id. NotThere for a place that is not wholly the viewer's.

    Conflict where the rule takes others by now; NotNow where it takes nobody, or scores older than `hidden_days` only.
    """
    place = _place(session, by, place_id)
    if not by.may(Permission.SEE_SCORE):
        raise NotThere  # who is taken says what their scores are
    run = _run(session, now, hidden_days)
    found = picked(session, by, now, run.run_id, place.practices, rule)
    if not found.people:
        raise NotNow("Nobody fits these rules now.")
    if digest != digest_of(run.run_id, place_id, rule, (person_id for person_id, _rank in found.people)):
        raise Conflict("The list has changed since you looked at it. Look at who would be taken now.")
    cohort = Cohort(
        name=name, place_id=place_id, run_id=run.run_id, size=rule.size, begun_on=local_day(now), created_at=now,
        created_by=by.user_id, rule={**rule.as_kept(), "place": place.name, "run_of": run.index_date.isoformat()},
    )  # fmt: skip
    session.add(cohort)
    session.flush()
    _add_members(session, cohort, found, by, now)
    people = [person_id for person_id, _rank in found.people]
    record(session, "cohort.take", by=by.user_id, now=now, people=people, cohort=cohort.id, place=place_id)
    return cohort.id


def move_member(
    session: Session, *, by: Viewer, now: datetime, member_id: int, row_version: int, to: CohortColumn
) -> int:
    """Put a member into another column of the board. Answers the cohort's id."""
    member = _member(session, by, now, member_id, row_version)
    refusal = why_not_moved(member.board_column, to)
    if refusal:
        raise NotNow(refusal)
    before = member.board_column
    _put(session, member, CohortMove(board_column=to), by, now)
    record(
        session, "cohort.move", by=by.user_id, now=now, people=[member.person_id], cohort=member.cohort_id,
        member=member.id, before=before.value, code=to.value,
    )  # fmt: skip
    return member.cohort_id


def leave_cohort(  # noqa: PLR0913 - the fields of a form
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    member_id: int,
    row_version: int,
    reason: LeaveReason,
    note: str = "",
) -> int:
    """A member leaves the cohort for a coded reason; their case, if there is one, stays as it is. Answers the cohort's id."""
    member = _member(session, by, now, member_id, row_version)
    if member.board_column is CohortColumn.LEFT:
        raise NotNow("This person has left the cohort already.")
    if reason is LeaveReason.OTHER and not note.strip():
        raise NotNow("Say why this person leaves the cohort in the note.", field="note")
    move = CohortMove(board_column=CohortColumn.LEFT, reason_code=reason.value, note=note)
    _put(session, member, move, by, now)
    record(
        session, "cohort.leave", by=by.user_id, now=now, people=[member.person_id], cohort=member.cohort_id,
        member=member.id, code=reason.value,
    )  # fmt: skip
    return member.cohort_id


def end_cohort(session: Session, *, by: Viewer, now: datetime, cohort_id: int, row_version: int) -> int:
    """The cohort is over: nobody is moved on its board any more, and its people can be taken again. Answers its id."""
    cohort = session.execute(select(Cohort).where(Cohort.id == cohort_id).with_for_update()).scalar_one_or_none()
    if cohort is None:
        raise NotThere
    _place(session, by, cohort.place_id)
    if cohort.ended_at is not None:
        raise NotNow("This cohort has ended already.")
    check_version(cohort, row_version)
    cohort.ended_at, cohort.ended_by = now, by.user_id
    session.flush()
    record(session, "cohort.end", by=by.user_id, now=now, cohort=cohort.id)
    return cohort.id


def _place(session: Session, by: Viewer, place_id: int) -> CohortPlace:
    if not by.may(Permission.WORK_COHORT):
        raise NotThere
    place = cohort_places(session, by).covered_place(place_id)
    if place is None:
        raise NotThere
    return place


def _run(session: Session, now: datetime, hidden_days: int) -> RunShown:
    """The newest run, locked: of two who take a cohort at once, the second sees whom the first took."""
    run = newest_run(session, now)
    if run is None:
        raise NotNow("No scores have been taken in yet.")
    if local_day(now) - run.index_date > timedelta(days=hidden_days):
        raise NotNow("The newest scores are too old to take people by.")
    session.execute(select(RiskRun.id).where(RiskRun.id == run.run_id).with_for_update(key_share=True))
    return run


def _add_members(session: Session, cohort: Cohort, found: Picked, by: Viewer, now: datetime) -> None:
    members = [
        CohortMember(
            cohort_id=cohort.id, person_id=person_id, rank=rank, board_column=CohortColumn.TO_CONTACT, moved_at=now,
            moved_by=by.user_id,
        )
        for person_id, rank in found.people
    ]  # fmt: skip
    session.add_all(members)
    session.flush()
    first = CohortColumn.TO_CONTACT
    session.add_all(CohortMove(member_id=one.id, board_column=first, at=now, by=by.user_id) for one in members)
    session.flush()


def _member(session: Session, by: Viewer, now: datetime, member_id: int, row_version: int) -> CohortMember:
    """The member, locked, for somebody who may change things about the person and works the cohort's place."""
    if not by.may(Permission.WORK_COHORT):
        raise NotThere
    wanted = select(CohortMember).where(CohortMember.id == member_id).with_for_update()
    member = session.execute(wanted).scalar_one_or_none()
    if member is None:
        raise NotThere
    cohort = session.get_one(Cohort, member.cohort_id)
    if cohort.place_id not in cohort_places(session, by).touched:
        raise NotThere
    person_to_change(session, by, now, member.person_id)
    if cohort.ended_at is not None:
        raise NotNow(_ENDED)
    check_version(
        member, row_version, theirs={"Column": member.board_column},
        last=lambda: change_by(session, member.moved_by, member.moved_at),
    )  # fmt: skip
    return member


def _put(session: Session, member: CohortMember, move: CohortMove, by: Viewer, now: datetime) -> None:
    member.board_column, member.moved_at, member.moved_by = move.board_column, now, by.user_id
    move.member_id, move.at, move.by = member.id, now, by.user_id
    session.add(move)
    session.flush()
