"""The audit log in words, and as a file that no spreadsheet takes for formulas."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from caseload.presenters.csv_cells import safe_cells
from caseload.presenters.deeds import ACTIONS, page_words
from caseload.presenters.program_deeds import PROGRAM_WORDS
from caseload.queries.audit import AuditRow

ACTION_WORDS: dict[str, str] = {
    **ACTIONS,
    **PROGRAM_WORDS,
    "account.digest": "Changed whether they are sent the daily e-mail",
    "account.password": "Changed their password",
    "account.second_factor": "Changed their second factor",
    "audit.export": "Exported the audit log",
    "digest.failed": "The daily e-mail could not be sent",
    "digest.send": "Sent the daily e-mail",
    "draft.drop": "Dropped a draft",
    "draft.save": "Saved a draft",
    "feed.heard_again": "Heard a hospital’s feed again after its silence",
    "feed.silent": "Told of a hospital’s feed that fell silent",
    "leaver.finish": "Finished handing over a leaver’s cases",
    "leaver.stop": "Stopped handing over a leaver’s cases",
    "message.held": "Held a hospital’s message for somebody to look at",
    "message.taken_after_all": "Took a hospital’s message that had been refused before",
    "notice.read": "Marked notices as read",
    "organisation.add": "Added an organisation",
    "run.load": "Took in a monthly run",
    "sign_in": "Signed in",
    "sign_in.refused": "Was not let in",
    "sign_out": "Signed out",
    "team.add": "Added a team",
    "user.change": "Changed a user’s details",
    "user.create": "Made a user",
    "user.deactivate": "Deactivated a user",
    "user.identity": "Changed how a user signs in",
    "user.leave": "Recorded a user’s leave",
    "user.leave_end": "Took a user’s leave back",
    "user.password": "Gave a user a new password",
    "user.profile": "Changed a user’s professional profile",
    "user.role": "Gave a user a role",
    "user.role_end": "Ended a user’s role",
    "user.roles_told": "Took over a user’s roles from their identity provider",
    "user.second_factor": "Removed a user’s second factor",
    "user.team": "Put a user into a team",
    "user.team_end": "Ended a user’s time in a team",
    "user.unlock": "Unlocked a user",
    "view": "Looked at a page with people",
    "view.delete": "Deleted a saved view",
    "view.save": "Saved a view",
}
"""What every code of the log says. A test holds that every code written anywhere is here."""

_HEADS = ("number", "at", "username", "name", "action", "what", "case", "people", "people_elsewhere", "detail")
_PEOPLE_SHOWN = 5


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One event as the page shows it; people are references."""

    number: int
    at: datetime
    user: str
    what: str
    people: str
    case: str
    detail: str


def audit_lines(rows: Iterable[AuditRow]) -> list[AuditLine]:
    """The events of a page, in their order."""
    return [
        AuditLine(row.number, row.at, _user(row), _what(row), _people(row), _case(row), _detail(row)) for row in rows
    ]


def action_words(code: str) -> str:
    """What a code of the log says; the code itself where nobody has written words for it."""
    return ACTION_WORDS.get(code, code)


def action_choices() -> list[tuple[str, str]]:
    """Every code as a choice, in the order of its words; the first one is any of them."""
    return [("", "Anything"), *sorted(ACTION_WORDS.items(), key=lambda one: one[1])]


def reference(person_id: int) -> str:
    """How a person is spoken of where no name may stand."""
    return f"Person {person_id}"


def csv_lines(rows: Iterable[AuditRow]) -> Iterator[str]:
    """The events as lines of a CSV file, heads first. No cell begins as a formula would (OWASP, CSV injection)."""
    yield _csv(_HEADS)
    for row in rows:
        people = " ".join(map(str, row.people))
        yield _csv((
            str(row.number), row.at.isoformat(), row.username, row.user, row.action, _what(row),
            "" if row.case_id is None else str(row.case_id), people, str(row.elsewhere or ""), _detail(row),
        ))  # fmt: skip


def _csv(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(safe_cells(cells))
    return line.getvalue()


def _what(row: AuditRow) -> str:
    """A look is said by the page it was at."""
    return page_words(str(row.detail["page"])) if "page" in row.detail else action_words(row.action)


def _user(row: AuditRow) -> str:
    return f"{row.user} ({row.username})" if row.user_id is not None else "The program"


def _people(row: AuditRow) -> str:
    shown = [reference(person) for person in row.people[:_PEOPLE_SHOWN]]
    more = len(row.people) - len(shown) + row.elsewhere
    return ", ".join(shown) + (f" and {more} more" if more and shown else f"{more} elsewhere" if more else "")


def _case(row: AuditRow) -> str:
    return "" if row.case_id is None else f"Case {row.case_id}"


def _detail(row: AuditRow) -> str:
    given = {name: value for name, value in row.detail.items() if name != "page" and value not in (None, "", [])}
    return "; ".join(f"{name.replace('_', ' ')}: {_value(value)}" for name, value in given.items())


def _value(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
