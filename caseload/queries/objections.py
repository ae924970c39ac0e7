"""Who said no, for each purpose they can be asked about: in force from that moment.

Sharing with a sector decides who may open the person. Risk stratification decides whether their score is shown: every
question that answers a tier, a probability or a reason adds `objects_to_scoring`.
"""

from sqlalchemy import ColumnElement, ScalarSelect, select
from sqlalchemy.sql.functions import coalesce

from caseload.domain.words import ConsentPurpose, ConsentState
from caseload.tables import Consent, Person

AGAINST = (ConsentState.REFUSED, ConsentState.WITHDRAWN)


def said_no(purpose: ConsentPurpose) -> ColumnElement[bool]:
    """A condition on `Person`: the last they said about this purpose is no; nothing said is not a no."""
    return coalesce(_latest(purpose), "none").in_([state.value for state in AGAINST])


def said_yes(purpose: ConsentPurpose) -> ColumnElement[bool]:
    """A condition on `Person`: the last they said about this purpose is yes; nothing said is not a yes."""
    return coalesce(_latest(purpose), "none") == ConsentState.GIVEN.value


def _latest(purpose: ConsentPurpose) -> ScalarSelect[ConsentState]:
    return (
        select(Consent.state)
        .where(Consent.person_id == Person.id, Consent.purpose == purpose)
        .order_by(Consent.id.desc())
        .limit(1)
        .correlate(Person)
        .scalar_subquery()
    )


def objects_to_scoring() -> ColumnElement[bool]:
    """A condition on `Person`: what they said last about risk stratification was no."""
    return said_no(ConsentPurpose.RISK_STRATIFICATION)
