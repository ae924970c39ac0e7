"""The concerns that a practice has before it about somebody, as far as a viewer may read them."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.domain.permissions import Permission
from caseload.domain.proposal_rules import CONCERN_CODE, UNDECIDED
from caseload.domain.viewer import Viewer
from caseload.queries.proposals import Concern
from caseload.tables import Proposal, ProposalEvent, User


@dataclass(frozen=True, slots=True)
class ConcernsThere:
    """Those the viewer may read, oldest first, and how many others there are."""

    shown: tuple[Concern, ...]
    others: int


def concerns_about(session: Session, viewer: Viewer, person_id: int) -> ConcernsThere:
    """What is said of a person whom the viewer was found to be allowed to open, and not decided yet.

    Whoever reviews the practice's list reads all of it there; anybody else only what they wrote themselves.
    """
    reviewed = viewer.practices(Permission.REVIEW_LIST)
    wanted = (
        select(Proposal.practice_id, ProposalEvent.by, User.display_name, ProposalEvent.at, ProposalEvent.note)
        .join(Proposal, Proposal.id == ProposalEvent.proposal_id)
        .join(User, User.id == ProposalEvent.by)
        .where(
            Proposal.person_id == person_id,
            Proposal.state.in_(UNDECIDED),
            ProposalEvent.reason_code == CONCERN_CODE,
        )
        .order_by(ProposalEvent.id)
    )
    found = session.execute(wanted).all()
    shown = tuple(
        Concern(name, at, note)
        for practice_id, by, name, at, note in found
        if by == viewer.user_id or practice_id in reviewed
    )
    return ConcernsThere(shown, len(found) - len(shown))
