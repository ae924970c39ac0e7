"""A care plan's pages in words: how a version stands, why a plan is or is not joint, what each part says."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from caseload.clock import local_day
from caseload.domain.joint_plan import AGREES, CONTRIBUTE
from caseload.domain.plan_entries import lines_of
from caseload.domain.plan_headings import FIELDS, KEY
from caseload.domain.plan_words import AgreementState, PlanHeading, PlanState
from caseload.domain.words import Sector
from caseload.presenters.words import words_of
from caseload.presenters.writing import day, moment
from caseload.queries.plans import ActionTask, AnswerRow, CasePlan, SectionRow, VersionRow, WholePlan


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One entry of a part: its fields with their words, and the task it became."""

    title: str
    lines: tuple[tuple[str, str], ...]
    task: ActionTask | None


@dataclass(frozen=True, slots=True)
class PartLine:
    """One part as a page shows it. `written` says by whom; empty where nobody has."""

    heading: PlanHeading
    about: str
    entries: tuple[EntryLine, ...]
    written: str
    several: bool


PAIRS = 15
"""How many pairs of versions a case's page offers to compare, the latest first."""


def pairs_of(versions: Sequence[VersionRow]) -> list[tuple[VersionRow, VersionRow]]:
    """Any two versions to compare, the earlier one first; `versions` have the latest first."""
    pairs = [(first, second) for place, second in enumerate(versions) for first in versions[place + 1 :]]
    return pairs[:PAIRS]


def part_lines(plan: WholePlan) -> list[PartLine]:
    """Every part of a plan, those that nobody wrote among them."""
    return [_part(plan, heading) for heading in FIELDS]


def why_not_joint(page: CasePlan) -> list[str]:
    """What is missing to a joint plan as things stand, a sentence each; empty where nothing is."""
    active = page.latest(PlanState.ACTIVE)
    if active is None:
        return ["No version is active."]
    missing = []
    if active.answer is None or active.answer.state not in AGREES:
        missing.append("The person’s last answer to the active version is not a yes.")
    missing += [f"Nobody from {words_of(one).lower()} has written in it." for one in lacking(page.sectors)]
    if page.case.lead is None:
        missing.append("The case has no accountable lead.")
    return missing


def lacking(sectors: Collection[Sector]) -> list[Sector]:
    """The sectors whose hands are missing from a plan."""
    return [one for one in CONTRIBUTE if one not in sectors]


def standing_rows(version: VersionRow, today: date) -> list[tuple[str, str]]:
    """How a version stands, for a summary list."""
    steps = [
        ("Started", f"{moment(version.created_at)} by {version.created_by}"),
        ("Ready since", "" if version.ready_at is None else moment(version.ready_at)),
        ("Signed off", "" if version.signed_at is None else f"{moment(version.signed_at)} by {version.signed_by}"),
        ("What the person says", "" if version.answer is None else answer_words(version.answer)),
        ("Active since", "" if version.active_at is None else moment(version.active_at)),
        ("Next review", review_words(version, today)),
        ("Ended", "" if version.ended_at is None else moment(version.ended_at)),
        ("Why it ended", version.ended_reason),
    ]
    return [(label, said) for label, said in steps if said]


def review_words(version: VersionRow, today: date) -> str:
    """When a version is to be reviewed, and whether that is overdue."""
    if version.review_on is None:
        return ""
    overdue = version.state is PlanState.ACTIVE and version.review_on < today
    return f"{day(version.review_on)}{': overdue' if overdue else ''}"


def answer_words(answer: AnswerRow) -> str:
    """An answer in one line."""
    by = f" ({answer.representative})" if answer.state is AgreementState.BY_REPRESENTATIVE else ""
    return f"{words_of(answer.state)}{by}, {day(local_day(answer.at))}"


def answer_rows(answer: AnswerRow) -> list[tuple[str, str]]:
    """Everything that was recorded of an answer."""
    rows = [
        ("How they answered", words_of(answer.method) if answer.method else ""),
        ("Reason", answer.reason),
        ("Representative", answer.representative),
        ("Authority", words_of(answer.authority) if answer.authority else ""),
        ("Witness", answer.witness),
        ("Copy of the plan given", "Yes" if answer.copy_given else "No"),
        ("Recorded by", answer.by),
    ]
    return [(label, said) for label, said in rows if said]


def written_words(section: SectionRow) -> str:
    """Who wrote a part last, and which sectors have a hand in it."""
    sectors = ", ".join(words_of(one).lower() for one in section.sectors)
    return f"Last written by {section.author}, {section.organisation}, on {moment(section.saved_at)}. Sectors that wrote here: {sectors}."


def _part(plan: WholePlan, heading: PlanHeading) -> PartLine:
    part, section = FIELDS[heading], plan.section(heading)
    contents = plan.contents
    entries = tuple(
        EntryLine(
            f"{part.entry} {number}" if part.several else "",
            tuple(lines_of(heading, entry, contents, write_day=day)),
            plan.tasks.get(entry.get(KEY, "")) if heading is PlanHeading.ACTIONS else None,
        )
        for number, entry in enumerate(section.entries if section else (), start=1)
    )
    return PartLine(heading, part.about, entries, written_words(section) if section else "", part.several)
