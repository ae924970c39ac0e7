"""One page for somebody who has to act at once: never a second page, and never smaller letters to make it fit.

What does not fit is left out by the order of `caseload.domain.urgent_summary_rules`, the least urgent first, and the page
says what that was and where it stands.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from caseload.domain.urgent_summary_rules import Sentence, UrgentPart, urgent_sentences
from caseload.presenters import plan_phrases as said
from caseload.presenters.page_room import lines_of_text
from caseload.presenters.plan_document import (
    DocumentEntry,
    Line,
    Part,
    code_of,
    foot_of,
    lead_words,
    plain,
    standing_of,
    warning_of,
    who_lines,
)
from caseload.queries.plan_copies import PlanCopy

_MOST = 4_500
"""More characters than one page can hold at 14 points: what comes after them is not even tried."""
_POINTS, _WIDE = 14, 516
"""The size of the letters and the width between the margins, in points, as in plan_urgent.css."""
_LINES, _SURELY = 45.8, 40
"""How many lines of that size A4 has room for, and how many surely, where no program is installed that could measure it."""


@dataclass(frozen=True, slots=True)
class UrgentSummary:
    """Everything the page says, in order. `left_out` is empty where everything fits."""

    title: str
    about: str
    warning: str
    standing: str
    who: tuple[Line, ...]
    call: Part
    parts: tuple[Part, ...]
    nothing: str
    left_out: str
    foot: tuple[str, ...]


def urgent_summary(
    plan: PlanCopy, *, by: str, now: datetime, recipient: str | None, fits: Callable[[UrgentSummary], bool]
) -> UrgentSummary:
    """The page with as much on it as `fits` lets it have."""
    sentences = urgent_sentences(plan.contents)

    def holding(number: int) -> UrgentSummary:
        return _summary(plan, sentences, number, foot_of(by, now, recipient))

    most = _could_fit(sentences)
    guess = _last(lambda number: _height(holding(number)) <= _LINES, 0, most, (most + 1) // 2)
    return holding(_last(lambda number: fits(holding(number)), 0, most, guess))


def _last(holds: Callable[[int], bool], few: int, many: int, guess: int) -> int:
    """The largest number from few to many for which it holds, asked around the guess: twice where that is right.

    It holds for all numbers up to some one; for the fewest it is taken to hold.
    """
    step, ask = 1, guess
    while few < many:
        if holds(ask):
            few, ask = ask, min(ask + step, many)
        else:
            many, ask = ask - 1, max(ask - step, few)
        if not few < ask <= many:
            ask = (few + many + 1) // 2
        step *= 2
    return few


def surely_fits(summary: UrgentSummary) -> bool:
    """Whether the page fits by a careful count of its lines: for where nothing can measure it."""
    return _height(summary) <= _SURELY


def _height(summary: UrgentSummary) -> float:
    """How many lines the page takes, with its headings and the room between its parts, by `plan_urgent.css`."""
    who = _lines("    ".join(f"{line.label}: {line.text}" for line in summary.who))
    height = 4.3 + who + sum(_lines(text) + 0.2 for text in (f"{summary.standing} {summary.about}", summary.nothing))
    height += 2.0 if summary.warning else 0.0
    height += _lines("", summary.left_out) + _lines(" ".join(summary.foot))
    return height + sum(_part_height(part) for part in (summary.call, *summary.parts))


def _part_height(part: Part) -> float:
    return 1.2 + sum(0.55 + _entry_height(entry, compact=part.compact) for entry in part.entries)


def _entry_height(entry: DocumentEntry, *, compact: bool) -> float:
    if compact:
        return _lines("  ".join(line.text for line in entry.lines), "  ".join(line.label for line in entry.lines))
    return sum(_lines(line.text, f"{line.label}: ") + 0.16 for line in entry.lines)


def _summary(plan: PlanCopy, sentences: Sequence[Sentence], kept: int, foot: tuple[str, ...]) -> UrgentSummary:
    gone = sentences[kept:]
    code = code_of(plan.content_hash).replace(" ", "\N{NO-BREAK SPACE}")
    version = ". ".join([f"{said.VERSION} {plan.number}", *([f"{said.CHECK} {code}"] if code else [])])
    return UrgentSummary(
        title=said.URGENT_TITLE,
        about="" if warning_of(plan) else said.URGENT_ABOUT,
        warning=warning_of(plan),
        standing=f"{standing_of(plan)} {version}.",
        who=who_lines(plan),
        call=Part(said.WHO_TO_CALL, (DocumentEntry("", _call(plan)),)),
        parts=tuple(_parts(sentences[:kept], cut=_cut(sentences, kept))),
        nothing="" if sentences else said.NOTHING_URGENT,
        left_out=_left_out(plan, sentences[:kept], gone) if gone else "",
        foot=(said.FULL_LISTS, *foot),
    )


def _call(plan: PlanCopy) -> tuple[Line, ...]:
    lines = (Line(said.LEAD, lead_words(plan)), Line(said.NAVIGATOR, plan.navigator or ""))
    return tuple(line for line in lines if line.text)


def _parts(sentences: Sequence[Sentence], *, cut: Sentence | None) -> Iterator[Part]:
    for part, within in groupby(sentences, lambda one: one.part):
        entries = [
            DocumentEntry("", tuple(_entry(list(one), cut)))
            for _, one in groupby(within, lambda sentence: sentence.entry)
        ]
        yield Part(said.URGENT_TITLES[part], tuple(entries), compact=part is not UrgentPart.CONTINGENCY)


def _entry(sentences: Sequence[Sentence], cut: Sentence | None) -> Iterator[Line]:
    for label, within in groupby(sentences, lambda one: one.label):
        one = list(within)
        ending = f" {said.CUT}" if cut is not None and cut == one[-1] and cut is one[-1] else ""
        yield Line(said.URGENT_LABELS.get(label, label), " ".join(plain(sentence.text) for sentence in one) + ending)


def _cut(sentences: Sequence[Sentence], kept: int) -> Sentence | None:
    """The last sentence that is shown, where the text it is of goes on."""
    if kept in (0, len(sentences)):
        return None
    last, following = sentences[kept - 1], sentences[kept]
    same = (last.part, last.entry, last.label) == (following.part, following.entry, following.label)
    return last if same else None


def _left_out(plan: PlanCopy, kept: Sequence[Sentence], gone: Sequence[Sentence]) -> str:
    begun = {one.part for one in kept}
    titles = [_title(part, begun=part in begun) for part in dict.fromkeys(one.part for one in gone)]
    lead = plan.person.practice if plan.lead is None else plan.lead.name
    return said.LEFT_OUT.format(titles=", ".join(titles), version=plan.number, lead=lead)


def _title(part: UrgentPart, *, begun: bool) -> str:
    title = said.URGENT_TITLES[part]
    return said.REST_OF.format(title=title) if begun else f"“{title}”"


def _could_fit(sentences: Sequence[Sentence]) -> int:
    """How many of the first sentences are worth trying."""
    length = 0
    for number, one in enumerate(sentences):
        length += len(one.text)
        if length > _MOST:
            return number
    return len(sentences)


def _lines(text: str, bold: str = "") -> int:
    return lines_of_text(text, bold=bold, points=_POINTS, wide=_WIDE)
