"""Many who assess one person at the same moment: one is first, everybody else is told so, and no word is lost."""

from collections import Counter

import pytest
from sqlalchemy import func, select

from caseload.actions.assessment_sections import complete_section, save_section
from caseload.actions.assessments import abandon_assessment, complete_assessment, start_assessment
from caseload.actions.once import once
from caseload.audit_chain import verify
from caseload.domain.plan_words import AssessmentState, Discipline
from caseload.tables import Assessment, AssessmentAnswers, AssessmentSection, CaseEvent
from tests.support.assessing import OUTCOME, answers_to, assessment_row, started
from tests.support.at_once import at_once
from tests.support.case_app import NOW
from tests.support.led_cases import led

WRITERS = 16
pytestmark = pytest.mark.slow


@pytest.fixture
def case_id(store, town):
    return led(store, town, 2, "ash.gp", "medical")


@pytest.fixture
def race(store, town):
    """A function: so many people carry out an action at once, each with a form of their own; how many were told what."""

    def raced(action, times=WRITERS, **arguments):
        with store.reading() as session:
            viewers = [town.viewer(session, name) for name in ("ash.gp", "ash.manager")]

        def send(number):
            given = {name: value(number) if callable(value) else value for name, value in arguments.items()}
            by = viewers[number % len(viewers)]
            return once(store, action, by=by, now=NOW, key=f"a form of its own {action.__name__} {number:04}", **given)

        answers = at_once(times, send)
        return Counter(type(one).__name__ if isinstance(one, Exception) else "done" for one in answers)

    yield raced
    with store.reading() as session:
        verify(session, store.secrets.audit)


def counted(store, table):
    with store.reading() as session:
        return session.execute(select(func.count()).select_from(table)).scalar_one()


def test_one_assessment_is_started(store, case_id, race):
    assert race(start_assessment, case_id=case_id) == {"done": 1, "Conflict": WRITERS - 1}
    assert counted(store, Assessment) == 1


def test_one_of_those_who_begin_a_section_is_first(store, town, case_id, race):
    told = race(
        save_section, assessment_id=started(store, town, case_id), discipline=Discipline.HEALTH, row_version=0,
        answers=lambda number: {"falls": str(number)},
    )  # fmt: skip
    assert told == {"done": 1, "Conflict": WRITERS - 1}
    assert (counted(store, AssessmentSection), counted(store, AssessmentAnswers)) == (1, 1)


def test_all_sections_are_written_at_once(store, town, case_id, race):
    every = list(Discipline)
    told = race(
        complete_section, times=len(every), assessment_id=started(store, town, case_id), row_version=0,
        discipline=lambda number: every[number], answers=lambda number: answers_to(every[number]),
    )  # fmt: skip
    assert told == {"done": len(every)}
    assert counted(store, AssessmentSection) == len(every)


def test_it_ends_once(store, town, case_id, race):
    made = started(store, town, case_id)
    told = race(complete_assessment, assessment_id=made, row_version=1, **OUTCOME, why_not_joint="Short")
    assert (told["done"], sum(told.values())) == (1, WRITERS)
    assert set(told) <= {"done", "NotNow", "Conflict"}
    assert race(abandon_assessment, times=2, assessment_id=made, row_version=2, reason="x") == {"NotNow": 2}
    assert assessment_row(store, made).state is AssessmentState.COMPLETED
    with store.reading() as session:
        ends = select(func.count()).select_from(CaseEvent).where(CaseEvent.kind.startswith("assessment_"))
        assert session.execute(ends).scalar_one() == 2
