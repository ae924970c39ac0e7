"""Cases on their way in the made-up place, made by the actions: opened, with a need, with a lead."""

from datetime import timedelta

from caseload.actions.cases import open_case, set_need_case
from caseload.actions.handovers import request_handover
from caseload.actions.leads import confirm_lead
from caseload.domain.words import PrimaryNeed
from caseload.tables import Case, Handover, LeadAllocation, Proposal
from tests.support.case_app import NOW, propose

MANAGERS = {"Y90001": "ash.manager", "Y90002": "birch.manager", "Y90003": "cedar.manager"}
BEFORE = NOW - timedelta(days=3)
"""When the cases of these tests were opened, so that what follows comes after."""


def manager_of(number):
    return "ash.manager" if number <= 5 else "birch.manager" if number <= 9 else "cedar.manager"


def opened(store, town, number, need=None, now=BEFORE):
    """The id of a case opened for person `number` by their practice's manager."""
    proposal_id = propose(store, town, [number], now)[number]
    with store.writing() as session:
        by = town.viewer(session, manager_of(number), now)
        case = open_case(session, by=by, now=now, proposal=session.get_one(Proposal, proposal_id))
        session.flush()
        if need is not None:
            set_need_case(
                session, by=by, now=now, case_id=case.id, row_version=case.row_version, need=PrimaryNeed(need)
            )
        return case.id


def led(store, town, number, username, need=None, now=BEFORE, code=None, note=""):
    """The id of a case of person `number` that `username` leads."""
    case_id = opened(store, town, number, need, now)
    named(store, town, case_id, username, by=manager_of(number), now=now, code=code, note=note)
    return case_id


def named(store, town, case_id, username, *, by, now=NOW, code=None, note=""):
    """Name the lead of a case; the allocation's id."""
    with store.writing() as session:
        return confirm_lead(
            session, by=town.viewer(session, by, now), now=now, case_id=case_id,
            row_version=session.get_one(Case, case_id).row_version, user_id=town.users[username],
            override_code=code, override_note=note,
        )  # fmt: skip


def asked(store, town, case_id, receiver, *, by, now=NOW, **options):
    """Ask for a handover of a case; the request's id."""
    with store.writing() as session:
        return request_handover(
            session, by=town.viewer(session, by, now), now=now, case_id=case_id,
            row_version=session.get_one(Case, case_id).row_version, to_user_id=town.users[receiver],
            reason=options.pop("reason", "Moving to another team"), **options,
        )  # fmt: skip


def decided(store, town, action, handover_id, *, by, now=NOW, **options):
    """Accept, reject or revoke a request as it stands."""
    with store.writing() as session:
        version = session.get_one(Handover, handover_id).row_version
        return action(
            session, by=town.viewer(session, by, now), now=now, handover_id=handover_id, row_version=version, **options
        )


def leads_of(store, case_id):
    """The case's leads in order: user, from, until."""
    with store.reading() as session:
        rows = session.query(LeadAllocation).filter_by(case_id=case_id).order_by(LeadAllocation.from_at)
        return [(row.user_id, row.from_at, row.until_at) for row in rows]
