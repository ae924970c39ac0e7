"""What a person agreed or objected to, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from caseload.domain.consent_rules import HOW_WORDS, PURPOSES
from caseload.domain.words import ConsentPurpose, ConsentState
from caseload.presenters.words import colour_of, words_of
from caseload.queries.consent import ConsentRow
from caseload.queries.kept_out import KeptOut

_OBJECTION: dict[ConsentState, str] = {
    ConsentState.GIVEN: "No objection",
    ConsentState.REFUSED: "Objects",
    ConsentState.WITHDRAWN: "Objects",
}


@dataclass(frozen=True, slots=True)
class PurposeLine:
    """One purpose with what holds: a tag's words and colour, then when and how it was said, where it was."""

    purpose: str
    name: str
    question: str
    status: str
    colour: str
    no_means: str
    how: str
    at: datetime | None
    by: str | None
    representative: str
    note: str


def purpose_lines(holds: Mapping[ConsentPurpose, ConsentRow]) -> list[PurposeLine]:
    """Every purpose, whether anything was said about it or not."""
    return [purpose_line(purpose, holds.get(purpose)) for purpose in ConsentPurpose]


def purpose_line(purpose: ConsentPurpose, row: ConsentRow | None) -> PurposeLine:
    """One purpose with what was said about it."""
    about = PURPOSES[purpose]
    return PurposeLine(
        purpose=purpose.value,
        name=words_of(purpose),
        question=about.question,
        status=about.unasked if row is None else state_words(purpose, row.state),
        colour="grey" if row is None else colour_of(row.state),
        no_means=about.no_means,
        how="" if row is None else HOW_WORDS.get(row.how, ""),
        at=None if row is None else row.at,
        by=None if row is None else row.by,
        representative="" if row is None else row.representative,
        note="" if row is None else row.note,
    )


def history_lines(rows: list[ConsentRow]) -> list[PurposeLine]:
    """Everything that was said, in the order it came in."""
    return [purpose_line(row.purpose, row) for row in rows]


def kept_out_words(kept: KeptOut) -> list[str]:
    """Who may no longer open the record after a no, and where the task to hand the case over is; nothing for nobody."""
    said = []
    if kept.lead is not None:
        said.append(f"{kept.lead} leads this case and can no longer open the record.")
    if kept.lead is not None and kept.task_list is not None:
        whose = f"the list of {kept.task_list}" if kept.task_list else "nobody’s list: put it on somebody’s"
        said.append(f"A task to hand the case over is on {whose}.")
    if kept.team:
        names = " and ".join(filter(None, [", ".join(kept.team[:-1]), kept.team[-1]]))
        are = "is" if len(kept.team) == 1 else "are"
        said.append(f"{names} {are} on the care team and can no longer open the record.")
    return said


def state_words(purpose: ConsentPurpose, state: ConsentState) -> str:
    """What holds, in words: somebody objects to risk scores, and agrees to the rest."""
    return _OBJECTION[state] if purpose is ConsentPurpose.RISK_STRATIFICATION else words_of(state)
