"""Somebody as an identity provider vouched for them."""

from dataclasses import dataclass
from enum import StrEnum

from caseload.domain.words import Role


@dataclass(frozen=True)
class Identity:
    """Claims that were checked. `employer` and the places of `roles` are codes of organisations.

    With `roles_are_told` the provider decides about the roles of whom it vouches for; without, an administrator does.
    """

    issuer: str
    subject: str
    username: str
    display_name: str
    email: str
    employer: str
    roles: frozenset[tuple[Role, str]]
    roles_are_told: bool
    may_be_new: bool


class NotLetIn(StrEnum):
    """Why somebody a provider vouched for is not let in; the words are the page's."""

    UNKNOWN = "You have no account here. Ask an administrator for one."
    DEACTIVATED = "Your account here has been deactivated. Ask an administrator."
    NO_ORGANISATION = "The organisation you signed in for does not work with this service."
    NO_ROLE = "You have no role in this service. Ask an administrator."
    NO_PROOF = "The sign-in could not be checked. Try again."
    NOT_STRONG = "You have to sign in there with a stronger method."
    NOT_ANSWERED = "The sign-in service does not answer. Try again in a few minutes."
    TURNED_DOWN = "You did not sign in there. Try again."
