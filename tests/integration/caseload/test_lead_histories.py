"""Random histories of naming, asking, answering, waiting and closing, against a plain account of who leads when.

The account below knows nothing of the actions: it is a list of (user, from, until) kept by hand. After every step the
database must say the same, at every instant there ever was: never two leads, and none missing between the first naming
and the closing of a case.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from caseload.actions.cases import close_case
from caseload.actions.handovers import accept_handover, reject_handover, request_handover, revoke_handover
from caseload.actions.leads import confirm_lead
from caseload.domain.case_rules import ClosingReason
from caseload.exceptions import Refused
from caseload.tables import Case, Handover, Proposal
from tests.support.case_app import NOW
from tests.support.effort import effort
from tests.support.led_cases import leads_of, opened

LEADS = ("ash.gp", "ash.partner", "therapist", "nurse")
DECIDERS = ("ash.manager", "navigator", "ash.gp")
"""Who may name leads for the practice: its staff and the network's navigator. A GP of the practice may as well."""
TICK = timedelta(microseconds=1)

EVERY_STEP = [
    *(("name", who, whom) for who in DECIDERS for whom in LEADS),
    *(("ask", who, whom) for who in dict.fromkeys(LEADS + DECIDERS) for whom in LEADS),
    *((what, who, None) for what in ("accept", "reject") for who in LEADS),
    *(("revoke", who, None) for who in dict.fromkeys(LEADS + DECIDERS)),
]
WAITS = [timedelta(0), TICK, timedelta(hours=1), timedelta(days=1), timedelta(days=7), timedelta(days=9)]


def next_step(chance, account):
    """Mostly a step that may be taken, of every kind alike; now and then any at all."""
    if chance.random() < 0.04:
        return ("close", "ash.manager", None)
    possible = [step for step in EVERY_STEP if account.may(*step)]
    if not possible or chance.random() < 0.35:
        possible = EVERY_STEP
    kind = chance.choice(sorted({step[0] for step in possible}))
    return chance.choice([step for step in possible if step[0] == kind])


@dataclass
class Account:
    """Who leads when, kept by hand; `pending` is receiver, sender, asker and the moment it lapses."""

    now: datetime
    times: list[list] = field(default_factory=list)
    pending: tuple | None = None
    closed: bool = False

    @property
    def lead(self):
        return self.times[-1][0] if self.times and self.times[-1][2] is None else None

    def may(self, what, who, whom):
        if self.closed:
            return False
        waiting = self.pending is not None and self.now < self.pending[3]
        if what == "name":
            return self.lead is None
        if what == "ask":
            leading = who == self.lead and self.times[-1][1] <= self.now
            return self.lead is not None and not waiting and whom != self.lead and (leading or who in DECIDERS)
        if what in ("accept", "reject"):
            return waiting and who == self.pending[0]
        if what == "revoke":
            if not waiting:
                return False
            to, sender, asked_by, _ = self.pending
            return who in (sender, asked_by) or (who in DECIDERS and who != to)
        return what == "close"

    def take(self, what, who, whom):
        if what == "name":
            self.times.append([whom, self.now, None])
        elif what == "ask":
            self.pending = (whom, self.lead, who, midnight_after(self.now, 7))
        elif what == "accept":
            self._end()
            self.times.append([who, self.times[-1][2], None])
            self.pending = None
        elif what == "close":
            self.closed, self.pending = True, None
            self._end()
        else:
            self.pending = None

    def _end(self):
        if self.lead is not None:
            self.times[-1][2] = max(self.now, self.times[-1][1] + TICK)


def midnight_after(moment, days):
    london = ZoneInfo("Europe/London")
    day = moment.astimezone(london).date() + timedelta(days=days + 1)
    return datetime.combine(day, time(0), london).astimezone(UTC)


def attempt(store, town, case_id, account, what, who, whom):
    """Carry the step out by its action; whether it was let through."""
    try:
        with store.writing() as session:
            by = town.viewer(session, who, account.now)
            case = session.get_one(Case, case_id)
            common = {"by": by, "now": account.now}
            if what == "name":
                confirm_lead(
                    session, **common, case_id=case_id, row_version=case.row_version, user_id=town.users[whom],
                    override_code="persons_choice",
                )  # fmt: skip
            elif what == "ask":
                request_handover(
                    session, **common, case_id=case_id, row_version=case.row_version, to_user_id=town.users[whom],
                    reason="As agreed",
                )  # fmt: skip
            elif what == "close":
                close_case(
                    session, **common, case_id=case_id, row_version=case.row_version, reason=ClosingReason.GOALS_MET
                )
            else:
                last = session.execute(
                    select(Handover).where(Handover.case_id == case_id).order_by(Handover.id.desc()).limit(1)
                ).scalar_one_or_none()
                answers = {"accept": accept_handover, "reject": reject_handover, "revoke": revoke_handover}
                note = {"note": "No room"} if what == "reject" else {}
                answers[what](
                    session, **common, handover_id=last.id if last else 10**6, row_version=last.row_version if last else 1,
                    **note,
                )  # fmt: skip
    except Refused:
        return False
    return True


def check_every_instant(rows, account, first, last):
    """Never two leads; one at every instant from the first naming until the closing; the ends meet."""
    instants = sorted(
        {moment + shift for row in rows for moment in row[1:] if moment for shift in (-TICK, 0 * TICK, TICK)}
    )
    for instant in [first, *instants, last]:
        leading = [user for user, begins, until in rows if begins <= instant and (until is None or instant < until)]
        named = bool(rows) and rows[0][1] <= instant
        over = account.closed and bool(rows) and rows[-1][2] is not None and instant >= rows[-1][2]
        assert len(leading) == (1 if named and not over else 0), instant
    for (_, _, until), (_, begins, _) in zip(rows, rows[1:], strict=False):
        assert until == begins


@pytest.mark.slow(seconds=30)
@settings(
    max_examples=effort(15, long=60), deadline=None, derandomize=True, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(seed=st.integers(0, 2**32))
def test_a_case_has_exactly_one_lead_once_named_whatever_happens(store, town, clock, seed):
    chance = Random(seed)
    clock.now += timedelta(days=30)
    with store.writing() as session:  # the last example's proposal is behind us
        for proposal in session.execute(select(Proposal)).scalars():
            proposal.state = "closed"
        for case in session.execute(select(Case).where(Case.state != "closed")).scalars():
            close_case(
                session, by=town.viewer(session, "ash.manager"), now=clock.now, case_id=case.id,
                row_version=case.row_version, reason=ClosingReason.GOALS_MET,
            )  # fmt: skip
    case_id = opened(store, town, 1, now=clock.now)
    account, users = Account(clock.now), {ident: name for name, ident in town.users.items()}
    for _ in range(chance.randint(8, 20)):
        what, who, whom = next_step(chance, account)
        allowed = account.may(what, who, whom)
        assert attempt(store, town, case_id, account, what, who, whom) is allowed, (what, who, whom)
        if allowed:
            account.take(what, who, whom)
        rows = [(users[user], begins, until) for user, begins, until in leads_of(store, case_id)]
        assert rows == [tuple(row) for row in account.times]
        account.now += chance.choice(WAITS)
    check_every_instant(rows := leads_of(store, case_id), account, NOW, account.now + timedelta(days=400))
    assert len([row for row in rows if row[2] is None]) == (0 if account.closed or not rows else 1)
    clock.now = account.now
