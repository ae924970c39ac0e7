"""The lists of the Today page, each with its name, its order and what stands where it is empty."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from caseload.domain.due import NEW_DAYS, SOON_DAYS, due_day
from caseload.domain.words import CareTeamRole
from caseload.presenters.tasks import TaskLine, person_name, task_line
from caseload.presenters.words import words_of
from caseload.queries.tasks import TaskRow
from caseload.queries.today import NewRow, TaskCounts, TaskKey, TaskList


@dataclass(frozen=True, slots=True)
class ListWords:
    """What a list says of itself."""

    heading: str
    order: str
    empty: str


LISTS: Mapping[TaskList, ListWords] = {
    TaskList.OVERDUE: ListWords("Overdue", "The longest overdue first", "Nothing is overdue."),
    TaskList.TODAY: ListWords("Due today", "In the order they were set", "Nothing is due today."),
    TaskList.SOON: ListWords(
        f"Due in the next {SOON_DAYS} days",
        "The one due first at the top",
        f"Nothing is due in the next {SOON_DAYS} days.",
    ),
    TaskList.ESCALATED: ListWords(
        "Escalated to you", "The one due first at the top", "Nothing has been escalated to you."
    ),
    TaskList.LATER: ListWords("Due later", "The one due first at the top", "Nothing is due later."),
    TaskList.HELD: ListWords("On hold", "The one that comes back first at the top", "Nothing is on hold."),
}

NEW_WORDS = ListWords(
    f"New to you in the last {NEW_DAYS} days", "Newest first", f"Nothing was given to you in the last {NEW_DAYS} days."
)
HANDOVER_WORDS = ListWords(
    "Handovers to answer", "The one that lapses first at the top", "No handover waits for your answer."
)


@dataclass(frozen=True, slots=True)
class Section:
    """A list of tasks on the page: how many there are in all, and the rows shown of them."""

    name: str
    words: ListWords
    total: int
    rows: tuple[TaskLine, ...]

    @property
    def more(self) -> int:
        """How many are not on this page."""
        return self.total - len(self.rows)


@dataclass(frozen=True, slots=True)
class NewLine:
    """Something new to the viewer; `died` is None about the living."""

    person_id: int
    person: str
    died: date | None
    words: str
    url: str
    at: datetime
    by: str | None


def section(name: TaskList, counts: TaskCounts, rows: list[TaskRow], today: date) -> Section:
    """One list of tasks."""
    return Section(name.value, LISTS[name], counts.lists[name], tuple(task_line(row, today) for row in rows))


def new_line(row: NewRow) -> NewLine:
    """One new thing: a task leads to its page, a case to the person."""
    words = {
        "lead": "You are the accountable lead",
        "team": f"You are on the care team as {_role(row.detail)}",
        "task": f"Task: {row.detail}",
        "team_task": f"Task on your team’s list: {row.detail}",
        "nobodys_task": f"Task on nobody’s list: {row.detail}",
    }[row.what]
    url = f"/tasks/{row.ref_id}" if row.what.endswith("task") else f"/people/{row.person_id}"
    person = person_name(row.family_name, row.given_name)
    return NewLine(row.person_id, person, row.date_of_death, words, url, row.at, row.by)


def key_words(row: TaskRow) -> str:
    """Where a page of a list ended, as it stands in an address: the day that counts, and the task."""
    return f"{due_day(row.due_on, row.hold_until).isoformat()}.{row.task_id}"


def key_of(text: str) -> TaskKey | None:
    """The key an address carries; None for one that is not ours."""
    day, _, task_id = text.partition(".")
    try:
        return TaskKey(date.fromisoformat(day), int(task_id))
    except ValueError:
        return None


def _role(code: str) -> str:
    words = words_of(CareTeamRole(code)) if code in set(CareTeamRole) else "member"
    return words if words == "GP" else words.lower()
