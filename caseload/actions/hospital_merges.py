"""A hospital's own numbers of people, merged (A34, A40) or changed (A47): tightly, number by number of the same authority.

Nothing of two people here is ever put together by a message: where the two numbers belong to two people, somebody looks, and
either merges their records (`caseload.actions.merges`) and has the message acted on again, or says that they are two.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.actions.hospital_locks import hold_people
from caseload.actions.hospital_numbers import (
    NOT_HERE,
    Acting,
    NotFound,
    goes_on_as,
    held,
    link,
    own_numbers,
    owners,
    person_numbered,
    whom,
)
from caseload.domain.border_words import IdentityChangeKind, MessageState
from caseload.domain.hospital_reasons import HoldReason
from caseload.tables import HospitalMessage, IdentityChange, Person, PersonIdentifier, PersonMerge
from interfaces.hl7v2.adt import Adt
from interfaces.hl7v2.identities import Identifier
from interfaces.hl7v2.merges import Merge
from interfaces.hl7v2.triggers import Act

MADE = "id"
"""The column that a list of what was moved names for a row that was made by it."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """A number that is retired and the one that goes on."""

    retired: Identifier
    kept: Identifier


@dataclass(slots=True)
class _Plan:
    """What a message would do: whose each number is as it goes along, before anything is written."""

    acting: Acting
    whose: dict[tuple[str, str], int] = field(default_factory=dict)
    pairs: list[tuple[_Pair, int]] = field(default_factory=list)

    def owners_of(self, identifiers: Iterable[Identifier]) -> set[int]:
        """Whose these numbers are."""
        numbers = list(identifiers)
        found = {self.whose[one.authority, one.value] for one in numbers if (one.authority, one.value) in self.whose}
        return found | {row.person_id for row in owners(self.acting, numbers)}

    def give(self, identifiers: Iterable[Identifier], person_id: int) -> None:
        """From here on these are this person's."""
        self.whose.update({(one.authority, one.value): person_id for one in identifiers})


def act_on_merge(acting: Acting, message: HospitalMessage, adt: Adt, chosen: int | None) -> int | NotFound:
    """Retire the numbers a message says are retired; answers whose they are, or why it waits: all of it or nothing."""
    plan = _Plan(acting)
    for place, merge in enumerate(adt.merges):
        why = _plan(plan, merge, adt, chosen if place == 0 else None, first=place == 0)
        if why is not None:
            return why
    if not plan.pairs:
        return NOT_HERE
    people = sorted({person_id for _, person_id in plan.pairs})
    held_on_to = hold_people(acting.session, people)
    if any(person.merged_into_id is not None for person in held_on_to.values()):
        return held(HoldReason.TWO_PEOPLE)  # somebody merges them at this moment: asked again, it is settled
    message.state, message.person_id = MessageState.APPLIED, people[0]
    acting.session.flush()
    for pair, person_id in plan.pairs:
        _retire(acting, message, adt, pair, person_id)
    return people[0]


def _plan(plan: _Plan, merge: Merge, adt: Adt, chosen: int | None, *, first: bool) -> NotFound | None:
    """Add one merge to the plan; why it cannot be, or None. One about nobody here adds nothing."""
    kept, retired = (plan.owners_of(own_numbers(side.others)) for side in (merge.kept, merge.retired))
    if chosen is not None:
        kept = kept | {chosen}
    numbers = {number for number in (merge.kept.nhs_number, merge.retired.nhs_number) if number is not None}
    named = {person_numbered(plan.acting.session, number) for number in numbers}
    here = {person_id for person_id in named if person_id is not None}
    if not kept | retired | here:
        return None
    why = _why_not(plan, merge, kept | retired | here, strangers=len(numbers) if None in named else 0)
    if adt.trigger.act is Act.CHANGE_NUMBER and kept and retired and kept != retired:
        why = HoldReason.NUMBER_IN_USE
    if why is not None:
        return held(why)
    found: int | NotFound = chosen if chosen is not None else next(iter(kept | retired | here))
    if chosen is None and first:
        found = _said_to_be(plan.acting, adt, kept | retired)
    return found if isinstance(found, NotFound) else _add_pairs(plan, merge, found)


def _why_not(plan: _Plan, merge: Merge, everybody: set[int], *, strangers: int) -> HoldReason | None:
    """Two people, or an NHS number of somebody who is not here: `strangers` NHS numbers, where one of them is."""
    if len(everybody) > 1:
        return HoldReason.TWO_PEOPLE
    if strangers:
        return HoldReason.TWO_NUMBERS if strangers > 1 else HoldReason.NUMBER_DIFFERS
    return HoldReason.MERGE_LOOP if any(_is_loop(plan.acting, pair) for pair in _pairs(merge)) else None


def _said_to_be(acting: Acting, adt: Adt, linked: set[int]) -> int | NotFound:
    """Whom the message is about: by its own words, else by a link of either number that its date of birth does not deny."""
    found = whom(acting, adt.patient)
    if not isinstance(found, NotFound) or not linked:
        return found
    person_id = next(iter(linked))
    born = acting.session.execute(select(Person.date_of_birth).where(Person.id == person_id)).scalar_one()
    told = adt.patient.birth_date
    return held(HoldReason.BIRTH_DATE_DIFFERS) if isinstance(told, date) and told != born else person_id


def _add_pairs(plan: _Plan, merge: Merge, person_id: int) -> NotFound | None:
    pairs = list(_pairs(merge))
    if not pairs:
        return held(HoldReason.MERGE_AUTHORITIES)
    plan.pairs += [(pair, person_id) for pair in pairs]
    plan.give((*own_numbers(merge.kept.others), *own_numbers(merge.retired.others)), person_id)
    return None


def _pairs(merge: Merge) -> Iterator[_Pair]:
    """Each number that is retired with the one of its own authority that goes on: nothing is coupled across authorities."""
    for retired in own_numbers(merge.retired.others):
        kept = merge.replaced_by(retired)
        if kept is not None and kept.authority == retired.authority:
            yield _Pair(retired, kept)


def _is_loop(acting: Acting, pair: _Pair) -> bool:
    return goes_on_as(acting, pair.kept) == pair.retired.value


def _retire(acting: Acting, message: HospitalMessage, adt: Adt, pair: _Pair, person_id: int) -> None:
    session = acting.session
    if goes_on_as(acting, pair.retired) == goes_on_as(acting, pair.kept):
        return  # said before
    moved: list[list[object]] = []
    row = _link_of(acting, pair.retired)
    if row is not None:
        moved += [[row.__tablename__, row.id, "until_at", None], [row.__tablename__, row.id, "retired_into", ""]]
        row.until_at, row.retired_into = adt.event_at, pair.kept.value
        session.flush()
    acting.named += [pair.retired, pair.kept]
    moved += [
        [PersonIdentifier.__tablename__, made, MADE, None]
        for made in link(acting, message, person_id, [pair.kept], message.settled_by)
    ]
    renumbered = adt.trigger.act is Act.CHANGE_NUMBER
    change = IdentityChange(
        kind=IdentityChangeKind.RENUMBERED if renumbered else IdentityChangeKind.MERGED, feed=acting.feed.name,
        authority=pair.retired.authority, kept_value=pair.kept.value, retired_value=pair.retired.value,
        message_id=message.id, merge_id=_merge_between(session, person_id, row), moved=moved, at=adt.event_at,
        by=message.settled_by,
    )  # fmt: skip
    session.add(change)
    session.flush()
    record(
        session, "hospital_number.merge", by=message.settled_by, now=acting.now, people=[person_id], message=message.id,
        change=change.id,
    )  # fmt: skip


def _link_of(acting: Acting, identifier: Identifier) -> PersonIdentifier | None:
    wanted = select(PersonIdentifier).where(
        PersonIdentifier.feed == acting.feed.name,
        PersonIdentifier.authority == identifier.authority,
        PersonIdentifier.value == identifier.value,
        PersonIdentifier.until_at.is_(None),
    )
    return acting.session.execute(wanted.with_for_update()).scalar_one_or_none()


def _merge_between(session: Session, person_id: int, row: PersonIdentifier | None) -> int | None:
    """The merge of two records here by which the retired number came to this person, where there was one."""
    if row is None:
        return None
    wanted = select(PersonMerge).where(PersonMerge.kept_id == person_id, PersonMerge.undone_at.is_(None))
    for merge in session.execute(wanted.order_by(PersonMerge.id.desc())).scalars():
        if [row.__tablename__, row.id, "person_id"] in merge.moved:
            return merge.id
    return None
