"""Ten thousand random histories of plans by the rules alone: no state, pair of states or words there must not be."""

from dataclasses import dataclass, field
from random import Random

from caseload.domain.joint_plan import AGREES
from caseload.domain.plan_hash import content_hash
from caseload.domain.plan_rules import (
    WRITTEN,
    why_not_active,
    why_not_answered,
    why_not_moved,
    why_not_ready,
    why_not_signed,
    why_not_written,
)
from caseload.domain.plan_words import AgreementState, PlanHeading, PlanState

HISTORIES, STEPS = 10_000, 40
DEEDS = {"start": 5, "write": 5, "ready": 4, "sign": 4, "answer": 5, "activate": 5, "withdraw": 1, "lead": 1}
"""What may happen, and how often beside the others."""
ENTRIES = {
    PlanHeading.NEEDS: {"key": "n", "need": "Breathless"},
    PlanHeading.GOALS: {"key": "g", "goal": "To walk"},
    PlanHeading.ACTIONS: {"key": "a", "what": "Practise", "status": "to_do"},
}


@dataclass
class Version:
    """One version as the rules leave it."""

    state: PlanState = PlanState.DRAFT
    contents: dict = field(default_factory=dict)
    hash: str = ""
    signed: int = -1
    answers: list = field(default_factory=list)
    way: list = field(default_factory=lambda: [PlanState.DRAFT])
    agreed_when_active: bool = True

    def move(self, to):
        assert why_not_moved(self.state, to) is None
        self.state = to
        self.way.append(to)


@dataclass
class History:
    """A case's plan, driven by chance."""

    chance: Random
    versions: list = field(default_factory=list)
    lead: int = 0
    taken: int = 0

    def step(self):
        """One step, taken where the rules let it be."""
        (deed,) = self.chance.choices(list(DEEDS), DEEDS.values())
        if deed == "lead":
            self.lead = self.chance.randrange(3)
        elif deed == "start":
            self.start()
        elif self.versions:
            getattr(self, deed)(self.chance.choice(self.versions[-2:]))

    def start(self):
        if not any(one.state in WRITTEN for one in self.versions):
            before = next((one for one in self.versions if one.state is PlanState.ACTIVE), None)
            said = before.contents if before else {heading: [entry] for heading, entry in ENTRIES.items()}
            self.versions.append(Version(contents=dict(said) if self.chance.random() < 0.8 else {}))

    def write(self, version):
        if why_not_written(version.state) is None:
            heading = self.chance.choice(list(ENTRIES))
            incomplete = {} if self.chance.random() < 0.05 else ENTRIES[heading]
            version.contents[heading] = [incomplete] * self.chance.choice((0, 1, 1, 2))

    def ready(self, version):
        if why_not_moved(version.state, PlanState.READY) is None and not why_not_ready(version.contents):
            version.hash = content_hash(version.contents)
            version.move(PlanState.READY)

    def sign(self, version):
        if why_not_signed(version.state) is None:
            version.signed = self.lead

    def answer(self, version):
        if why_not_answered(version.state) is None:
            version.answers.append(self.chance.choice(list(AgreementState)))

    def activate(self, version):
        answer = version.answers[-1] if version.answers else None
        if why_not_active(version.state, signed=version.signed == self.lead, answer=answer) is None:
            for one in self.versions:
                if one.state is PlanState.ACTIVE:
                    one.move(PlanState.SUPERSEDED)
            version.move(PlanState.ACTIVE)
            version.agreed_when_active = answer in AGREES
            self.taken += 1

    def withdraw(self, version):
        if why_not_moved(version.state, PlanState.WITHDRAWN) is None:
            version.move(PlanState.WITHDRAWN)

    def faults(self):
        """What must never be."""
        if sum(one.state in WRITTEN for one in self.versions) > 1:
            yield "two versions on their way"
        if sum(one.state is PlanState.ACTIVE for one in self.versions) > 1:
            yield "two active versions"
        for one in self.versions:
            if (one.state is PlanState.DRAFT) != (one.way == [PlanState.DRAFT]):
                yield "a draft again"
            if PlanState.READY in one.way and one.hash != content_hash(one.contents):
                yield "other words than were ready"
            if PlanState.ACTIVE in one.way and not (one.agreed_when_active and one.signed >= 0):
                yield "active without a yes and a sign-off"
            if PlanState.ACTIVE in one.way and one.way[:3] != [PlanState.DRAFT, PlanState.READY, PlanState.ACTIVE]:
                yield "active by another way"


def test_no_history_of_a_plan_leads_where_it_must_not():
    faults, activated = [], 0
    for seed in range(HISTORIES):
        history = History(Random(seed))
        for _ in range(STEPS):
            history.step()
        faults += [(seed, fault) for fault in history.faults()]
        activated += history.taken
    assert faults == []
    assert activated > HISTORIES / 10, "the histories hardly ever come to an active plan"
