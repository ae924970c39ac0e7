"""Giving somebody a copy of a plan: asked at that moment whether the person agrees, and written down whatever the answer."""

from datetime import datetime
from typing import TypedDict

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.domain.permissions import Permission
from caseload.domain.plan_words import ShareFormat
from caseload.domain.sharing_rules import SHARING_RULES, RecipientKind, recipient_words, why_not_given, why_not_shared
from caseload.domain.viewer import Viewer
from caseload.exceptions import NotNow, NotThere
from caseload.queries.consent import consents_in_force
from caseload.queries.visible import case_to_change
from caseload.tables import Case, Person, PlanShare, PlanVersion

RECIPIENT = 200
"""How long what a recipient is called may be."""


class Shared(TypedDict):
    """What became of it: the row's id, and why the copy was refused, empty where it may be given."""

    share: int
    refused: str


def share_plan(  # noqa: PLR0913 - the fields of a form
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    version_id: int,
    kind: RecipientKind,
    recipient: str,
    share_format: ShareFormat,
) -> Shared:
    """Write down that a copy is given to somebody, or that the person's own words forbid it.

    A refusal is a row like a copy, and nothing is made of it. NotNow for a version of which no copies are given, for
    somebody who died, and for a format that this kind of recipient is not given.
    """
    if not by.may(Permission.SHARE_PLAN):
        raise NotThere
    version, case = _version(session, by, now, version_id)
    person = session.get_one(Person, case.person_id)
    session.refresh(person, with_for_update={"read": True})  # an answer is recorded before this or after it
    _check(version, person, kind, recipient, share_format)
    holds = {purpose: row.state for purpose, row in consents_in_force(session, by, now, person.id).items()}
    refusal = why_not_shared(kind, holds)
    share = PlanShare(
        version_id=version.id, share_format=share_format, recipient=recipient_words(kind, recipient), sector=SHARING_RULES[kind].sector,
        refused=refusal is not None, at=now, by=by.user_id,
    )  # fmt: skip
    session.add(share)
    session.flush()
    record(
        session, "plan.share" if refusal is None else "plan.share_refused", by=by.user_id, now=now, people=[person.id],
        case_id=case.id, version=version.id, share=share.id, format=share_format.value, recipient_kind=kind.value,
        code=None if refusal is None else refusal.purpose.value,
    )  # fmt: skip
    return Shared(share=share.id, refused="" if refusal is None else refusal.sentence)


def _version(session: Session, by: Viewer, now: datetime, version_id: int) -> tuple[PlanVersion, Case]:
    version = session.execute(select(PlanVersion).where(PlanVersion.id == version_id)).scalar_one_or_none()
    if version is None:
        raise NotThere
    return version, case_to_change(session, by, now, version.case_id)


def _check(
    version: PlanVersion, person: Person, kind: RecipientKind, recipient: str, share_format: ShareFormat
) -> None:
    why_not = why_not_given(version.state)
    if why_not is not None:
        raise NotNow(why_not)
    if person.date_of_death is not None:
        raise NotNow("This person has died. No more copies of the plan are given.")
    if share_format not in SHARING_RULES[kind].formats:
        raise NotNow("Urgent care is given the urgent summary. Choose that format.", field="share_format")
    if not recipient.strip():
        raise NotNow("Enter who is given the copy.", field="organisation")
    if len(recipient_words(kind, recipient)) > RECIPIENT:
        raise NotNow("The name and the organisation are too long together. Shorten one of them.", field="organisation")
