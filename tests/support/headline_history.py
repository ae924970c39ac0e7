"""Two years of a made-up place, lived month by month, with what was so at each month's end kept as it went along.

Everything is written straight into the tables, with the history rows the actions and loads would have written. People
die, leave, come back, move, are given another birthday; they object and take it back; cases open and close; leads are
named, handed over and released; versions of plans come into force, are superseded and withdrawn; agreements are given
and later refused. Many things happen at the very first or last moment of a month.
"""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import text

from caseload.tables import (
    Case,
    Consent,
    LeadAllocation,
    Organisation,
    Person,
    PersonEvent,
    PlanAgreement,
    PlanSection,
    PlanVersion,
    RiskRun,
    RiskScore,
    User,
)
from tests.support.packs import nhs

LONDON = ZoneInfo("Europe/London")
FIRST = date(2024, 8, 1)
TIERS = ("very_high", "high", "moderate", "none")
NO = ("refused", "withdrawn")


def months(number, first=FIRST):
    """The first day of so many months."""
    found = [first]
    while len(found) < number:
        found.append((found[-1] + timedelta(days=32)).replace(day=1))
    return found


def month_end(first):
    return (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def last_moment(day):
    """Written apart from the product's: midnight in London, less a microsecond."""
    midnight = datetime.combine(day + timedelta(days=1), time(0), LONDON).astimezone(UTC)
    return midnight - timedelta(microseconds=1)


@dataclass
class Life:
    """One person as they are now in the simulation."""

    person_id: int
    practice: int
    born: date
    died: date | None = None
    gone: date | None = None
    objects: bool = False
    spoke: bool = False
    tier: str | None = None
    case: int | None = None
    lead: int | None = None
    version: int | None = None
    joint: bool = False
    sectors: frozenset = frozenset()
    agreed: str = ""


@dataclass
class History:
    """The place, who lives there, and the numbers by month end as they were then: {(practice, line): [people, cases, led, joint]}."""

    practices: list = field(default_factory=list)
    lives: dict = field(default_factory=dict)
    then: dict = field(default_factory=dict)
    runs: int = 0


class Simulation:
    """Lives the months of a place in a database."""

    def __init__(self, store, seed, people=260):
        self.store, self.chance, self.people = store, random.Random(seed), people
        self.history = History()
        self.number = 0

    def live(self, number, at_month_end=lambda day: None):
        """So many months; answers the history. `at_month_end` is called after each, when everything of it is written."""
        with self.store.writing() as session:
            self._place(session)
        for first in months(number):
            with self.store.writing() as session:
                session.info["pending"] = []
                if first == FIRST or self.chance.random() < 0.85:  # a month now and then has no run
                    self._load(session, first)
                for moment in self._moments(first):
                    self._something(session, moment)
            day = month_end(first)
            self.history.then[day] = self._counted(day)
            at_month_end(day)
        return self.history

    def _place(self, session):
        places = [(1, "B", "borough", None)]
        places += [(2 + n, f"L{n}", "locality", 1) for n in range(2)]
        places += [(4 + n, f"N{n}", "network", 2 + n % 2) for n in range(3)]
        places += [(7 + n, f"Y9000{n}", "practice", 4 + n % 3) for n in range(7)]
        for place_id, code, kind, parent in places:
            session.add(
                Organisation(id=place_id, code=code, name=f"Place {code}", kind=kind, sector="health", parent_id=parent)
            )
            session.flush()
        self.history.practices = [place_id for place_id, _, kind, _ in places if kind == "practice"]
        session.add(User(id=1, username="user", display_name="U", job_title="", email="", home_id=7, created_at=datetime(2024, 1, 1, tzinfo=UTC)))  # fmt: skip

    def _moments(self, first):
        """The moments of a month at which something happens, in order; many are its very last."""
        start = datetime.combine(first, time(0), LONDON).astimezone(UTC)
        end = last_moment(month_end(first))
        loaded = start + timedelta(days=3, hours=2)
        inside = [loaded + (end - loaded) * self.chance.random() for _ in range(110)]
        return sorted([loaded, *[end] * 14, end - timedelta(microseconds=1), *inside])

    def _load(self, session, first):
        """A run: its index date the first of the month, taken in at the third or as the month begins."""
        at = datetime.combine(first, time(0), LONDON).astimezone(UTC) + timedelta(hours=self.chance.choice([0, 30, 49]))
        self.history.runs += 1
        session.add(
            RiskRun(
                id=self.history.runs, run_ref=f"run-{first}", scores_sha256=f"{self.history.runs:064d}", place="B",
                index_date=first, outcome="x", score_kind="model", model_version="1", tier_method="percentile", key_id="0",
                demonstration=True, people=0, loaded_at=at, extracted_on=first,
            )
        )  # fmt: skip
        session.flush()
        for life in list(self.history.lives.values()):
            self._register(session, life, first, at)
        for _ in range(self.people if first == FIRST else self.chance.randint(0, 6)):
            self._join(session, at)
        for life in self.history.lives.values():
            self._score(session, life, first)

    def _join(self, session, at):
        self.number += 1
        # A third of them around eighteen, so that birthdays matter.
        born = date(2006, 6, 1) + timedelta(days=self.chance.randint(0, 1100)) if self.chance.random() < 0.3 else date(1930, 1, 1) + timedelta(days=self.chance.randint(0, 26_000))  # fmt: skip
        life = Life(self.number, self.chance.choice(self.history.practices), born)
        session.add(
            Person(
                id=life.person_id, nhs_number=nhs(life.person_id), pseudonym=f"{life.person_id:032x}", family_name="F",
                given_name="G", name_key="f g", date_of_birth=born, sex="1", practice_id=life.practice, updated_at=at,
            )
        )  # fmt: skip
        session.flush()
        self.history.lives[life.person_id] = life
        if self.chance.random() < 0.08:
            self._said(session, life, at, "refused")

    def _register(self, session, life, first, at):
        """What the register of a month says about somebody known."""
        chance = self.chance.random()
        if life.died is None and chance < 0.015:
            self._event(session, life, at, "died", date_of_death=self._day_about(first))
        elif life.died is not None and chance < 0.05:
            self._event(session, life, at, "death_corrected", date_of_death=self.chance.choice([None, first]))
        elif life.gone is None and chance < 0.035:
            self._event(session, life, at, "left", deregistered_on=self._day_about(first))
        elif life.gone is not None and chance < 0.2:
            self._event(session, life, at, "returned", deregistered_on=None, practice_id=self.chance.choice(self.history.practices))  # fmt: skip
        elif life.gone is None and chance < 0.08:
            self._event(session, life, at, "moved_practice", practice_id=self.chance.choice(self.history.practices))
        elif chance < 0.1:
            born = life.born + timedelta(days=self.chance.choice([-366, -1, 1, 366]))
            self._event(session, life, at, "details_changed", date_of_birth=born)

    def _day_about(self, first):
        """Before the index date, on it, after it, and about the month's end: an extract may be younger than the index date."""
        end = month_end(first)
        return self.chance.choice(
            [first - timedelta(days=20), first, first + timedelta(days=2), end, end + timedelta(days=1)]
        )

    def _event(self, session, life, at, kind, **after):
        names = {"date_of_death": "died", "deregistered_on": "gone", "practice_id": "practice", "date_of_birth": "born"}
        after = {name: value for name, value in after.items() if getattr(life, names[name]) != value}
        before = {name: getattr(life, names[name]) for name in after}
        if not after:
            return
        person = session.get_one(Person, life.person_id)
        for name, value in after.items():
            setattr(person, name, value)
            setattr(life, names[name], value)
        plain = [
            {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
            for values in (before, after)
        ]
        if kind == "details_changed":
            plain = [{**one, "phone": "1"} for one in plain]
        session.add(PersonEvent(person_id=life.person_id, kind=kind, at=at, by=None, run_id=None, before=plain[0], after=plain[1]))  # fmt: skip
        session.flush()

    def _score(self, session, life, first):
        """Everybody registered and alive on the index date who does not object."""
        here = (life.died is None or life.died > first) and (life.gone is None or life.gone > first)
        if not here or life.objects:
            life.tier = None
            return
        chance = self.chance.random()
        life.tier = TIERS[0] if chance < 0.1 else TIERS[1] if chance < 0.3 else TIERS[2] if chance < 0.6 else TIERS[3]
        session.add(
            RiskScore(
                person_id=life.person_id, run_id=self.history.runs, rank=life.person_id, raw_score=0, probability=0.1,
                percentile=50, tier=life.tier, short_history=False, not_known_to_services=False, rising=False, segment="x",
                age_band="x", cohorts=[], reasons=[],
            )
        )  # fmt: skip

    def _something(self, session, at):
        life = self.chance.choice(list(self.history.lives.values()))
        deeds = (self._answers, self._opens, self._opens, self._leads, self._leads, self._plans, self._plans, self._agrees, self._closes)  # fmt: skip
        self.chance.choice(deeds)(session, life, at)

    def _answers(self, session, life, at):
        if self.chance.random() < 0.4:
            self._said(session, life, at, "given" if life.objects else self.chance.choice(NO))

    def _said(self, session, life, at, state):
        life.objects, life.spoke = state in NO, True
        session.add(
            Consent(person_id=life.person_id, purpose="risk_stratification", state=state, how="x", at=at, by=None)
        )
        session.add(
            Consent(person_id=life.person_id, purpose="sharing_health", state="refused", how="x", at=at, by=None)
        )
        session.flush()

    def _opens(self, session, life, at):
        if life.case is not None:
            return
        case = Case(person_id=life.person_id, state="open", opened_at=at, opened_by=1)
        session.add(case)
        session.flush()
        life.case = case.id
        if self.chance.random() < 0.8:
            self._leads(session, life, at)
            self._plans(session, life, at + timedelta(0))

    def _leads(self, session, life, at):
        if life.case is None:
            return
        if life.lead is not None:
            allocation = session.get_one(LeadAllocation, life.lead)
            if allocation.from_at >= at:
                return
            allocation.until_at, life.lead = at, None
            session.flush()
            if self.chance.random() < 0.3:
                return
        allocation = LeadAllocation(
            case_id=life.case, user_id=1, profession="gp", from_at=at, rule_code="x", rule_version="1", sentence="x", confirmed_by=1
        )  # fmt: skip
        session.add(allocation)
        session.flush()
        life.lead = allocation.id

    def _plans(self, session, life, at):
        """A version goes from nothing to active at once, in place of the one before; or that one is withdrawn."""
        if life.case is None:
            return
        if life.version is not None:
            version = session.get_one(PlanVersion, life.version)
            if version.active_at >= at:
                return
            withdrawn = self.chance.random() < 0.4
            version.state, version.ended_at, version.ended_by = "withdrawn" if withdrawn else "superseded", at, 1
            life.version, life.agreed = None, ""
            session.flush()
            if withdrawn:
                return
        self._new_version(session, life, at)

    def _new_version(self, session, life, at):
        number = (
            session.execute(text(f"SELECT count(*) FROM plan_version WHERE case_id = {life.case}")).scalar_one() + 1
        )
        version = PlanVersion(
            case_id=life.case, number=number, state="active", created_at=at, created_by=1, ready_at=at, ready_by=1,
            signed_at=at, signed_by=1, active_at=at, active_by=1,
        )  # fmt: skip
        session.add(version)
        session.flush()
        life.sectors = frozenset()
        for heading in ("about_me", "needs", "goals"):
            sectors = self.chance.sample(["health", "social_care", "voluntary"], self.chance.randint(0, 2))
            life.sectors |= frozenset(sectors)
            session.add(
                PlanSection(
                    version_id=version.id, heading=heading, content=[{"what": '"social_care" "health"'}],
                    contributed=sectors, author_id=1, organisation_id=7, saved_at=at,
                )
            )  # fmt: skip
        session.flush()
        life.version = version.id
        self._answer(
            session, life, at, self.chance.choice(["agreed", "agreed", "by_representative", "could_not_answer"])
        )

    def _agrees(self, session, life, at):
        if life.version is not None:
            states = ["agreed", "does_not_agree", "could_not_answer", "by_representative"]
            self._answer(session, life, at, self.chance.choice(states))

    def _answer(self, session, life, at, state):
        life.agreed = state
        session.add(PlanAgreement(version_id=life.version, state=state, copy_given=True, at=at, by=1))
        session.flush()

    def _closes(self, session, life, at):
        """The lead's time ends with the case; the plan stays as it is."""
        if life.case is None or self.chance.random() < 0.7:
            return
        if life.lead is not None:
            allocation = session.get_one(LeadAllocation, life.lead)
            if allocation.from_at >= at:
                return
            allocation.until_at = at
        case = session.get_one(Case, life.case)
        case.state, case.closed_at, case.closed_by = "closed", at, 1
        session.flush()
        life.case = life.lead = life.version = None
        life.agreed = ""

    def _counted(self, day):
        """Counted from the people as they are at this moment, by the words of the definition."""
        found = {}
        for life in self.history.lives.values():
            line = line_at(life, day)
            if line is None:
                continue
            led = life.lead is not None
            joint = (
                led and life.version is not None and life.agreed in ("agreed", "by_representative")
                and {"health", "social_care"} <= life.sectors
            )  # fmt: skip
            at_risk = line in TIERS[:3]
            now = found.setdefault((life.practice, line), Counter(people=0, cases=0, led=0, joint=0))
            in_case = life.case is not None
            now.update(people=1, cases=int(in_case and at_risk), led=int(led and at_risk), joint=int(joint and at_risk))
        return {key: tuple(one.values()) for key, one in found.items()}


def line_at(life, day):
    """Where somebody counts; None for one whom nobody would look for in this run."""
    known = life.tier is not None
    if life.died is not None and life.died <= day:
        return "died" if known else None
    if life.gone is not None and life.gone <= day:
        return "left" if known else None
    if not known and not life.spoke:
        return None
    if day.year - life.born.year - ((day.month, day.day) < (life.born.month, life.born.day)) < 18:
        return "under_18"
    if life.objects:
        return "objects"
    return "not_scored" if not known else "rest" if life.tier == "none" else life.tier
