"""What happened stays as it was written: histories, contacts, consent and the audit log are added to and never changed.

Step 0005, after 0004.
"""

from caseload.migrations.append_only import drop_function, keep_rows, make_function, release_rows

revision = "0005"
down_revision = "0004"

ADDED_TO = ("audit_event", "audit_subject", "case_event", "lead_proposal", "proposal_event", "task_event")
ADDED_TO_AND_MERGED = ("consent", "contact", "person_event")


def upgrade() -> None:
    """To this step."""
    make_function()
    for table in ADDED_TO:
        keep_rows(table)
    for table in ADDED_TO_AND_MERGED:
        keep_rows(table, free=["person_id"])


def downgrade() -> None:
    """Back to the step before."""
    for table in (*ADDED_TO_AND_MERGED, *ADDED_TO):
        release_rows(table)
    drop_function()
