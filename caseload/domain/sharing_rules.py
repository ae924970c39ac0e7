"""To whom a copy of a care plan may go: which versions, in which format, and what the person must have said.

Asked at the moment of sharing, of the latest answers. A sector's purpose counts against sharing once it is refused, as it
does for opening the record; urgent care is told only where the person has agreed. Their own copy is a person's right
(UK GDPR, article 15), whatever they said about others.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from caseload.domain.consent_rules import means_no
from caseload.domain.plan_words import PlanState, ShareFormat
from caseload.domain.words import ConsentPurpose, ConsentState, Sector


class RecipientKind(StrEnum):
    """Who is given a copy."""

    PERSON = "person"
    HEALTH = "health"
    SOCIAL_CARE = "social_care"
    VOLUNTARY = "voluntary"
    URGENT_CARE = "urgent_care"


@dataclass(frozen=True, slots=True)
class SharingRule:
    """What lets a copy go to one kind of recipient.

    Nobody may have said no to a purpose of `not_refused`; the person must have said yes to each of `agreed`. `sector` is
    the recipient's, none for the person themselves. `named` says that a name is needed beside the organisation, and
    `called` is said of a recipient whose sector does not say what they are.
    """

    words: str
    sector: Sector | None
    not_refused: tuple[ConsentPurpose, ...]
    agreed: tuple[ConsentPurpose, ...]
    formats: frozenset[ShareFormat]
    named: bool
    called: str = ""


_ANY = frozenset(ShareFormat)
_COORDINATION = ConsentPurpose.CARE_COORDINATION

SHARING_RULES: Mapping[RecipientKind, SharingRule] = {
    RecipientKind.PERSON: SharingRule("The person, or who speaks for them", None, (), (), _ANY, named=False),
    RecipientKind.HEALTH: SharingRule(
        "Health services", Sector.HEALTH, (_COORDINATION, ConsentPurpose.SHARING_HEALTH), (), _ANY, named=True
    ),
    RecipientKind.SOCIAL_CARE: SharingRule(
        "Social care", Sector.SOCIAL_CARE, (_COORDINATION, ConsentPurpose.SHARING_SOCIAL_CARE), (), _ANY, named=True
    ),
    RecipientKind.VOLUNTARY: SharingRule(
        "A voluntary organisation", Sector.VOLUNTARY, (_COORDINATION, ConsentPurpose.SHARING_VOLUNTARY), (), _ANY,
        named=True,
    ),
    RecipientKind.URGENT_CARE: SharingRule(
        "Urgent care: 111, out of hours, ambulance", Sector.HEALTH, (_COORDINATION,),
        (ConsentPurpose.SHARING_URGENT_CARE,), frozenset({ShareFormat.URGENT_SUMMARY}), named=False,
        called="urgent care",
    ),
}  # fmt: skip
"""The whole rule on one screen; a test walks every answer through it."""

MAY_BE_SHARED = frozenset({PlanState.READY, PlanState.ACTIVE})
"""The versions of which copies are given: what was put to the person, and what holds."""

MAY_BE_PRINTED = frozenset(PlanState) - {PlanState.DRAFT}
"""The versions that can be read as a document. One that holds no longer says so on every page."""

NO_LONGER_IN_FORCE = frozenset({PlanState.SUPERSEDED, PlanState.WITHDRAWN})

_WHY_NOT: Mapping[PlanState, str] = {
    PlanState.DRAFT: "This version is still being written. Copies are given once it is ready.",
    PlanState.SUPERSEDED: "A later version has replaced this one. Give a copy of the later version.",
    PlanState.WITHDRAWN: "This version was withdrawn, so no copies of it are given.",
}

_SAID_NO: Mapping[ConsentPurpose, str] = {
    ConsentPurpose.CARE_COORDINATION: "Not shared: the person does not agree to care coordination.",
    ConsentPurpose.SHARING_HEALTH: "Not shared: the person does not want health services to see their record.",
    ConsentPurpose.SHARING_SOCIAL_CARE: "Not shared: the person does not want social care to see their record.",
    ConsentPurpose.SHARING_VOLUNTARY: "Not shared: the person does not want voluntary organisations to see their record.",
    ConsentPurpose.SHARING_URGENT_CARE: "Not shared: the person does not want urgent care to be told.",
}
_NOT_ASKED = "Not shared: the person has not agreed yet that urgent care is told. Ask them, and record what they say."


@dataclass(frozen=True, slots=True)
class Refusal:
    """Which purpose stands against a copy, and the sentence that says so."""

    purpose: ConsentPurpose
    sentence: str


def why_not_given(state: PlanState) -> str | None:
    """Why no copy of a version in this state is given; None where it may be."""
    return None if state in MAY_BE_SHARED else _WHY_NOT[state]


def recipient_words(kind: RecipientKind, typed: str) -> str:
    """What a recipient is called on the copy and in the list of copies: as typed, with what they are where nothing says so.

    Urgent care is of the health sector like a ward or a practice, and told under another rule.
    """
    called, name = SHARING_RULES[kind].called, typed.strip()
    return name if not name or called in name.casefold() else f"{name}, {called}"


def why_not_shared(kind: RecipientKind, holds: Mapping[ConsentPurpose, ConsentState]) -> Refusal | None:
    """What the person said that stands against a copy for this kind of recipient; None where nothing does.

    `holds` is the latest answer for each purpose that anything was said about.
    """
    rule = SHARING_RULES[kind]
    for purpose in (*rule.not_refused, *rule.agreed):
        if means_no(holds.get(purpose)):
            return Refusal(purpose, _SAID_NO[purpose])
    for purpose in rule.agreed:
        if holds.get(purpose) is not ConsentState.GIVEN:
            return Refusal(purpose, _NOT_ASKED)
    return None


def why_not_opened(
    sector: Sector | None,
    share_format: ShareFormat,
    holds: Mapping[ConsentPurpose, ConsentState],
    said_since: Collection[ConsentPurpose] = (),
) -> Refusal | None:
    """What stands against opening a copy that was recorded before: a no that was said since.

    Of a recorded copy the sector is known; where several kinds of recipient are of it, it could be for any of them: one
    that may is enough, unless `said_since`, the purposes answered after the copy was recorded, has a no to another.
    """
    if sector is None:
        return None
    kinds = [kind for kind, rule in SHARING_RULES.items() if rule.sector is sector and share_format in rule.formats]
    refusals = [why_not_shared(kind, holds) for kind in kinds]
    if None not in refusals:
        return refusals[0]
    later = (one for one in refusals if one and one.purpose in said_since and means_no(holds.get(one.purpose)))
    return next(later, None)
