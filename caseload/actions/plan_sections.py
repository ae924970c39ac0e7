"""Writing one part of a draft. Each part has its own version, so that several people can write a plan at once.

Every saved state is kept as a row of its own: whatever happens to a part, no word of it is lost.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.actions.audit import record
from caseload.actions.changes import change_by
from caseload.actions.plan_versions import contents_of, locked_version, sections_of
from caseload.actions.versions import check_version
from caseload.domain.lead_rule import in_words
from caseload.domain.permissions import Permission
from caseload.domain.plan_entries import lines_of
from caseload.domain.plan_headings import FIELDS, KEY, LENGTHS, Entry, Field, FieldKind, Heading
from caseload.domain.plan_rules import why_not_written
from caseload.domain.plan_size import TOO_LONG_TO_WRITE, is_too_long, size_of
from caseload.domain.plan_words import PlanHeading
from caseload.domain.viewer import Viewer
from caseload.exceptions import Conflict, NotNow
from caseload.queries.assignees import may_be_given
from caseload.tables import Case, PlanSection, PlanSectionText, PlanVersion, User

NOT_WRITTEN = 0
"""The row version of a part nobody has written yet."""


def save_section(  # noqa: PLR0913 - the fields of a form
    session: Session,
    *,
    by: Viewer,
    now: datetime,
    version_id: int,
    heading: PlanHeading,
    row_version: int,
    entries: Sequence[Entry],
) -> int:
    """What one part of a draft says from now on. Answers the section's id.

    `row_version` is the section's, NOT_WRITTEN for a part nobody had written. Empty entries are left out; an entry others
    can point to is given a key. NotNow for a part with which the plan is longer than one may be. Conflict, with what is there now, where somebody saved the same part meanwhile.
    """
    version, case = locked_version(session, by, now, Permission.WRITE_PLAN, version_id, None)
    section = _section(session, version.id, heading)
    _check_seen(session, version, section, heading, row_version)
    refusal = why_not_written(version.state)
    if refusal:
        raise NotNow(refusal)
    before = section.content if section is not None else []
    content = _content(session, case, heading, entries, before, now)
    _check_length(session, version, heading, content, before)
    if section is None:
        section = PlanSection(version_id=version.id, heading=heading, contributed=[], content=[])
        session.add(section)
    elif content == before:
        return section.id
    _write(section, content, by, now)
    session.flush()
    session.add(PlanSectionText(section_id=section.id, content=content, at=now, by=by.user_id))
    session.flush()
    record(
        session, "plan.write", by=by.user_id, now=now, people=[case.person_id], case_id=case.id, version=version.id,
        heading=heading.value, entries=len(content),
    )  # fmt: skip
    return section.id


def _section(session: Session, version_id: int, heading: PlanHeading) -> PlanSection | None:
    wanted = select(PlanSection).where(PlanSection.version_id == version_id, PlanSection.heading == heading)
    return session.execute(wanted.execution_options(populate_existing=True)).scalar_one_or_none()


def _check_seen(
    session: Session, version: PlanVersion, section: PlanSection | None, heading: PlanHeading, row_version: int
) -> None:
    if section is None:
        if row_version != NOT_WRITTEN:
            raise Conflict("Nobody has written this part yet. Open it again.")
        return
    if section.row_version != row_version:
        said = _as_it_is(session, version, section, heading)
        check_version(
            section, row_version, theirs=said, last=lambda: change_by(session, section.author_id, section.saved_at)
        )


def _as_it_is(session: Session, version: PlanVersion, section: PlanSection, heading: PlanHeading) -> dict[str, str]:
    """What the part says now, for somebody whose form was overtaken."""
    contents, part = contents_of(sections_of(session, version.id)), FIELDS[heading]
    return {
        f"{part.entry} {number}: {label}" if part.several else label: text
        for number, entry in enumerate(section.content, start=1)
        for label, text in lines_of(heading, entry, contents, write_day=in_words)
    }


def _write(section: PlanSection, content: list[dict[str, str]], by: Viewer, now: datetime) -> None:
    section.content = content
    section.contributed = [*section.contributed, *({by.sector.value} - set(section.contributed))]
    section.author_id, section.organisation_id, section.saved_at = by.user_id, by.home_id, now


def _content(
    session: Session,
    case: Case,
    heading: PlanHeading,
    entries: Sequence[Entry],
    before: Sequence[Entry],
    now: datetime,
) -> list[dict[str, str]]:
    part = FIELDS[heading]
    content = [filled for entry in entries if (filled := _filled(part, entry))]
    if not part.several and len(content) > 1:
        raise ValueError(f"{heading.value} has one entry at most")
    for field in part.fields:
        if field.kind is FieldKind.PERSON:
            _name_people(session, case, field, content, before, now)
    return content


def _check_length(
    session: Session, version: PlanVersion, heading: PlanHeading, content: Sequence[Entry], before: Sequence[Entry]
) -> None:
    """NotNow, at the first field, for a part with which the plan is too long; one that is too long already may shrink."""
    if size_of(content) <= size_of(before):
        return
    if is_too_long({**contents_of(sections_of(session, version.id)), heading: content}):
        raise NotNow(f"{TOO_LONG_TO_WRITE}.", field=f"e0_{FIELDS[heading].first}")


def _filled(part: Heading, entry: Entry) -> dict[str, str]:
    """What an entry says, without spaces around it and without what is empty; nothing where it says nothing.

    ValueError for a field the part does not have, or text that is too long: a form has seen to both.
    """
    if not set(entry) <= set(part.names):
        raise ValueError("an entry has fields that its part does not have")
    said = {name: text for name in part.names if (text := entry.get(name, "").strip())}
    for name, text in said.items():
        if len(text) > LENGTHS.get(part.field(name).kind, LENGTHS[FieldKind.LONG]):
            raise ValueError("an entry has a text that is too long")
    if not any(_counts(part.field(name), text) for name, text in said.items()):
        return {}
    if KEY in part.names:
        said.setdefault(KEY, secrets.token_hex(8))
    return said


def _counts(field: Field, text: str) -> bool:
    """Whether a text says something: a key does not, nor does a choice that was left as it began."""
    return field.kind is not FieldKind.KEY and text != field.default


def _name_people(
    session: Session,
    case: Case,
    field: Field,
    content: Sequence[dict[str, str]],
    before: Sequence[Entry],
    now: datetime,
) -> None:
    """Keep the names of the users chosen with their ids.

    NotNow for one newly chosen who may not open the record, and for a name typed beside one: it would be lost.
    """
    known = {entry[field.name]: entry.get(field.named_in) for entry in before if entry.get(field.name)}
    for entry in content:
        chosen = entry.get(field.name)
        if not chosen:
            continue
        user = session.get(User, int(chosen))
        open_to = chosen in known or may_be_given(session, now, case.person_id, owner_id=int(chosen), team_id=None)
        if user is None or not open_to:
            raise NotNow(f"{field.label}: choose somebody who may open this record.")
        if entry.get(field.named_in) not in (None, user.display_name, known.get(chosen)):
            raise NotNow(f"{field.label}: choose somebody or enter a name, not both.")
        entry[field.named_in] = user.display_name
