"""Logging a contact, the tasks it completes and the task its outcome sets."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields import SelectChoice

from caseload.actions.contacts import correct_contact, log_contact
from caseload.clock import local_day
from caseload.domain.permissions import Permission
from caseload.forms.contacts import ContactForm, NewContactForm
from caseload.forms.lists import list_choices
from caseload.pages.next_steps import offer_next_steps
from caseload.pages.request import looked_at, moment, perform, requires, today, viewer
from caseload.presenters.banner import banner_of
from caseload.queries.assignees import lists_for
from caseload.queries.contacts import ContactRow, contact_of
from caseload.queries.people import PersonFacts, person_facts
from caseload.queries.tasks import CompletableTask, tasks_to_complete
from caseload.web import this_app

pages = Blueprint("contacts", __name__)


@pages.get("/people/<int:person_id>/contacts/new")
@requires(Permission.WORK_CASE)
def new(person_id: int) -> ResponseReturnValue:
    """Ask about a contact; everything that can be known beforehand is filled in."""
    person, choices, tasks = _person(person_id)
    begins = {"happened_on": today(), **({} if person.date_of_death is None else {"participants": []})}
    form = NewContactForm(formdata=None, today=today(), died_on=person.date_of_death, open_tasks=tasks, data=begins)
    form.next_list.choices = choices
    return _new_page(form, person)


@pages.post("/people/<int:person_id>/contacts/new")
@requires(Permission.WORK_CASE)
def add(person_id: int) -> ResponseReturnValue:
    """Record a contact, complete what it has done and set its next task."""
    person, choices, tasks = _person(person_id)
    form = NewContactForm(today=today(), died_on=person.date_of_death, open_tasks=tasks)
    form.next_list.choices = choices
    if not form.validate():
        return _new_page(form, person), 422
    made = perform(
        log_contact, person_id=person_id, **form.entry, next_step=form.next_step,
        unless_twice=not form.there_were_two.data,
    )  # fmt: skip
    flash(_recorded(made, tasks), "success")
    offer_next_steps(person_id)
    return redirect(url_for("people.show", person_id=person_id), 303)


@pages.get("/contacts/<int:contact_id>/correct")
@requires(Permission.WORK_CASE)
def correction(contact_id: int) -> ResponseReturnValue:
    """Show a contact as it was recorded, to be recorded anew."""
    contact, person = _contact(contact_id)
    form = ContactForm(
        formdata=None, today=today(), died_on=person.date_of_death, happened_on=local_day(contact.happened_at),
        mode=contact.mode.value, participants=list(contact.participants), outcome=contact.outcome_code,
        note=contact.note,
    )  # fmt: skip
    return _correction_page(form, contact, person)


@pages.post("/contacts/<int:contact_id>/correct")
@requires(Permission.WORK_CASE)
def correct(contact_id: int) -> ResponseReturnValue:
    """Record a contact anew; the first entry stays, marked as corrected."""
    contact, person = _contact(contact_id)
    form = ContactForm(today=today(), died_on=person.date_of_death)
    if not form.validate():
        return _correction_page(form, contact, person), 422
    perform(correct_contact, contact_id=contact_id, **form.entry)
    flash("The contact is corrected. The first entry is kept.", "success")
    return redirect(url_for("people.show", person_id=contact.person_id), 303)


def _recorded(made: dict[str, Any], tasks: list[CompletableTask]) -> str:
    """What happened, in a sentence or two: a task that was set while the form was open is completed as well, and has no title here."""
    said = "The contact is recorded and the next task is set." if made["task"] else "The contact is recorded."
    titles = {task.task_id: task.title for task in tasks}
    done = [titles.get(task_id, "a task set meanwhile") for task_id in made["completed"]]
    return f"{said} Completed: {', '.join(done)}." if done else said


def _person(person_id: int) -> tuple[PersonFacts, list[SelectChoice], list[CompletableTask]]:
    """The person, on whose list the next task may go, and which open tasks the contact may complete."""
    with this_app().store.reading() as session:
        person = person_facts(session, viewer(), moment(), person_id)
        lists = lists_for(session, viewer(), moment(), person_id)
        tasks = tasks_to_complete(session, viewer(), moment(), person_id)
    return person, list_choices(lists.people, lists.teams, own_id=viewer().user_id), tasks


def _contact(contact_id: int) -> tuple[ContactRow, PersonFacts]:
    with this_app().store.reading() as session:
        contact = contact_of(session, viewer(), moment(), contact_id)
        return contact, person_facts(session, viewer(), moment(), contact.person_id)


def _new_page(form: NewContactForm, person: PersonFacts) -> str:
    looked_at([person.person_id])
    return render_template(
        "contacts/new.html", form=form, banner=banner_of(person, today()), person_id=person.person_id
    )


def _correction_page(form: ContactForm, contact: ContactRow, person: PersonFacts) -> str:
    looked_at([person.person_id])
    return render_template("contacts/correct.html", form=form, banner=banner_of(person, today()), contact=contact)
