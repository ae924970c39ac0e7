"""Who may be given a copy of a plan now, in words for the page that asks."""

from collections.abc import Mapping
from dataclasses import dataclass

from caseload.domain.sharing_rules import SHARING_RULES, RecipientKind, why_not_shared
from caseload.domain.words import ConsentPurpose, ConsentState


@dataclass(frozen=True, slots=True)
class KindLine:
    """One kind of recipient; `why` is empty where a copy may be given."""

    words: str
    may: bool
    why: str


def kind_lines(holds: Mapping[ConsentPurpose, ConsentState]) -> list[KindLine]:
    """Every kind of recipient, by what the person has said."""
    return [_line(kind, holds) for kind in RecipientKind]


def _line(kind: RecipientKind, holds: Mapping[ConsentPurpose, ConsentState]) -> KindLine:
    refusal = why_not_shared(kind, holds)
    why = "" if refusal is None else refusal.sentence.removeprefix("Not shared: ")
    return KindLine(SHARING_RULES[kind].words, refusal is None, why[:1].upper() + why[1:])
