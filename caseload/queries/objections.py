"""Who objects to a risk score being made of their record: such a score is shown to nobody, from that moment.

Every question that answers a tier, a probability or a reason adds this condition.
"""

from sqlalchemy import ColumnElement, select
from sqlalchemy.sql.functions import coalesce

from caseload.domain.words import ConsentPurpose, ConsentState
from caseload.tables import Consent, Person

AGAINST = (ConsentState.REFUSED, ConsentState.WITHDRAWN)


def objects_to_scoring() -> ColumnElement[bool]:
    """A condition on `Person`: what they said last about risk stratification was no."""
    latest = (
        select(Consent.state)
        .where(Consent.person_id == Person.id, Consent.purpose == ConsentPurpose.RISK_STRATIFICATION)
        .order_by(Consent.id.desc())
        .limit(1)
        .correlate(Person)
        .scalar_subquery()
    )
    return coalesce(latest, "none").in_([state.value for state in AGAINST])
