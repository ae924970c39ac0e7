"""Writing the parts of a draft: who wrote what, what meets, and words that stay from ready on."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from caseload.exceptions import Conflict, NotNow
from caseload.tables import (
    PlanSection,
    PlanSectionText,
    PlanVersion,
)
from tests.support.case_app import NOW
from tests.support.plan_work import GOAL, NEED, PlanWork


@pytest.fixture
def plans(store, town):
    return PlanWork(store, town)


def test_sections_say_who_wrote_them_last_and_which_sectors_did(plans, town):
    version = plans.start()
    plans.write(version, "needs", [NEED])
    plans.write(version, "needs", [NEED, {"need": "She is lonely."}], "social.worker")
    _, content, sectors = plans.section(version, "needs")
    assert sectors == ["health", "social_care"]
    assert [entry["need"] for entry in content] == [NEED["need"], "She is lonely."]
    with plans.store.reading() as session:
        row = session.execute(select(PlanSection)).scalar_one()
        assert (row.author_id, row.organisation_id) == (town.users["social.worker"], town.places["COUNCIL"])
        texts = session.execute(select(PlanSectionText.content).order_by(PlanSectionText.id)).scalars().all()
        assert [len(text) for text in texts] == [1, 2]


def test_entries_that_others_point_to_keep_their_key(plans):
    version = plans.start()
    plans.write(version, "needs", [NEED])
    _, (first,), _ = plans.section(version, "needs")
    plans.write(version, "needs", [{**first, "need": "She cannot climb the stairs."}])
    _, (second,), _ = plans.section(version, "needs")
    assert first["key"] == second["key"]


def test_empty_entries_are_left_out_and_saving_the_same_again_writes_nothing(plans):
    version = plans.start()
    plans.write(version, "needs", [{"need": "  "}, NEED, {"key": "only a key"}])
    _, content, _ = plans.section(version, "needs")
    assert len(content) == 1
    plans.write(version, "needs", content, "social.worker")
    assert plans.section(version, "needs")[2] == ["health"]
    plans.write(version, "actions", [{"status": "to_do"}])
    assert plans.section(version, "actions")[1] == []


@pytest.mark.parametrize(
    "entries",
    [[{"nonsense": "x"}], [{"need": "x" * 4001}]],
)
def test_entries_a_form_would_never_send_are_refused(plans, entries):
    version = plans.start()
    with pytest.raises(ValueError, match="an entry has"):
        plans.write(version, "needs", entries)
    with pytest.raises(ValueError, match="one entry at most"):
        plans.write(version, "about_me", [{"also": "a"}, {"also": "b"}])


def test_the_same_part_saved_meanwhile_is_a_conflict_with_their_words(plans):
    version = plans.start()
    plans.write(version, "goals", [GOAL], "social.worker")
    with pytest.raises(Conflict) as refused:
        plans.write(version, "goals", [{"goal": "To cook"}], row_version=0)
    assert refused.value.theirs["Goal or hope 1: Goal or hope"] == GOAL["goal"]
    assert (refused.value.by, refused.value.at) == ("Social Worker", NOW)
    assert plans.section(version, "goals")[1][0]["goal"] == GOAL["goal"]
    with pytest.raises(Conflict, match="Nobody has written"):
        plans.write(version, "needs", [NEED], row_version=3)


def test_two_parts_written_at_once_do_not_meet(plans):
    version = plans.start()
    plans.write(version, "goals", [GOAL], "social.worker")
    plans.write(version, "needs", [NEED], row_version=0)
    assert plans.section(version, "needs")[0] == plans.section(version, "goals")[0] == 1


def test_a_user_named_in_an_action_must_be_able_to_open_the_record(plans, town):
    version = plans.start()
    with pytest.raises(NotNow, match="choose somebody who may open"):
        plans.write(version, "actions", [plans.action(who="south.navigator")])
    plans.write(version, "actions", [plans.action(who="navigator")])
    assert plans.section(version, "actions")[1][0]["who_name"] == "Navigator"


def test_a_name_beside_a_user_who_was_chosen_is_refused_and_never_lost(plans):
    version = plans.start()
    with pytest.raises(NotNow, match="choose somebody or enter a name, not both"):
        plans.write(version, "actions", [plans.action(who="navigator", who_name="Her son Pat")])
    plans.write(version, "actions", [plans.action(who="navigator")])
    _, (kept,), _ = plans.section(version, "actions")
    plans.write(version, "actions", [{**kept, "status": "done"}])  # the name that was kept with the user stays
    assert plans.section(version, "actions")[1][0]["who_name"] == "Navigator"


def test_a_plan_longer_than_one_may_be_is_refused_and_one_that_is_so_may_shrink(plans):
    version = plans.start()
    long = [{"strength": "x" * 4000}] * 29
    plans.write(version, "strengths", long)
    with pytest.raises(NotNow, match="longer than 50 pages") as refused:
        plans.write(version, "carers", [{"name": "Pat", "needs": "x" * 4000}])
    assert refused.value.field == "e0_name"
    assert plans.section(version, "carers") == (0, [], [])
    with plans.store.writing() as session:  # one that was written before there was a bound
        session.execute(select(PlanSection)).scalar_one().content = long * 2
    plans.write(version, "strengths", (long * 2)[:40])
    with pytest.raises(NotNow, match="longer than 50 pages"):
        plans.write(version, "strengths", (long * 2)[:41])


def test_a_draft_is_not_ready_while_something_is_missing(plans):
    version = plans.start()
    with pytest.raises(NotNow, match="at least one need or one goal"):
        plans.ready(version)
    plans.write(version, "needs", [NEED])
    with pytest.raises(NotNow, match="at least one action"):
        plans.ready(version)
    plans.write(version, "actions", [plans.action()])
    plans.write(version, "contingency", [{"trigger": "She cannot finish a sentence"}])
    with pytest.raises(NotNow, match="“What should happen” is not filled in"):
        plans.ready(version)


def test_a_draft_that_somebody_wrote_in_meanwhile_is_not_marked_as_ready(plans):
    version = plans.drafted()
    seen = plans.seen(version)
    plans.write(version, "strengths", [{"strength": "She knows everybody"}], "social.worker")
    with pytest.raises(Conflict, match="wrote in the draft"):
        plans.ready(version, seen=seen)
    with pytest.raises(NotNow, match="after today"):
        plans.ready(version, review_on=NOW.date())
    plans.ready(version, review_on=date(2026, 11, 2))
    with plans.row(version) as (row, _):
        assert row.review_on == date(2026, 11, 2)


def test_a_ready_version_cannot_be_written_by_the_action(plans):
    version = plans.drafted()
    plans.ready(version)
    before = plans.section(version, "needs")
    with pytest.raises(NotNow, match="its words do not change any more"):
        plans.write(version, "needs", [{"need": "Something else"}])
    with pytest.raises(NotNow, match="its words do not change any more"):
        plans.write(version, "carers", [{"name": "Pat"}])
    assert plans.section(version, "needs") == before


def past_the_action(plans, version, deed):
    with plans.store.writing() as session:
        wanted = select(PlanSection).where(PlanSection.version_id == version, PlanSection.heading == "needs")
        section = session.execute(wanted).scalar_one()
        if deed == "change":
            section.content = [{"need": "Something else"}]
        elif deed == "remove":
            session.delete(section)
        elif deed == "forget":
            session.delete(session.execute(select(PlanSectionText).limit(1)).scalar_one())
        else:
            session.get_one(PlanVersion, version).content_hash = "0" * 64


@pytest.mark.parametrize("deed", ["change", "remove", "forget", "hash"])
def test_a_ready_version_cannot_be_written_past_the_action(plans, deed):
    """The database itself refuses."""
    version = plans.drafted()
    plans.ready(version)
    with pytest.raises(DBAPIError, match="never changed or removed"):
        past_the_action(plans, version, deed)
    with plans.row(version) as (row, _):
        assert row.content_hash == plans.seen(version)
