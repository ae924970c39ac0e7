"""Random histories of plans through the actions: what the database says must be lawful after every step.

Whoever tries anything is refused or not; whatever happened, the invariants hold: one version on its way and one active at
most, an active one signed off and agreed, words that never change from ready on, every task of a plan where it belongs.
"""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from caseload.actions.cases import close_case
from caseload.actions.handovers import accept_handover
from caseload.actions.plans import Basis
from caseload.actions.tasks import complete_task
from caseload.database import open_database
from caseload.domain.case_rules import ClosingReason
from caseload.domain.joint_plan import AGREES
from caseload.domain.plan_hash import content_hash
from caseload.domain.plan_words import AgreementState
from caseload.exceptions import Refused
from caseload.secrets import Secrets
from caseload.store import Store
from caseload.tables import (
    Case,
    LeadAllocation,
    PlanAction,
    PlanAgreement,
    PlanSection,
    PlanSectionText,
    PlanVersion,
    Task,
)
from tests.support.case_app import NOW, make_town
from tests.support.effort import effort
from tests.support.led_cases import asked, decided
from tests.support.plan_work import GOAL, NEED, PlanWork
from tests.support.sqlite import sqlite_url

SECRET = "a secret that only tests know, long enough"
WRITERS = ("ash.gp", "ash.partner", "social.worker", "navigator")
PLACES = []
"""Where the machine puts its databases: given by the test."""


def by_version(rows):
    found = {}
    for row in rows:
        found.setdefault(row.version_id, []).append(row)
    return found


class PlanMachine(RuleBasedStateMachine):
    """One case, several people, every action there is."""

    @initialize()
    def begin(self):
        folder = PLACES[0] / str(len(list(PLACES[0].iterdir())))
        folder.mkdir()
        self.engine = open_database(sqlite_url(folder))
        store = Store(self.engine, Secrets.of(SECRET))
        self.plans = PlanWork(store, make_town(store))
        self.plans.join("ash.partner", "gp")
        self.now, self.hashes, self.when_active, self.steps = NOW, {}, {}, 0

    def teardown(self):
        if hasattr(self, "engine"):
            self.engine.dispose()

    def versions(self):
        with self.plans.store.reading() as session:
            rows = session.execute(select(PlanVersion).order_by(PlanVersion.number)).scalars().all()
            session.expunge_all()
            return rows

    def attempt(self, deed, *arguments, **options):
        """Whatever is refused changes nothing; anything but a refusal is a fault."""
        self.now += timedelta(hours=1)
        self.steps += 1
        try:
            deed(*arguments, **options, now=self.now)
        except Refused:
            return False
        return True

    def last(self, back=0):
        versions = self.versions()
        return versions[-1 - min(back, len(versions) - 1)] if versions else None

    @rule(who=st.sampled_from(WRITERS), basis=st.sampled_from(Basis))
    def start(self, who, basis):
        self.attempt(self.plans.start, who, basis=basis)

    @rule(
        who=st.sampled_from(WRITERS),
        heading=st.sampled_from(("needs", "goals", "actions", "actions")),
        whose=st.sampled_from(WRITERS),
        count=st.integers(0, 2),
        back=st.integers(0, 1),
    )
    def write(self, who, heading, whose, count, back):
        if version := self.last(back):
            made = {"needs": NEED, "goals": GOAL, "actions": self.plans.action(who=whose)}[heading]
            kept = self.plans.section(version.id, heading)[1]
            self.attempt(self.plans.write, version.id, heading, [*kept, made, made][: count + 1], who)

    @rule(who=st.sampled_from(WRITERS), back=st.integers(0, 1))
    def ready(self, who, back):
        if version := self.last(back):
            self.attempt(self.plans.ready, version.id, who)

    @rule(who=st.sampled_from(WRITERS))
    def sign(self, who):
        if version := self.last():
            self.attempt(self.plans.sign, version.id, who)

    @rule(who=st.sampled_from(WRITERS), state=st.sampled_from(AgreementState), back=st.integers(0, 1))
    def answer(self, who, state, back):
        if version := self.last(back):
            self.attempt(self.plans.answer, version.id, state.value, who)

    @rule(who=st.sampled_from(WRITERS))
    def activate(self, who):
        if version := self.last():
            self.attempt(self.plans.activate, version.id, who)

    @rule(actions=st.integers(1, 3))
    def go_all_the_way(self, actions):
        """What chance alone would seldom do: a whole version, from draft to active."""
        self.attempt(self.plans.start, "ash.gp", basis=Basis.EMPTY)
        version = self.last()
        for heading, entries in (
            ("needs", [NEED]),
            ("actions", [self.plans.action(f"Action {n}") for n in range(actions)]),
        ):
            self.attempt(self.plans.write, version.id, heading, entries)
        for deed in (self.plans.ready, self.plans.sign, self.plans.answer, self.plans.activate):
            if not self.attempt(deed, version.id):
                break

    @rule(who=st.sampled_from(WRITERS), back=st.integers(0, 2))
    def withdraw(self, who, back):
        if version := self.last(back):
            self.attempt(self.plans.withdraw, version.id, who)

    @rule()
    def finish_a_task(self):
        with self.plans.store.reading() as session:
            wanted = select(Task.id, Task.row_version).where(Task.state == "open", Task.kind == "plan_action").limit(1)
            found = session.execute(wanted).first()
        if found:
            self.attempt(self.plans.act, complete_task, "ash.gp", task_id=found.id, row_version=found.row_version)

    @rule()
    def hand_over(self):
        self.now += timedelta(hours=1)
        work = self.plans
        with work.store.reading() as session:
            lead = session.execute(select(LeadAllocation.user_id).where(LeadAllocation.until_at.is_(None))).scalar()
        names = {work.town.users[name]: name for name in ("ash.gp", "ash.partner")}
        if lead in names:
            other = "ash.partner" if names[lead] == "ash.gp" else "ash.gp"
            handover = asked(work.store, work.town, work.case_id, other, by=names[lead], now=self.now)
            decided(work.store, work.town, accept_handover, handover, by=other, now=self.now)

    @rule(sure=st.integers(0, 9))
    def close(self, sure):
        if sure == 0:
            with self.plans.store.reading() as session:
                version = session.get_one(Case, self.plans.case_id).row_version
            self.attempt(
                self.plans.act, close_case, "ash.manager", case_id=self.plans.case_id, row_version=version,
                reason=ClosingReason.GOALS_MET,
            )  # fmt: skip

    @invariant()
    def everything_is_lawful(self):
        if not hasattr(self, "plans"):
            return
        with self.plans.store.reading() as session:
            versions = session.execute(select(PlanVersion).order_by(PlanVersion.number)).scalars().all()
            sections = by_version(session.execute(select(PlanSection)).scalars())
            answers = by_version(session.execute(select(PlanAgreement).order_by(PlanAgreement.id)).scalars())
            self.states_are_lawful(versions, answers)
            for version in versions:
                self.words_stay(version, {one.heading: one.content for one in sections.get(version.id, [])})
            self.words_are_kept(session)
            self.tasks_belong(session, versions)

    def states_are_lawful(self, versions, answers):
        assert [version.number for version in versions] == list(range(1, len(versions) + 1))
        assert sum(version.state in ("draft", "ready") for version in versions) <= 1
        assert sum(version.state == "active" for version in versions) <= 1
        for version in versions:
            assert (version.content_hash is None) == (version.ready_at is None)
            assert (version.state in ("superseded", "withdrawn")) == (version.ended_at is not None)
            if version.active_at is not None:
                said = [one for one in answers.get(version.id, []) if one.at <= version.active_at]
                assert version.signed_at <= version.active_at
                assert version.ready_at <= version.signed_at
                assert said[-1].state in AGREES
            else:
                assert version.state not in ("active", "superseded")

    def words_stay(self, version, contents):
        if version.content_hash is not None:
            assert content_hash(contents) == version.content_hash
            assert self.hashes.setdefault(version.id, version.content_hash) == version.content_hash

    def words_are_kept(self, session):
        """The last saved state of every section is among its texts."""
        for section in session.execute(select(PlanSection)).scalars():
            wanted = select(PlanSectionText.content).where(PlanSectionText.section_id == section.id)
            assert session.execute(wanted.order_by(PlanSectionText.id.desc()).limit(1)).scalar_one() == section.content

    def tasks_belong(self, session, versions):
        """Every open task of a plan is of a version that stands, and an active version has its review on a list."""
        state = {version.id: version.state.value for version in versions}
        links = {}
        for link in session.execute(select(PlanAction)).scalars():
            links.setdefault(link.task_id, []).append(state[link.version_id])
        kinds = ("plan_action", "plan_review", "plan_agreement")
        reviews = set()
        for task in session.execute(select(Task).where(Task.kind.in_(kinds), Task.state == "open")).scalars():
            if task.kind == "plan_action":
                assert "active" in links[task.id]
            else:
                version_id = int(task.rule_ref.split(":")[1])
                assert state[version_id] in ("active", "ready")
                reviews |= {version_id} if task.kind == "plan_review" else set()
            assert task.owner_id is not None or task.team_id is not None
        assert reviews == {version.id for version in versions if version.state == "active"}


@pytest.mark.slow(seconds=30)
def test_plans_through_random_histories(tmp_path):
    PLACES[:] = [tmp_path]
    run_state_machine_as_test(
        PlanMachine,
        settings=settings(
            max_examples=effort(7, long=28),
            stateful_step_count=40,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
