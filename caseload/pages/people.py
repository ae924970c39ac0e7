"""One person's page, their timeline, and who has looked at it."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from caseload.diagnosis_words import read_diagnosis_words
from caseload.domain.consent_rules import means_no
from caseload.domain.permissions import Permission
from caseload.domain.words import ConsentPurpose
from caseload.exceptions import NotThere
from caseload.forms.review import row_id
from caseload.lead_rules import read_lead_rules
from caseload.pages.request import looked_at, moment, requires, today, viewer
from caseload.presenters import timeline
from caseload.presenters.banner import banner_of
from caseload.presenters.consent import purpose_lines
from caseload.presenters.deeds import deed_words, is_change
from caseload.presenters.person_page import case_ways, living_rows, reach_rows, score_part, ways_on
from caseload.presenters.tasks import task_line
from caseload.queries.access_log import looks_at
from caseload.queries.consent import consents_in_force
from caseload.queries.merges import merged_into
from caseload.queries.people import care_team_of, person_facts, person_page
from caseload.queries.scores import scores_of
from caseload.queries.tasks import open_tasks_of
from caseload.queries.timeline import timeline_of
from caseload.web import this_app

pages = Blueprint("people", __name__)

ENTRIES = 20
"""How many entries of the timeline are shown at once."""


@pages.get("/people/<int:person_id>")
@requires(Permission.OPEN_PERSON)
def show(person_id: int) -> ResponseReturnValue:
    """Everything about one person that the viewer may see, their timeline page by page (`?before=`)."""
    with this_app().store.reading() as session:
        try:
            parts = _parts(session, person_id)
        except NotThere:
            kept_id = merged_into(session, viewer(), moment(), person_id)
            if kept_id is None:
                raise
            return redirect(url_for("people.show", person_id=kept_id))
    looked_at([person_id])
    return render_template("people/show.html", **parts)


@pages.get("/people/<int:person_id>/looks")
@requires(Permission.OPEN_PERSON)
def looks(person_id: int) -> ResponseReturnValue:
    """Who has looked at this record or changed it, newest first, page by page (`?before=` an event's number)."""
    before = request.args.get("before", type=row_id)
    limit = this_app().settings.page_rows
    with this_app().store.reading() as session:
        person = person_facts(session, viewer(), moment(), person_id)
        rows = looks_at(session, viewer(), moment(), person_id, before=before, most=limit + 1)
    looked_at([person_id])
    shown = rows[:limit]
    return render_template(
        "people/looks.html",
        banner=banner_of(person, today()),
        now=moment(),
        rows=[(row, deed_words(row), is_change(row)) for row in shown],
        next_url=url_for("people.looks", person_id=person_id, before=shown[-1].number) if len(rows) > limit else None,
        first_url=url_for("people.looks", person_id=person_id) if before is not None else None,
    )


def _parts(session: Session, person_id: int) -> dict[str, Any]:
    who, now = viewer(), moment()
    page = person_page(session, who, now, person_id)
    before = timeline.key_of(request.args.get("before", ""))
    entries = timeline_of(session, who, now, person_id, before=before, most=ENTRIES + 1)
    holds = consents_in_force(session, who, now, person_id)
    objection = holds.get(ConsentPurpose.RISK_STRATIFICATION)
    objects = objection is not None and means_no(objection.state)
    sees_score = who.may(Permission.SEE_SCORE) and not objects
    return {
        "page": page,
        "banner": banner_of(page.facts, today()),
        "score": score_part(
            scores_of(session, who, now, person_id),
            who,
            today(),
            this_app().settings,
            objects=objects,
        ),
        "team": care_team_of(session, who, now, person_id) if page.case else [],
        "tasks": [task_line(row, today()) for row in open_tasks_of(session, who, now, person_id)],
        "consents": purpose_lines(holds),
        "entries": timeline.entries_of(
            entries[:ENTRIES],
            read_lead_rules(),
            read_diagnosis_words(),
            may_see_score=sees_score,
            now=now,
        ),
        "earlier": timeline.key_words(entries[ENTRIES - 1]) if len(entries) > ENTRIES else None,
        "later": before is not None,
        "ways": ways_on(page, who),
        "case_ways": case_ways(page, who),
        "reach": reach_rows(page),
        "living": living_rows(page),
        "may_work": who.may(Permission.WORK_CASE),
        "may_flag": page.flag_may_be_set and who.may(Permission.SET_FLAG) and page.emergency_until is None,
        "now": now,
    }
