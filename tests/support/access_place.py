"""A place in which every user stands in every way to somebody: one person for each user and combination.

    borough
    ├── network near   practice near (practice users), practice next (the rest of the navigators' and chairs' place)
    └── network far    practice far (outside everybody's place)
    another borough    practice away

Every person has a name of their own that stands nowhere else, a case (a closed one where the relationship is "none" or
"own practice"), a task on the user's own list, a contact, a notice to the user, an undecided proposal, a merged record.
"""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count

from sqlalchemy import insert

from caseload.domain.names import name_key
from caseload.domain.words import CaseState, ConsentPurpose, HandoverState, ProposalState, Role, Sector
from caseload.tables import (
    CareTeamMember,
    Case,
    Consent,
    Contact,
    Draft,
    EmergencyAccess,
    Handover,
    LeadAllocation,
    Leave,
    LeaverJourney,
    Notice,
    Organisation,
    Person,
    PersonMerge,
    Practitioner,
    Proposal,
    RestrictedAccess,
    RiskRun,
    RiskScore,
    SavedView,
    Table,
    Task,
    Team,
    TeamMembership,
    User,
    UserRole,
)
from interfaces.codes.nhs_number import nhs_check_digit
from tests.support.access_assessments import add_assessment
from tests.support.access_hospital import add_held
from tests.support.access_joint_work import a_cohort, joint_work
from tests.support.access_meetings import a_meeting, add_item, add_request
from tests.support.access_oracle import Combination
from tests.support.access_plans import add_plan
from tests.support.access_programs import a_client, add_outward

NAME = re.compile(r"zq(\d{5})x", re.IGNORECASE)
"""Every person's names: `Zq00012xfam` and `Zq00012xgiv`."""

MEETINGS = 8
_WHERE = {"none": "next", "own practice": "near", "case in place": "next"}
_SHARING = {
    "health": ConsentPurpose.SHARING_HEALTH,
    "social_care": ConsentPurpose.SHARING_SOCIAL_CARE,
    "voluntary": ConsentPurpose.SHARING_VOLUNTARY,
}


@dataclass
class Someone:
    """One person, how their user stands to them, and what was made about them by what it is called in addresses."""

    number: int
    stands: Combination
    nhs_number: str
    ids: dict[str, int] = field(default_factory=dict)


@dataclass
class Probe:
    """One user with the people who were made for them."""

    user_id: int
    role: str
    sector: str
    people: list[Someone] = field(default_factory=list)


class AccessPlace:
    """Makes the place in one session."""

    def __init__(self, session, now):
        self.session, self.now = session, now
        self.numbers, self.rows, self.strangers = count(1), {}, []
        self.places = self._places()
        self.other = self._user("somebody.else", Role.PRACTICE, "health", "borough")
        self._add(Practitioner, user_id=self.other, profession="gp", capacity=40)
        self.run = self._run()
        self.cohort = a_cohort(self, "borough")
        self.meetings = [a_meeting(self, "borough", self.team) for _ in range(MEETINGS)]
        self.meeting = self.meetings[0]
        self.probes = []
        self.here = {**self._belongings(self.other, "near"), **self.meeting}
        self.elsewhere = self._belongings(self._user("somebody.away", Role.PRACTICE, "away", "away"), "away")

    def probe(self, name, role, combinations, sector="health"):
        """A user of this role, with a person for each combination."""
        place = {
            "practice": "near",
            "navigator": "near network",
            "mdt_chair": "near network",
            "data_quality": "near network",
        }.get(role, "borough")
        probe = Probe(self._user(name, Role(role), sector, place), role, sector)
        self._add(Practitioner, user_id=probe.user_id, profession="gp", capacity=40)
        probe.people = [self._person(probe, stands) for stands in combinations]
        self.probes.append(probe)
        return probe

    def _add(self, table, **values):
        """Keep a row for `write`; its id, which is known at once."""
        rows = self.rows.setdefault(table, [])
        if "id" in table.__table__.columns:
            values["id"] = len(rows) + 1
        rows.append(values)
        return values.get("id")

    def write(self):
        """Put everything into the database: all rows of a table at once, tables in the order of their references."""
        order = [table.name for table in Table.metadata.sorted_tables]
        for table in sorted(self.rows, key=lambda one: order.index(one.__tablename__)):
            self.session.execute(insert(table), self.rows[table])
        return self

    def _places(self):
        ids = {}
        for code, kind, parent in (
            ("borough", "borough", None),
            ("near network", "network", "borough"),
            ("far network", "network", "borough"),
            ("near", "practice", "near network"),
            ("next", "practice", "near network"),
            ("far", "practice", "far network"),
            ("health", "trust", None),
            ("social_care", "council", None),
            ("voluntary", "voluntary", None),
            ("away borough", "borough", None),
            ("away", "practice", "away borough"),
        ):
            sector = Sector(code) if kind in ("trust", "council", "voluntary") else Sector.HEALTH
            parent_id = ids[parent] if parent else None
            ids[code] = self._add(
                Organisation, code=code, name=code.title(), kind=kind, sector=sector, parent_id=parent_id
            )
        self.team = self._add(Team, name="Everybody's team", place_id=ids["borough"])
        return ids

    def _user(self, name, role, sector, place):
        employer = self.places[sector]
        user = self._add(User, username=name, display_name=name.title(), home_id=employer, created_at=self.now)
        self._add(UserRole, user_id=user, role=role, place_id=self.places[place], from_at=self.now - timedelta(days=9))
        return user

    def _belongings(self, user_id, place):
        """What belongs to somebody or to a place, by what it is called in addresses."""
        by = {"user_id": user_id}
        days = {"first_day": self.now.date(), "last_day": self.now.date()}
        return {
            "user_id": user_id,
            "practice_id": self.places[place],
            "role_id": len(self.rows[UserRole]),
            "leave_id": self._add(Leave, **by, **days),
            "membership_id": self._add(TeamMembership, **by, team_id=self.team, from_at=self.now),
            "draft_id": self._add(Draft, **by, path="/x", content={}, saved_at=self.now),
            "view_id": self._add(
                SavedView, **by, page="cases", name="x", query="", created_at=self.now, created_by=user_id
            ),
            "journey_id": self._add(
                LeaverJourney, **by, state="begun", started_at=self.now, started_by=user_id, row_version=1
            ),
            "opening_id": self._opening_at(place),
            "client_row_id": a_client(self, place),
            "cohort_id": a_cohort(self, place),
            **a_meeting(self, place),
        }

    def _opening_at(self, place):
        """Somebody's emergency access to a person of a place whom nobody else has anything to do with."""
        number = next(self.numbers)
        one = Someone(number, Combination("none"), self._nhs_number(), {"practice_id": self.places[place]})
        person_id = self._add(Person, **self._record(one, one.nhs_number, f"Zq{number:05d}x"))
        self.strangers.append(one)
        return self._add(
            EmergencyAccess, user_id=1, person_id=person_id, reason_code="other", reason=f"Zq{number:05d}xgiv fell",
            opened_at=self.now, expires_at=self.now, row_version=1,
        )  # fmt: skip

    def _run(self):
        return self._add(
            RiskRun, run_ref="run", scores_sha256="0" * 64, place="Here", index_date=date(2026, 10, 1), outcome="x",
            score_kind="model", model_version="1", tier_method="percentile", key_id="0", demonstration=True, people=1,
            loaded_at=self.now, extracted_on=date(2026, 10, 1),
        )  # fmt: skip

    def _person(self, probe, stands):
        number = next(self.numbers)
        one = Someone(number, stands, self._nhs_number())
        one.ids["practice_id"] = self.places[_WHERE.get(stands.relationship, "far")]
        one.ids["person_id"] = self._add(Person, **self._record(one, one.nhs_number, f"Zq{number:05d}x"))
        one.ids["first_id"] = one.ids["second_id"] = one.ids["person_id"]
        self._case(probe, one)
        add_plan(self, one)
        add_item(self, one)
        add_request(self, probe, one)
        self._work(probe, one)
        self._access(probe, one)
        self._merge(one)
        add_held(self, one, f"Zq{number:05d}x")
        return one

    def _nhs_number(self):
        while True:
            nine = f"9991{next(self.numbers):05d}"
            digit = nhs_check_digit(nine)
            if digit is not None:
                return f"{nine}{digit}"

    def _record(self, one, nhs_number, name, **more):
        family, given = f"{name}fam", f"{name}giv"
        return {
            "nhs_number": nhs_number,
            "pseudonym": f"{int(nhs_number):032x}",
            "family_name": family,
            "given_name": given,
            "name_key": name_key(family, given),
            "date_of_birth": date(1950, 1, 1),
            "sex": "2",
            "address_line": f"{name} road",
            "practice_id": one.ids["practice_id"],
            "row_version": 1,
            "restricted": one.stands.restriction != "no",
            "updated_at": self.now,
            **more,
        }

    def _case(self, probe, one):
        past = self.now - timedelta(days=5)
        closed = one.stands.relationship in ("none", "own practice")
        running = CaseState.ON_HOLD if one.stands.relationship == "lead" else CaseState.OPEN
        one.ids["case_id"] = case_id = self._add(
            Case,
            person_id=one.ids["person_id"],
            state=CaseState.CLOSED if closed else running,
            opened_at=past,
            opened_by=self.other,
            primary_need="medical",
            closed_at=self.now if closed else None,
            closed_by=self.other if closed else None,
            closed_reason="other" if closed else None,
        )
        leads = one.stands.relationship == "lead"
        self._lead(case_id, probe.user_id, past - timedelta(days=9), past)  # has led it before, which gives nothing now
        self._lead(case_id, probe.user_id if leads else self.other, past, self.now if closed else None)
        on_team = one.stands.relationship == "care team"
        one.ids["member_id"] = self._add(
            CareTeamMember,
            case_id=case_id,
            user_id=probe.user_id,
            role="nurse",
            from_on=past.date(),
            added_at=past,
            added_by=self.other,
            until_on=None if on_team else self.now.date() - timedelta(days=1),
        )
        asked = one.stands.relationship == "handover addressed"
        one.ids["handover_id"] = self._add(
            Handover,
            case_id=case_id,
            from_user_id=self.other,
            to_user_id=probe.user_id,
            reason="x",
            requested_at=past,
            state=HandoverState.REQUESTED if asked else HandoverState.REJECTED,
            requested_by=self.other,
            expires_at=self.now + timedelta(days=2),
            decided_at=None if asked else past,
            decided_by=None if asked else probe.user_id,
        )

    def _lead(self, case_id, user_id, from_at, until_at):
        self._add(
            LeadAllocation,
            case_id=case_id,
            user_id=user_id,
            profession="gp",
            from_at=from_at,
            until_at=until_at,
            rule_code="VH",
            rule_version="1",
            sentence="x",
            confirmed_by=self.other,
            tell_by=self.now.date(),
        )

    def _work(self, probe, one):
        """Work about the person on the user's own list, whether they may open the person or not."""
        person_id, case_id, past = one.ids["person_id"], one.ids["case_id"], self.now - timedelta(days=1)
        one.ids["task_id"] = self._add(
            Task,
            person_id=person_id,
            case_id=case_id,
            kind="follow_up",
            title="A task",
            owner_id=probe.user_id,
            due_on=self.now.date(),
            state="open",
            created_at=past,
            created_by=self.other,
        )
        add_assessment(self, one, past)
        one.ids["contact_id"] = self._add(
            Contact,
            person_id=person_id,
            case_id=case_id,
            mode="telephone",
            participants=["person"],
            outcome_code="no_answer",
            happened_at=past,
            recorded_at=past,
            recorded_by=probe.user_id,
        )
        one.ids["proposal_id"] = self._add(
            Proposal, person_id=person_id, practice_id=one.ids["practice_id"], kind="score", run_id=self.run,
            state=ProposalState.PROPOSED, created_at=past,
        )  # fmt: skip
        self._add(
            RiskScore,
            person_id=person_id,
            run_id=self.run,
            rank=1,
            raw_score=1.0,
            probability=0.5,
            percentile=99.0,
            tier="high",
            short_history=False,
            not_known_to_services=False,
            rising=False,
            segment="x",
            age_band="65+",
            cohorts=[],
            reasons=[],
        )
        one.ids.update(joint_work(self, one, past))
        add_outward(self, one, past)
        self._add(Notice, user_id=probe.user_id, kind="person_died", person_id=person_id, at=past)

    def _access(self, probe, one):
        person_id, past, stands = one.ids["person_id"], self.now - timedelta(hours=1), one.stands
        if stands.restriction == "yes and named":
            self._add(RestrictedAccess, person_id=person_id, user_id=probe.user_id, given_at=past, given_by=self.other)
        for purpose, state in self._said(probe, stands):
            self._add(Consent, person_id=person_id, purpose=purpose, state=state, how="said", at=past, by=self.other)
        if stands.emergency != "no":
            ends = self.now + (timedelta(minutes=1) if stands.emergency == "in force" else timedelta(0))
            one.ids["opening_id"] = self._add(
                EmergencyAccess,
                user_id=probe.user_id,
                person_id=person_id,
                reason_code="other",
                reason=f"Zq{one.number:05d}xgiv fell",
                opened_at=past,
                expires_at=ends,
            )

    @staticmethod
    def _said(probe, stands):
        own = _SHARING[probe.sector]
        other = _SHARING["voluntary" if probe.sector != "voluntary" else "health"]
        return {
            "none": (),
            "refused": ((own, "refused"),),
            "withdrawn": ((own, "given"), (own, "withdrawn")),
            "given after refused": ((own, "refused"), (own, "given")),
            "refused to another sector": ((other, "refused"),),
        }[stands.consent]

    def _merge(self, one):
        merged = self._record(one, self._nhs_number(), f"Zq{one.number:05d}x", merged_into_id=one.ids["person_id"])
        one.ids["merged_id"] = self._add(Person, **merged)
        one.ids["merge_id"] = self._add(
            PersonMerge,
            kept_id=one.ids["person_id"],
            merged_id=one.ids["merged_id"],
            reason="x",
            moved=[],
            merged_at=self.now,
            merged_by=self.other,
        )
