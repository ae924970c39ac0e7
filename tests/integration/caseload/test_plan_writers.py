"""Sixty-four people write in one plan at the same moment: each is saved or told who was first, and no word is lost."""

import pytest
from sqlalchemy import select

from caseload.actions.once import once
from caseload.actions.plan_sections import save_section
from caseload.actions.plans import Basis, activate_plan, mark_ready, start_plan
from caseload.audit_chain import verify
from caseload.domain.plan_words import PlanHeading
from caseload.exceptions import Conflict, Refused
from caseload.tables import PlanSection, PlanSectionText, PlanVersion, Task
from tests.support.at_once import at_once
from tests.support.case_app import NOW
from tests.support.plan_work import PlanWork

WRITERS = 64
INSISTENT = 24
"""Of those who try until they come through: what they do grows with the square of how many they are."""
NAMES = ("ash.gp", "social.worker", "navigator", "ash.manager")
PARTS = (PlanHeading.STRENGTHS, PlanHeading.SOCIAL_PRESCRIBING, PlanHeading.NEEDS, PlanHeading.CARERS)
FIELD = {"strengths": "strength", "social_prescribing": "what", "needs": "need", "carers": "name"}
pytestmark = pytest.mark.slow


@pytest.fixture
def plans(store, town):
    return PlanWork(store, town)


@pytest.fixture
def race(plans):
    """A function: so many forms of their own carried out at once; what each was told."""
    with plans.store.reading() as session:
        viewers = [plans.town.viewer(session, name) for name in NAMES]

    def raced(action, form, times=WRITERS):
        def send(number):
            key = f"a form of its own {action.__name__} {number:04}"
            return once(plans.store, action, by=viewers[number % 4], now=NOW, key=key, **form(number))

        return at_once(times, send)

    yield raced
    with plans.store.reading() as session:
        verify(session, plans.store.secrets.audit)


def texts(plans, version):
    with plans.store.reading() as session:
        wanted = select(PlanSectionText.content).join(PlanSection, PlanSection.id == PlanSectionText.section_id)
        rows = session.execute(wanted.where(PlanSection.version_id == version)).scalars()
        return sorted(next(text for name, text in entry.items() if name != "key") for row in rows for entry in row)


@pytest.mark.parametrize("parts", [1, 4])
def test_writers_of_one_plan_are_saved_or_told_who_was_first(plans, race, parts):
    version = plans.start()

    def form(number):
        part = PARTS[number % parts]
        entry = {FIELD[part]: f"The words of writer {number:02}"}
        return {"version_id": version, "heading": part, "row_version": 0, "entries": [entry]}

    answers = race(save_section, form)
    saved = [number for number, answer in enumerate(answers) if not isinstance(answer, Exception)]
    refused = [answer for answer in answers if isinstance(answer, Exception)]
    assert all(isinstance(answer, Conflict) for answer in refused)
    assert len(saved) == parts
    assert texts(plans, version) == sorted(f"The words of writer {number:02}" for number in saved)
    now = [text for part in PARTS[:parts] for entry in plans.section(version, part)[1] for text in entry.values()]
    assert set(texts(plans, version)) <= set(now)


def test_writers_who_put_theirs_to_what_is_there_all_come_through(plans, race):
    """Each reads, adds a line and tries again when somebody was first: in the end every line is there."""
    version = plans.start()

    def form(number):
        row_version, content, _ = plans.section(version, PlanHeading.STRENGTHS)
        entries = [*content, {"strength": f"Line {number:02}"}]
        return {"version_id": version, "heading": PlanHeading.STRENGTHS, "row_version": row_version, "entries": entries}

    with plans.store.reading() as session:
        viewers = [plans.town.viewer(session, name) for name in NAMES]

    def insist(number):
        for attempt in range(200):
            try:
                return once(
                    plans.store, save_section, by=viewers[number % 4], now=NOW, key=f"try {number:04} {attempt:06}",
                    **form(number),
                )  # fmt: skip
            except Conflict:
                continue
        raise AssertionError("never came through")

    answers = at_once(INSISTENT, insist)
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    lines = [entry["strength"] for entry in plans.section(version, PlanHeading.STRENGTHS)[1]]
    assert sorted(lines) == [f"Line {number:02}" for number in range(INSISTENT)]


def test_a_version_is_marked_as_ready_with_words_that_stay(plans, race):
    """Half of them write, half of them mark it as ready: whatever comes first, the hash is of what is there."""
    version = plans.drafted()
    seen, row_version = plans.seen(version), plans.version_of(version)

    def act(session, *, by, now, number):
        if number % 2:
            return mark_ready(session, by=by, now=now, version_id=version, row_version=row_version, seen=seen)
        part = PARTS[number % 8 // 2]
        entry = {FIELD[part]: f"Writer {number}"}
        shown = 0 if part is not PlanHeading.NEEDS else 1
        return save_section(
            session, by=by, now=now, version_id=version, heading=part, row_version=shown, entries=[entry]
        )

    answers = race(act, lambda number: {"number": number})
    assert all(isinstance(answer, int | Refused) for answer in answers)
    with plans.row(version) as (row, _):
        assert row.content_hash in (None, plans.seen(version))
        assert (row.state == "ready") == (row.content_hash is not None)


def test_one_of_many_makes_a_version_active(plans, race):
    version = plans.agreed()
    row_version = plans.version_of(version)
    answers = race(activate_plan, lambda _number: {"version_id": version, "row_version": row_version})
    assert sum(not isinstance(answer, Exception) for answer in answers) == 1
    assert all(isinstance(answer, int | Refused) for answer in answers)
    with plans.store.reading() as session:
        assert len(session.execute(select(Task.id).where(Task.kind == "plan_action")).all()) == 1
        assert len(session.execute(select(Task.id).where(Task.kind == "plan_review")).all()) == 1


def test_one_of_many_starts_a_draft(plans, race):
    answers = race(start_plan, lambda _number: {"case_id": plans.case_id, "basis": Basis.EMPTY})
    assert sum(isinstance(answer, int) for answer in answers) == 1
    assert all(isinstance(answer, int | Refused) for answer in answers)
    with plans.store.reading() as session:
        assert len(session.execute(select(PlanVersion.id)).all()) == 1
