"""Staff and cases on top of what a load took in, and the months that follow one another."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from caseload.actions.cases import open_case
from caseload.domain.words import CareTeamRole, Profession, ProposalState, Role
from caseload.intake.load_run import load_run
from caseload.queries.viewers import viewer_of
from caseload.tables import CareTeamMember, Case, LeadAllocation, Organisation, Person, Proposal, User, UserRole
from tests.support.case_app import NOW
from tests.support.months import NOVEMBER, OCTOBER, make_month
from tests.support.packs import nhs

LATER = NOW + timedelta(days=30)


class Place:
    """A case database with October taken in, and what a test does to it."""

    def __init__(self, store, folder):
        self.store, self.folder = store, folder
        self.october = make_month(folder / "october", index=OCTOBER)
        load_run(store, self.october.request, now=NOW)

    def november(self, **changed):
        """Take in November, changed as given."""
        month = make_month(self.folder / "november", index=NOVEMBER, **changed)
        return load_run(self.store, month.request, now=LATER)

    def person(self, session, number):
        return session.execute(select(Person).where(Person.nhs_number == nhs(number))).scalar_one()

    def proposals(self, session, number):
        wanted = select(Proposal).join(Person).where(Person.nhs_number == nhs(number)).order_by(Proposal.id)
        return session.execute(wanted).scalars().all()

    def decide(self, number, state, **columns):
        """The practice's decision about an undecided proposal, as the review leaves it."""
        with self.store.writing() as session:
            (proposal,) = [one for one in self.proposals(session, number) if one.state == ProposalState.PROPOSED]
            proposal.state = state
            for name, value in columns.items():
                setattr(proposal, name, value)

    def staff(self, username, role, place, profession=None):
        """A user with a role at a place (code or name); their id."""
        with self.store.writing() as session:
            at = session.execute(
                select(Organisation.id).where((Organisation.code == place) | (Organisation.name == place)).limit(1)
            ).scalar_one()
            user = User(username=username, display_name=username, home_id=at, created_at=NOW)
            session.add(user)
            session.flush()
            session.add(UserRole(user_id=user.id, role=role, place_id=at, from_at=NOW))
            return user.id

    def open_case(self, number, *, lead=None, navigator=None):
        """A case of a proposed person, with a lead and a navigator where given; its id."""
        manager = self.staff(f"manager.{number}", Role.PRACTICE, "Testborough")
        with self.store.writing() as session:
            by = viewer_of(session, manager, NOW)
            (proposal,) = self.proposals(session, number)
            proposal.state = ProposalState.ACCEPTED
            proposal.decided_at, proposal.decided_by = NOW, manager
            case = open_case(session, by=by, now=NOW, proposal=proposal)
            if lead is not None:
                session.add(
                    LeadAllocation(
                        case_id=case.id, user_id=lead, profession=Profession.NURSE, from_at=NOW, rule_code="r",
                        rule_version="1", sentence="Because.", confirmed_by=manager,
                    )
                )  # fmt: skip
            if navigator is not None:
                session.add(
                    CareTeamMember(
                        case_id=case.id, user_id=navigator, role=CareTeamRole.CARE_NAVIGATOR, from_on=NOW.date(),
                        added_at=NOW, added_by=manager,
                    )
                )  # fmt: skip
            return case.id

    def case(self, session, case_id):
        return session.get_one(Case, case_id)


@pytest.fixture
def place(store, tmp_path):
    return Place(store, tmp_path)
