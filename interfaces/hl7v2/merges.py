"""Which of a hospital's numbers are one person's, and which visits go with them: MRG.

Source: HL7 2.8 chapter 3, sections 3.3.40 to 3.3.47 (A40 to A47), 3.4.9 (MRG) and 3.6 (what merging means): what PID, or PV1, says goes
on; what MRG says is retired.
"""

from dataclasses import dataclass

from interfaces.hl7v2.feed_rules import FeedRules
from interfaces.hl7v2.identities import Identifier, Identities, identified_in, identities_in
from interfaces.hl7v2.reading import Segment, SplitMessage, said
from interfaces.hl7v2.refusals import ErrorCode, MessageRefused, Reason
from interfaces.hl7v2.telling import Teller
from interfaces.hl7v2.triggers import Act, Trigger
from interfaces.hl7v2.visit import visit_number

MOST_MERGES = 200
"""More in one message are refused: nobody merges so many at once."""

_OF_VISITS = (Act.MERGE_VISIT, Act.MOVE_VISIT)


@dataclass(frozen=True, slots=True, repr=False)
class Merge:
    """Numbers that are one person's (A34, A40, A47), or a visit that is another one (A42) or another person's (A45).

    `kept` go on, `retired` do not; what both lists have in common is left out of `retired`. A45 retires nobody's number: there,
    `retired` is whose visit it was, and says nothing where it was theirs before. Visit numbers are empty where the message is
    about none.
    """

    kept: Identities
    retired: Identities
    kept_visit: str = ""
    retired_visit: str = ""

    def replaced_by(self, retired: Identifier) -> Identifier | None:
        """The number in place of a retired one: of the same authority and type, else of the authority, else the first."""
        same = [kept for kept in self.kept.others if kept.authority == retired.authority]
        alike = [kept for kept in same if kept.kind == retired.kind]
        return next(iter(alike or same or self.kept.others), None)


def merges_in(message: SplitMessage, trigger: Trigger, rules: FeedRules, teller: Teller) -> tuple[Merge, ...]:
    """Each MRG with the PID before it and the PV1 after it: one message can merge several people.

    MessageRefused (AE) where a side says nobody, where both are the same (but for A45), or where a visit has no number.
    """
    if sum(1 for _ in message.every("MRG")) > MOST_MERGES:
        raise MessageRefused(
            Reason.MERGE_SIDES, ErrorCode.SEGMENT_SEQUENCE, "MRG", "There are too many merges in one message."
        )
    found: list[Merge] = []
    pid: Segment | None = None
    kept: Identities | None = None
    for place, segment in enumerate(message.segments):
        if segment.name == "PID":
            pid, kept = segment, None
        elif segment.name == "MRG":
            if kept is None:  # once for each PID: it may be long, and have many MRG
                kept = identified_in(pid, 3, rules, teller)
            people = kept, _retired(kept, segment, trigger, rules, teller)
            visits = _visits(message, place, rules, teller) if trigger.act in _OF_VISITS else ("", "")
            found.append(_distinct(Merge(*people, *visits), trigger))
    return tuple(found)


def _retired(kept: Identities, mrg: Segment, trigger: Trigger, rules: FeedRules, teller: Teller) -> Identities:
    read = identities_in if trigger.act is Act.MERGE_VISIT else identified_in  # there the visit alone says enough
    retired = read(mrg, 1, rules, teller)
    number = None if retired.nhs_number == kept.nhs_number else retired.nhs_number
    known = frozenset(kept.others)
    return Identities(number, tuple(identifier for identifier in retired.others if identifier not in known))


def _visits(message: SplitMessage, place: int, rules: FeedRules, teller: Teller) -> tuple[str, str]:
    """The visit that goes on, and the one that MRG-5 says: where only one of them is said, it is the same."""
    pv1 = _visit_after(message.segments, place)
    retired = said(teller.told(message.segments[place], 5)).strip()
    if retired and not said(teller.told(pv1, 19)).strip():
        return retired, retired
    kept = visit_number(message, pv1, rules, teller)
    return kept, retired or kept


def _visit_after(segments: tuple[Segment, ...], place: int) -> Segment | None:
    for later in range(place + 1, len(segments)):
        segment = segments[later]
        if segment.name in ("PID", "MRG"):
            return None
        if segment.name == "PV1":
            return segment
    return None


def _distinct(merge: Merge, trigger: Trigger) -> Merge:
    if trigger.act is Act.MOVE_VISIT:  # from somebody to themselves: that changes nothing, and is no mistake
        return merge
    same = merge.kept_visit == merge.retired_visit if trigger.act is Act.MERGE_VISIT else merge.retired.says_nothing
    if same:
        location = "MRG-5" if trigger.act is Act.MERGE_VISIT else "MRG-1"
        raise MessageRefused(
            Reason.MERGE_SIDES, ErrorCode.UNKNOWN_KEY, location, "What goes on and what is retired are the same number."
        )
    return merge
