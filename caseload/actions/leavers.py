"""Handing over all that somebody holds before they leave: staged, sent in steps, by several people if need be.

Nothing is handed over by staging. Every case sent is an ordinary handover, and the leaver stays accountable for it until
the receiver accepts. A journey is finished only when the leaver holds nothing.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.actions.changes import Change, change_by
from caseload.actions.handovers import HANDOVER_DAYS, request_handover, take_back
from caseload.actions.versions import check_version
from caseload.domain.permissions import Permission
from caseload.domain.sharing_out import shared_out
from caseload.domain.viewer import Viewer
from caseload.domain.words import HandoverState, JourneyState
from caseload.exceptions import Conflict, NotNow, NotThere, Refused
from caseload.lead_rules import read_lead_rules
from caseload.queries.holdings import holdings_of
from caseload.queries.lead_cases import lead_cases
from caseload.queries.leaver_cases import cases_beyond, held_cases, points_given, to_share, turned_down
from caseload.queries.leavers import journey_row, leaver_choices
from caseload.queries.practitioners import candidates_for
from caseload.tables import Case, Handover, LeaverJourney, StagedHandover


def start_leaver(session: Session, *, by: Viewer, now: datetime, user_id: int) -> int:
    """Begin the journey of somebody who leads or works on cases of the viewer's people, with a receiver proposed for each.

    The journey's id. NotThere for somebody else; Conflict where a journey of theirs is under way already.
    """
    if not by.may(Permission.HAND_OVER_LEAVER) or not leaver_choices(session, by, now, only=user_id):
        raise NotThere
    wanted = select(LeaverJourney).where(LeaverJourney.user_id == user_id, LeaverJourney.state == JourneyState.BEGUN)
    begun = session.execute(wanted).scalar_one_or_none()
    if begun is not None:
        change = change_by(session, begun.started_by, begun.started_at)
        raise Conflict("Somebody else has begun to hand over this person’s cases.", by=change.by, at=change.at)
    journey = LeaverJourney(user_id=user_id, state=JourneyState.BEGUN, started_at=now, started_by=by.user_id)
    session.add(journey)
    session.flush()
    record(session, "leaver.start", by=by.user_id, now=now, journey=journey.id, leaver=user_id)
    _propose(session, journey, by, now)
    return journey.id


def propose_receivers(session: Session, *, by: Viewer, now: datetime, journey_id: int) -> int:
    """Propose a receiver for every case that has none and waits for nobody's answer. How many were proposed."""
    return _propose(session, _journey(session, by, now, journey_id), by, now)


def stage_receivers(
    session: Session, *, by: Viewer, now: datetime, journey_id: int, choices: Iterable[tuple[int, int, int]]
) -> int:
    """Keep whom cases are meant for: triples of case, the receiver the page showed and the one chosen (0 for none).

    How many changed. Conflict where somebody else chose another receiver meanwhile; NotNow for one who could not take over.
    """
    journey = _journey(session, by, now, journey_id)
    rows = held_cases(session, by, now, journey.id, journey.user_id)
    reach, refused = {row.case_id for row in rows}, turned_down(rows)
    changed = 0
    for case_id, shown, chosen in choices:
        if case_id in reach and shown != chosen:
            if chosen in refused[case_id]:
                raise NotNow(
                    "One of the receivers has turned down the case chosen for them. Choose somebody else for it."
                )
            _stage(session, journey, by, now, case_id, shown=shown, chosen=chosen)
            changed += 1
    session.flush()
    record(session, "leaver.stage", by=by.user_id, now=now, journey=journey.id, changed=changed)
    return changed


def send_staged(  # noqa: PLR0913 - the fields of a form
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    journey_id: int,
    pairs: Iterable[tuple[int, int]],
    reason: str,
    summary: str = "",
    handover_days: int = HANDOVER_DAYS,
) -> dict[str, object]:
    """Ask for the handover of these cases, each to the receiver it was previewed with.

    Answers how many were `sent` and, for those that could not be, the case and the sentence for why in `left`. Conflict
    where a receiver is another than the one previewed.
    """
    journey = _journey(session, by, now, journey_id)
    sent, left = 0, []
    for case_id, receiver_id in pairs:
        staged = session.get(StagedHandover, (journey.id, case_id))
        if staged is None or staged.to_user_id != receiver_id:
            change = _staged_by(session, staged)
            raise Conflict(
                "Somebody else changed whom a case goes to. Look at the preview again.", by=change.by, at=change.at
            )
        try:
            _send(session, staged, by, now, reason=reason, summary=summary, handover_days=handover_days)
            sent += 1
        except Refused as refused:  # refused before anything was written for this case
            left.append([case_id, refused.sentence])
    record(session, "leaver.send", by=by.user_id, now=now, journey=journey.id, sent=sent, left=len(left))
    return {"sent": sent, "left": left}


def finish_leaver(session: Session, *, by: Viewer, now: datetime, journey_id: int, row_version: int) -> int:
    """The leaver holds nothing any more. The journey's id; NotNow with what they still hold."""
    journey = _journey(session, by, now, journey_id)
    check_version(journey, row_version)
    held = holdings_of(session, now, journey.user_id)
    if not held.nothing:
        raise NotNow(f"This person still holds {held.in_words()}.")
    return _end(session, journey, JourneyState.FINISHED, "leaver.finish", by, now)


def stop_leaver(session: Session, *, by: Viewer, now: datetime, journey_id: int, row_version: int) -> int:
    """The leaver stays: requests of the journey that nobody has answered are taken back. The journey's id.

    NotNow while it has cases of people whom the viewer may not hand over: nobody undoes what others have done for theirs.
    """
    journey = _journey(session, by, now, journey_id)
    check_version(journey, row_version)
    beyond = cases_beyond(session, by, now, journey.id, journey.user_id)
    if beyond:
        raise NotNow(
            f"{beyond} {'case' if beyond == 1 else 'cases'} of this journey are of people you may not hand over. "
            "Somebody who may hand over all of them has to stop it."
        )
    waiting = select(Handover).where(Handover.journey_id == journey.id, Handover.state == HandoverState.REQUESTED)
    for handover in session.execute(waiting.order_by(Handover.id)).scalars().all():
        take_back(session, handover=handover, by=by, now=now)
    return _end(session, journey, JourneyState.STOPPED, "leaver.stop", by, now)


def _journey(session: Session, by: Viewer, now: datetime, journey_id: int) -> LeaverJourney:
    """The journey, locked: two people staging or sending at once wait for each other."""
    if not by.may(Permission.HAND_OVER_LEAVER):
        raise NotThere
    journey_row(session, by, now, journey_id)
    journey = session.get_one(LeaverJourney, journey_id, with_for_update=True, populate_existing=True)
    if journey.state is not JourneyState.BEGUN:
        raise NotNow("This journey is over.")
    return journey


def _propose(session: Session, journey: LeaverJourney, by: Viewer, now: datetime) -> int:
    rules = read_lead_rules()
    rows = held_cases(session, by, now, journey.id, journey.user_id)
    waiting = {row.case_id for row in rows if row.state is HandoverState.REQUESTED and row.expires_at > now}
    open_ones = [row for row in rows if row.receiver_id is None and row.case_id not in waiting]
    given = points_given(rules, [row for row in rows if row.case_id not in waiting])
    receivers = shared_out(rules, to_share(session, by, now, journey.user_id, open_ones), given)
    session.add_all(
        StagedHandover(journey_id=journey.id, case_id=case_id, to_user_id=user_id, staged_at=now, staged_by=by.user_id)
        for case_id, user_id in sorted(receivers.items())
    )
    session.flush()
    record(session, "leaver.propose", by=by.user_id, now=now, journey=journey.id, proposed=len(receivers))
    return len(receivers)


def _stage(  # noqa: PLR0913 - one change, wholly said
    session: Session, journey: LeaverJourney, by: Viewer, now: datetime, case_id: int, *, shown: int, chosen: int
) -> None:
    staged = session.get(StagedHandover, (journey.id, case_id))
    if (staged.to_user_id if staged else 0) != shown:
        change = _staged_by(session, staged)
        raise Conflict(
            "Somebody else chose another receiver for one of these cases meanwhile.", by=change.by, at=change.at
        )
    if chosen:
        _check_receiver(session, journey, by, now, case_id, chosen)
    if staged is not None and not chosen:
        session.delete(staged)
    elif staged is not None:
        staged.to_user_id, staged.staged_at, staged.staged_by = chosen, now, by.user_id
    else:
        session.add(
            StagedHandover(
                journey_id=journey.id, case_id=case_id, to_user_id=chosen, staged_at=now, staged_by=by.user_id
            )
        )


def _staged_by(session: Session, staged: StagedHandover | None) -> Change:
    """Whose choice stands; without a name and time where there is none any more."""
    return Change("", None) if staged is None else change_by(session, staged.staged_by, staged.staged_at)


def _check_receiver(
    session: Session, journey: LeaverJourney, by: Viewer, now: datetime, case_id: int, user_id: int
) -> None:
    case = lead_cases(session, by, now, [case_id])[case_id]
    found = candidates_for(session, now, case, read_lead_rules(), only=[user_id], to_receive=True)
    if user_id == journey.user_id or not found:
        raise NotNow("One of the receivers cannot take over the case chosen for them. Choose somebody from its list.")


def _send(session: Session, staged: StagedHandover, by: Viewer, now: datetime, **fields: str | int) -> None:
    """Turn what is staged into a request."""
    request_handover(
        session, by=by, now=now, case_id=staged.case_id,
        row_version=session.get_one(Case, staged.case_id, populate_existing=True).row_version,
        to_user_id=staged.to_user_id, reason=str(fields["reason"]), summary=str(fields["summary"]),
        handover_days=int(fields["handover_days"]), journey_id=staged.journey_id,
    )  # fmt: skip
    session.delete(staged)
    session.flush()


def _end(session: Session, journey: LeaverJourney, state: JourneyState, action: str, by: Viewer, now: datetime) -> int:
    for staged in session.execute(select(StagedHandover).where(StagedHandover.journey_id == journey.id)).scalars():
        session.delete(staged)
    journey.state, journey.finished_at, journey.finished_by = state, now, by.user_id
    session.flush()
    record(session, action, by=by.user_id, now=now, journey=journey.id, leaver=journey.user_id)
    return journey.id
