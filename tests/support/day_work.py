"""The day's work in the made-up place, made by the actions: tasks, contacts, what people agreed to."""

from datetime import timedelta

from sqlalchemy import select

from caseload.actions.consent import NOTHING, record_consent
from caseload.actions.contacts import NextStep, log_contact
from caseload.actions.tasks import add_rule_task, add_task
from caseload.clock import local_day
from caseload.domain.consent_rules import ConsentHow
from caseload.domain.contact_outcomes import ContactOutcome, Participant
from caseload.domain.words import ConsentPurpose, ConsentState, ContactMode, TaskKind
from caseload.tables import Consent, Task, TaskEvent
from tests.support.case_app import NOW

TODAY = local_day(NOW)


def task_for(store, town, number, *, by, due=0, now=NOW, **options):
    """The id of a task by hand about person `number`, due so many days from today, on the list of `by` unless said."""
    with store.writing() as session:
        return add_task(
            session, by=town.viewer(session, by, now), now=now, person_id=town.people[number],
            kind=options.pop("kind", TaskKind.FOLLOW_UP), title=options.pop("title", "Call about the tablets"),
            due_on=TODAY + timedelta(days=due), **options,
        )  # fmt: skip


def rule_task(store, town, number, ref, *, due=0, now=NOW, **options):
    """The id of a task set by a rule; None where the same cause made one before."""
    with store.writing() as session:
        return add_rule_task(
            session, now=now, person_id=town.people[number], case_id=options.pop("case_id", None),
            kind=options.pop("kind", TaskKind.FOLLOW_UP), title=options.pop("title", "Look in"),
            due_on=TODAY + timedelta(days=due), rule_code="test", rule_ref=ref, **options,
        )  # fmt: skip


def act(store, town, action, *, by, now=NOW, **arguments):
    """An action carried out by a user, in a transaction of its own."""
    with store.writing() as session:
        return action(session, by=town.viewer(session, by, now), now=now, **arguments)


def on_task(store, town, action, task_id, *, by, now=NOW, **arguments):
    """An action on a task as it stands now."""
    return act(
        store, town, action, by=by, now=now, task_id=task_id, row_version=version_of(store, task_id), **arguments
    )


def version_of(store, task_id):
    with store.reading() as session:
        return session.get_one(Task, task_id).row_version


def task_row(store, task_id):
    """A task's columns as a dictionary."""
    with store.reading() as session:
        task = session.get_one(Task, task_id)
        return {column.name: getattr(task, column.name) for column in Task.__table__.columns}


def steps_of(store, task_id):
    """A task's history, oldest first: kind, before, after."""
    with store.reading() as session:
        rows = session.execute(select(TaskEvent).where(TaskEvent.task_id == task_id).order_by(TaskEvent.id)).scalars()
        return [(row.kind, row.before, row.after) for row in rows]


def said(store, town, number, purpose, state, *, by="ash.manager", now=NOW, seen_id=None, **options):
    """Record what person `number` said; the row's id."""
    purpose = ConsentPurpose(purpose)
    with store.writing() as session:
        if seen_id is None:
            latest = select(Consent.id).where(Consent.person_id == town.people[number], Consent.purpose == purpose)
            seen_id = session.execute(latest.order_by(Consent.id.desc()).limit(1)).scalar_one_or_none() or NOTHING
        return record_consent(
            session, by=town.viewer(session, by, now), now=now, person_id=town.people[number], purpose=purpose,
            state=ConsentState(state), how=options.pop("how", ConsentHow.SAID), seen_id=seen_id, **options,
        )  # fmt: skip


def contact_with(store, town, number, *, by, now=NOW, next_step=None, **options):
    """Record a contact; answers its id and its next task's."""
    step = NextStep() if next_step is None else next_step
    with store.writing() as session:
        return log_contact(
            session, by=town.viewer(session, by, now), now=now, person_id=town.people[number],
            mode=options.pop("mode", ContactMode.TELEPHONE),
            participants=options.pop("participants", [Participant.PERSON]),
            outcome=options.pop("outcome", ContactOutcome.NO_ANSWER),
            happened_on=options.pop("happened_on", local_day(now)), next_step=step or None, **options,
        )  # fmt: skip
