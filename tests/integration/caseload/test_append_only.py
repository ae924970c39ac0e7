"""Histories, contacts, consent and the audit log cannot be changed or removed by a statement, whoever sends it."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from caseload.tables import Table
from tests.support.one_row_each import fill, rows_of

ADDED_TO = (
    "agenda_notes",
    "assessment_answers",
    "audit_event",
    "audit_subject",
    "case_event",
    "consent",
    "contact",
    "discharge_plan",
    "flag_acknowledgement",
    "flag_event",
    "hospital_event",
    "hospital_message",
    "lead_proposal",
    "mdt_decision",
    "outward_change",
    "partner_message",
    "person_event",
    "person_measure",
    "plan_agreement",
    "plan_section_text",
    "plan_share",
    "proposal_event",
    "task_event",
    "worked_cohort_move",
)
MERGED = {
    "consent",
    "contact",
    "hospital_event",
    "hospital_message",
    "outward_change",
    "partner_message",
    "person_event",
    "person_measure",
}
SETTLED = {
    "hospital_message": {
        "state", "reason_code", "settled_at", "settled_by", "settled_note", "row_version", "kind", "hl7_version", "charset",
    },
    "partner_message": {"case_id", "read_at", "read_by", "row_version"},
}  # fmt: skip
"""What is written beside what came: what became of it. What came stays as it is."""


@pytest.fixture
def full(store):
    """An engine over a database with a row in every table."""
    with store.engine.begin() as connection:
        fill(connection)
    return store.engine


def refused(engine, statement):
    with pytest.raises(DatabaseError, match="never changed or removed"), engine.begin() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize("table", ADDED_TO)
def test_no_column_can_be_changed(full, table):
    free = SETTLED.get(table, set()) | ({"person_id"} if table in MERGED else set())
    for column in set(Table.metadata.tables[table].columns.keys()) - free:
        refused(full, f"UPDATE {table} SET {column} = {column}")


@pytest.mark.parametrize("table", ADDED_TO)
def test_no_row_can_be_removed(full, table):
    with full.connect() as connection:
        before = rows_of(connection, table)
    refused(full, f"DELETE FROM {table}")
    if full.dialect.name == "postgresql":
        refused(full, f"TRUNCATE {table} CASCADE")
    with full.connect() as connection:
        assert len(before) == 1
        assert rows_of(connection, table) == before


@pytest.mark.parametrize("table", sorted(MERGED))
def test_a_merge_can_move_a_row_to_another_person(full, table):
    with full.begin() as connection:
        connection.execute(text(f"UPDATE {table} SET person_id = person_id"))


def test_every_table_that_says_it_is_only_added_to_is_kept_so():
    said = {
        mapper.local_table.name
        for mapper in Table.registry.mappers
        if any(words in (mapper.class_.__doc__ or "").lower() for words in ("append-only", "rows are added"))
    }
    assert said <= set(ADDED_TO)
    assert {"case_event", "consent", "lead_proposal"} <= said
