"""What somebody has to do by when. Whether it is due or overdue is worked out, never stored."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from caseload.domain.words import TaskKind, TaskState
from caseload.tables.base import Table, UtcMoment, Word, one_of


class Task(Table):
    """On a person's list (`owner_id`) or a team's (`team_id`). `rule_code` names the rule that made it, if one did.

    `rule_ref` makes a rule's task unique: the same cause never makes it twice. `ended_by` is empty where a rule ended it.
    `request_ref` is the number that a partner's system gave its own request, `request_system` whose numbers those are.
    """

    __tablename__ = "task"
    __table_args__ = (
        one_of("kind", TaskKind),
        one_of("state", TaskState),
        CheckConstraint("ended_by IS NULL OR ended_at IS NOT NULL", name="ended_who_when"),
        Index("ix_task_owner_id_state_due_on", "owner_id", "state", "due_on"),
        Index("ix_task_team_id_state_due_on", "team_id", "state", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("care_case.id"), index=True)
    kind: Mapped[TaskKind] = mapped_column(Word(TaskKind))
    title: Mapped[str] = mapped_column(String(200))
    detail: Mapped[str] = mapped_column(String(2000), default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    due_on: Mapped[date]
    hold_until: Mapped[date | None]
    state: Mapped[TaskState] = mapped_column(Word(TaskState))
    rule_code: Mapped[str | None] = mapped_column(String(40))
    rule_ref: Mapped[str | None] = mapped_column(String(80), unique=True)
    request_system: Mapped[str | None] = mapped_column(String(200))
    request_ref: Mapped[str | None] = mapped_column(String(200))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    escalated_to_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcMoment)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    ended_note: Mapped[str] = mapped_column(String(2000), default="")
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}


class TaskEvent(Table):
    """Every change of a task: created, reassigned, held, escalated, moved, done, cancelled, reopened. Append-only."""

    __tablename__ = "task_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("task.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    before: Mapped[str | None] = mapped_column(String(200))
    after: Mapped[str | None] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(String(2000), default="")
    at: Mapped[datetime] = mapped_column(UtcMoment)
    by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
