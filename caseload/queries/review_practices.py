"""The practices whose lists a viewer reviews."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from caseload.clock import local_day
from caseload.domain.permissions import Permission
from caseload.domain.proposal_rules import UNDECIDED
from caseload.domain.viewer import Viewer
from caseload.exceptions import NotThere
from caseload.queries.proposal_filters import shown, staged
from caseload.queries.visible import openable
from caseload.tables import Organisation, Person, Proposal, StagedDecision


@dataclass(frozen=True, slots=True)
class ReviewPractice:
    """A practice with how many people await its decision, and how many decisions are marked: deferred people's too."""

    practice_id: int
    name: str
    code: str
    network: str
    awaiting: int
    marked: int


def review_practices(session: Session, viewer: Viewer, now: datetime) -> list[ReviewPractice]:
    """Every practice whose list this viewer reviews, by network and name."""
    network, practices = aliased(Organisation), sorted(viewer.practices(Permission.REVIEW_LIST))
    waiting = (
        select(
            Proposal.practice_id,
            func.count().filter(shown("awaiting", local_day(now))).label("awaiting"),
            func.count().filter(staged()).label("marked"),
        )
        .join(Person, Person.id == Proposal.person_id)
        .outerjoin(StagedDecision, StagedDecision.proposal_id == Proposal.id)
        .where(Proposal.state.in_(UNDECIDED), Proposal.practice_id.in_(practices), openable(viewer, now))
        .group_by(Proposal.practice_id)
        .subquery()
    )
    wanted = (
        select(
            Organisation.id, Organisation.name, Organisation.code, func.coalesce(network.name, ""),
            func.coalesce(waiting.c.awaiting, 0), func.coalesce(waiting.c.marked, 0),
        )
        .outerjoin(network, network.id == Organisation.parent_id)
        .outerjoin(waiting, waiting.c.practice_id == Organisation.id)
        .where(Organisation.id.in_(practices))
        .order_by(network.name, Organisation.name, Organisation.id)
    )  # fmt: skip
    return [ReviewPractice(*row) for row in session.execute(wanted)]


def practice_name(session: Session, viewer: Viewer, practice_id: int) -> str:
    """The name of a practice whose list this viewer reviews; NotThere otherwise."""
    wanted = select(Organisation.name).where(
        and_(Organisation.id == practice_id, Organisation.id.in_(sorted(viewer.practices(Permission.REVIEW_LIST))))
    )
    name = session.execute(wanted).scalar_one_or_none()
    if name is None:
        raise NotThere
    return name
