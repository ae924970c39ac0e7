"""What an objection in the GP record means for each purpose the case app asks about.

type_1               nothing leaves the practice except for the person's own care: not risk-stratified elsewhere
risk_stratification  not risk-stratified
sharing              not shared between services
national_opt_out     is about research and planning and does not apply to individual care (NHS England)
"""

from datetime import date

from caseload.domain.words import ConsentPurpose

PURPOSES: dict[str, tuple[ConsentPurpose, ...]] = {
    "type_1": (ConsentPurpose.RISK_STRATIFICATION,),
    "risk_stratification": (ConsentPurpose.RISK_STRATIFICATION,),
    "sharing": (
        ConsentPurpose.SHARING_HEALTH,
        ConsentPurpose.SHARING_SOCIAL_CARE,
        ConsentPurpose.SHARING_VOLUNTARY,
        ConsentPurpose.SHARING_URGENT_CARE,
    ),
    "national_opt_out": (),
}
"""The purposes each kind of the extract contract refuses."""

ENDS_BY_ITSELF = frozenset({ConsentPurpose.RISK_STRATIFICATION})
"""Where the end of an objection is enough: nobody has to agree to being risk-stratified, but to sharing they do (D18)."""

HOW = "gp_record"
"""How a row of consent came that no member of staff recorded."""

_NAMES = {"type_1": "type 1", "risk_stratification": "risk stratification", "sharing": "sharing"}


def refusal_note(kind: str, from_date: date) -> str:
    """What a refusal taken from the GP record says of itself; the same objection always says the same."""
    return f"Objection in the GP record ({_NAMES[kind]}), since {from_date.isoformat()}."


def ended_note(kind: str, from_date: date) -> str:
    """What the row says that follows the end of an objection."""
    return f"The objection in the GP record ({_NAMES[kind]}) since {from_date.isoformat()} has ended."
