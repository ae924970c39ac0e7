"""What a task and a notice can be about once there are plans and meetings; how deprived a person's neighbourhood is.

Step 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

TASKS = (
    "first_contact",
    "follow_up",
    "tell_lead",
    "assessment",
    "discharge_contact",
    "review_case",
    "after_death",
    "after_move",
    "other",
)
TASKS_ADDED = ("discharge_planning", "plan_action", "plan_review", "plan_agreement", "mdt_action")
NOTICES = (
    "new_case",
    "made_lead",
    "handover_requested",
    "handover_accepted",
    "handover_rejected",
    "handover_revoked",
    "task_assigned",
    "task_escalated",
    "person_died",
    "person_moved",
    "consent_withdrawn",
    "emergency_access",
    "new_list",
)
NOTICES_ADDED = ("plan_active", "plan_not_agreed", "on_mdt_agenda")


def upgrade() -> None:
    """To this step."""
    _kinds("task", (*TASKS, *TASKS_ADDED))
    _kinds("notice", (*NOTICES, *NOTICES_ADDED))
    op.add_column("person", sa.Column("imd_decile", sa.Integer()))


def downgrade() -> None:
    """Back to the step before: tasks of the new kinds stay as tasks of another kind, notices of new kinds go."""
    op.drop_column("person", "imd_decile")
    notice, task = sa.table("notice", sa.column("kind")), sa.table("task", sa.column("kind"))
    op.execute(sa.delete(notice).where(notice.c.kind.in_(NOTICES_ADDED)))
    op.execute(sa.update(task).where(task.c.kind.in_(TASKS_ADDED)).values(kind="other"))
    _kinds("notice", NOTICES)
    _kinds("task", TASKS)


def _kinds(table: str, words: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{word}'" for word in words)
    with op.batch_alter_table(table) as change:
        change.drop_constraint(op.f(f"ck_{table}_kind_word"), type_="check")
        change.create_check_constraint("kind_word", f"kind IN ({listed})")
