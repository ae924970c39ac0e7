"""Where to go on after something was done: said with the message of success, once, and never with a name."""

from flask import flash

from caseload.domain.permissions import Permission
from caseload.pages.request import moment, viewer
from caseload.presenters.writing import counted, thousands
from caseload.queries.duties import duties
from caseload.queries.today import TaskList, task_lists
from caseload.web import this_app

_LOOKED_THROUGH = 20
"""How many rows of a list are looked through for one about somebody else."""


def offer_next_steps(person_id: int) -> None:
    """Offer the next task on the viewer's list that is about somebody else, and the cases that nobody leads yet."""
    who, now = viewer(), moment()
    with this_app().store.reading() as session:
        tasks = task_lists(session, who, now, _LOOKED_THROUGH)
        without_lead = duties(session, who, now).without_lead if who.may(Permission.CONFIRM_LEAD) else None
    pressing = (TaskList.OVERDUE, TaskList.TODAY)
    following = next((row for name in pressing for row in tasks.lists[name] if row.person_id != person_id), None)
    steps = []
    if without_lead:
        steps.append((f"Next: {counted(without_lead, 'case')} without an accountable lead", "/cases/unallocated"))
    if following is not None:
        waiting = sum(tasks.counts.lists[name] for name in pressing)
        words = f"Next on your list ({counted(waiting, 'task')} overdue or due today)"
        steps.append((words, f"/tasks/{following.task_id}"))
    later = tasks.counts.lists[TaskList.SOON]
    steps.append((f"Today: everything you have to do ({thousands(later)} due soon)", "/"))
    flash([list(step) for step in steps], "next")  # type: ignore[arg-type] # a message can be whatever JSON keeps
