"""Who could lead a case, compared: where they work, what they know of the person, what they carry, when they work."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, RowMapping, Select, and_, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from caseload.clock import local_day
from caseload.domain.candidates import Candidate, Continuity, Nearness
from caseload.domain.lead_rule import LeadRules
from caseload.domain.permissions import PERMISSIONS, Permission
from caseload.domain.words import CaseState, HandoverState, JourneyState, Role, Sector, Tier
from caseload.domain.workload import WorkingPattern, next_working_day, points_of
from caseload.exceptions import NotNow
from caseload.lead_rules import read_lead_rules
from caseload.queries.lead_cases import LeadCase, latest_run
from caseload.queries.objections import objects_to_scoring
from caseload.tables import (
    CareTeamMember,
    Case,
    Contact,
    Handover,
    LeadAllocation,
    Leave,
    LeaverJourney,
    Organisation,
    Person,
    Practitioner,
    RestrictedAccess,
    RiskScore,
    User,
    UserRole,
)

_CARE = sorted(PERMISSIONS[Permission.OPEN_PERSON])
_LEVELS = 4
"""The place tree is practice, network, locality, borough."""
# Made once: to make one takes as long as to ask a question.
_HOME = [aliased(Organisation) for _ in range(_LEVELS)]
_HELD = [aliased(Organisation) for _ in range(_LEVELS)]


@dataclass
class _Found:
    """One practitioner while the rows about them are gathered."""

    row: RowMapping
    places: set[int] = field(default_factory=set)
    practice_roles: set[int] = field(default_factory=set)
    leave: set[tuple[date, date]] = field(default_factory=set)


@dataclass
class Load:
    """What one practitioner carries in points: what they lead, and each case they are asked to take over."""

    led: int = 0
    asked: dict[int, int] = field(default_factory=dict)


def candidates_for(  # noqa: PLR0913 - what is asked about whom
    session: Session,
    now: datetime,
    case: LeadCase,
    rules: LeadRules,
    *,
    only: Collection[int] | None = None,
    to_receive: bool = False,
    with_leaving: bool = False,
) -> list[Candidate]:
    """Everybody who could lead this case, or those of `only`; in no order. See `compared`."""
    found = compared(session, now, [case], rules, only=only, to_receive=to_receive, with_leaving=with_leaving)
    return found[case.case_id]


def candidate_for(
    session: Session, now: datetime, case: LeadCase, user_id: int, *, to_receive: bool = False
) -> Candidate:
    """The user as somebody who could lead this case; NotNow for one who could not."""
    found = candidates_for(session, now, case, read_lead_rules(), only=[user_id], to_receive=to_receive)
    if not found and is_leaving(session, user_id):
        raise NotNow("This person is leaving, and hands over their own cases. Choose somebody else.", field="user_id")
    if not found:
        raise NotNow("This person cannot lead this case. Choose somebody from the list.", field="user_id")
    return found[0]


def is_leaving(session: Session, user_id: int) -> bool:
    """Whether this user's cases are being handed over because they leave."""
    return session.execute(select(User.id).where(User.id == user_id, leaving())).first() is not None


def leaving() -> ColumnElement[bool]:
    """A condition on `User`: their cases are being handed over because they leave. Nothing new is given to them."""
    return exists().where(LeaverJourney.user_id == User.id, LeaverJourney.state == JourneyState.BEGUN)


def compared(  # noqa: PLR0913 - what is asked about whom
    session: Session,
    now: datetime,
    cases: Sequence[LeadCase],
    rules: LeadRules,
    *,
    only: Collection[int] | None = None,
    to_receive: bool = False,
    with_history: bool = True,
    with_leaving: bool = False,
) -> dict[int, list[Candidate]]:
    """For each case by id, everybody who could lead it, in as many questions as for one.

    Without history nothing is asked of workload and continuity, and both are as if there were none.

    Left out: who may open nobody, who is leaving (`with_leaving` has them, marked), and whose sector the person refused
    sharing with (their own practice excepted). Being
    named as lead opens a restricted record; being asked to take over does not, so with `to_receive` those who are not
    named for it are left out as well.
    """
    everybody = _practitioners(session, now, only, with_leaving=with_leaving)
    people = sorted({case.person_id for case in cases})
    carried = loads_of(session, now, rules, everybody) if with_history else {}
    known = _known(session, now, people) if with_history else {}
    named = _named(session, [case.person_id for case in cases if case.restricted] if to_receive else [])
    found: dict[int, list[Candidate]] = {}
    for case in cases:
        found[case.case_id] = [
            _candidate(
                one, case, local_day(now), carried.get(user_id, Load()), rules, known.get((case.person_id, user_id))
            )
            for user_id, one in everybody.items()
            if _may_see(one, case) and not (to_receive and case.restricted and (case.person_id, user_id) not in named)
        ]
    return found


def loads_of(session: Session, now: datetime, rules: LeadRules, users: Collection[int]) -> dict[int, Load]:
    """What each of these users carries now: their cases that are not closed, by tier of the newest run, and those they
    are asked to take over.

    The case of somebody who objects to risk stratification weighs as one without a tier."""
    ours = sorted(users)
    led = _weighed(now, LeadAllocation.user_id, literal(None, Integer).label("case_id"), func.count().label("cases"))
    led = led.join(LeadAllocation, LeadAllocation.case_id == Case.id)
    led = led.where(LeadAllocation.until_at.is_(None), LeadAllocation.user_id.in_(ours))
    asked = _weighed(now, Handover.to_user_id.label("user_id"), Case.id.label("case_id"), literal(1).label("cases"))
    asked = asked.join(Handover, Handover.case_id == Case.id).where(
        Handover.state == HandoverState.REQUESTED, Handover.expires_at > now, Handover.to_user_id.in_(ours)
    )
    rows = session.execute(union_all(led.group_by(LeadAllocation.user_id, RiskScore.tier), asked))
    loads: dict[int, Load] = {}
    for user_id, case_id, cases, tier in rows:
        load = loads.setdefault(user_id, Load())
        points = points_of({Tier(tier or Tier.NONE): cases}, rules.weights)
        if case_id is None:
            load.led += points
        else:
            load.asked[case_id] = points
    return loads


def _weighed(now: datetime, *columns: Any) -> Select[Any]:
    """These columns and the tier of each case that is not closed, from cases, people and the newest run."""
    return (
        select(*columns, RiskScore.tier)
        .select_from(Case)
        .join(Person, Person.id == Case.person_id)
        .outerjoin(
            RiskScore,
            and_(RiskScore.person_id == Person.id, RiskScore.run_id == latest_run(now), ~objects_to_scoring()),
        )
        .where(Case.state != CaseState.CLOSED)
    )


def _practitioners(
    session: Session, now: datetime, only: Collection[int] | None, *, with_leaving: bool
) -> dict[int, _Found]:
    """Every active practitioner with a role in care, those who are leaving only if asked: a row for each role and leave,
    gathered by user."""
    home, held = _HOME, _HELD
    wanted = (
        select(
            User.id.label("user_id"), User.display_name, User.job_title, User.home_id, Practitioner.profession,
            Practitioner.capacity, Practitioner.working_days, home[0].name, home[0].sector, UserRole.role,
            UserRole.place_id, Leave.first_day, Leave.last_day, leaving().label("leaving"),
            *(place.id.label(f"home_{level}") for level, place in enumerate(home)),
            *(place.id.label(f"held_{level}") for level, place in enumerate(held)),
        )
        .join(Practitioner, Practitioner.user_id == User.id)
        .join(UserRole, and_(UserRole.user_id == User.id, _in_force(now), UserRole.role.in_(_CARE)))
        .join(home[0], home[0].id == User.home_id)
        .join(held[0], held[0].id == UserRole.place_id)
        .outerjoin(Leave, and_(Leave.user_id == User.id, Leave.last_day >= local_day(now)))
        .where(User.deactivated_at.is_(None))
        .order_by(User.id, UserRole.id, Leave.id)
    )  # fmt: skip
    for level in range(1, _LEVELS):
        wanted = wanted.outerjoin(home[level], home[level].id == home[level - 1].parent_id)
        wanted = wanted.outerjoin(held[level], held[level].id == held[level - 1].parent_id)
    if only is not None:
        wanted = wanted.where(User.id.in_(sorted(only)))
    if not with_leaving:
        wanted = wanted.where(~leaving())
    return _gathered(session.execute(wanted).mappings().all())


def _gathered(rows: Collection[RowMapping]) -> dict[int, _Found]:
    found: dict[int, _Found] = {}
    for row in rows:
        one = found.setdefault(row["user_id"], _Found(row))
        around = [row[f"{whose}_{level}"] for whose in ("home", "held") for level in range(_LEVELS)]
        one.places.update(place for place in around if place is not None)
        if row["role"] is Role.PRACTICE:
            one.practice_roles.add(row["place_id"])
        if row["first_day"] is not None:
            one.leave.add((row["first_day"], row["last_day"]))
    return found


def _in_force(now: datetime) -> ColumnElement[bool]:
    return and_(UserRole.from_at <= now, or_(UserRole.until_at.is_(None), UserRole.until_at > now))


def _named(session: Session, people: Collection[int]) -> set[tuple[int, int]]:
    """Who is named for which of these restricted people: pairs of person and user."""
    if not people:
        return set()
    wanted = select(RestrictedAccess.person_id, RestrictedAccess.user_id)
    rows = session.execute(wanted.where(RestrictedAccess.person_id.in_(sorted(set(people)))))
    return {(row.person_id, row.user_id) for row in rows}


def _may_see(found: _Found, case: LeadCase) -> bool:
    """As `caseload.queries.visible` has it: the sector was not refused, or their practice holds the record."""
    sector: Sector = found.row["sector"]
    if sector not in case.refused or found.row["home_id"] == case.practice_id:
        return True
    return sector is Sector.HEALTH and not found.practice_roles.isdisjoint(case.path)


def _known(session: Session, now: datetime, people: Collection[int]) -> dict[tuple[int, int], Continuity]:
    """What each user has had to do with each of these people, the most of it, by person and user."""
    led = select(Case.person_id, LeadAllocation.user_id, literal(Continuity.LED.value)).join(
        LeadAllocation, LeadAllocation.case_id == Case.id
    )
    on_team = select(Case.person_id, CareTeamMember.user_id, literal(Continuity.CARE_TEAM.value)).join(
        CareTeamMember, CareTeamMember.case_id == Case.id
    )
    spoke = select(Contact.person_id, Contact.recorded_by, literal(Continuity.CONTACT.value))
    rows: Iterable[Any] = session.execute(
        union_all(
            led.where(Case.person_id.in_(people)),
            on_team.where(Case.person_id.in_(people), CareTeamMember.user_id.is_not(None)),
            spoke.where(Contact.person_id.in_(people), Contact.happened_at <= now),
        )
    )
    known: dict[tuple[int, int], Continuity] = {}
    order = list(Continuity)
    for person_id, user_id, what in rows:
        before = known.get((person_id, user_id), Continuity.NONE)
        known[person_id, user_id] = min(Continuity(what), before, key=order.index)
    return known


def _candidate(
    found: _Found, case: LeadCase, day: date, load: Load, rules: LeadRules, continuity: Continuity | None
) -> Candidate:
    row = found.row
    pattern = WorkingPattern(row["working_days"], tuple(sorted(found.leave)))
    away = max((last for first, last in found.leave if first <= day), default=None)
    added = rules.weights[case.facts.tier or Tier.NONE]
    waiting = {case_id: points for case_id, points in load.asked.items() if case_id != case.case_id}
    return Candidate(
        row["user_id"], row["display_name"], row["job_title"], row["name"], row["home_id"], row["profession"],
        _nearness(found, case), continuity or Continuity.NONE, load.led + sum(waiting.values()), added, row["capacity"], away,
        next_working_day(pattern, day), bool(row["leaving"]), len(waiting),
    )  # fmt: skip


def _nearness(found: _Found, case: LeadCase) -> Nearness:
    """The first place around the person that is also around the candidate: two practices of a network meet in it."""
    steps = (step for step, place in enumerate(case.path) if place in found.places)
    return list(Nearness)[next(steps, _LEVELS)]
