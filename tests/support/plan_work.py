"""Care plans on their way in the made-up place, made by the actions."""

from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import select

from caseload.actions.agreements import record_agreement
from caseload.actions.plan_sections import save_section
from caseload.actions.plan_versions import contents_of, sections_of
from caseload.actions.plans import Basis, activate_plan, mark_ready, sign_plan, start_plan, withdraw_plan
from caseload.domain.plan_hash import content_hash
from caseload.domain.plan_words import AgreementMethod, AgreementState, Authority, PlanHeading
from caseload.store import Store
from caseload.tables import CareTeamMember, Notice, PlanSection, PlanVersion, Task
from tests.support.case_app import NOW, Town
from tests.support.led_cases import led

NEED = {"need": "She is short of breath on the stairs."}
GOAL = {"goal": "To walk to the market and back.", "importance": "9", "confidence": "4"}


class PlanWork:
    """A case (of person 1, led by ash.gp, where none is given) with a navigator and a social worker on its care team."""

    def __init__(self, store: Store, town: Town, case_id: int | None = None, *, joined: bool = True):
        self.store, self.town = store, town
        self.case_id = case_id or led(store, town, 1, "ash.gp", "medical", NOW - timedelta(days=20))
        if joined:
            self.join("navigator", "care_navigator")
            self.join("social.worker", "social_worker")

    def join(self, username, role):
        """Put somebody on the care team."""
        with self.store.writing() as session:
            session.add(
                CareTeamMember(
                    case_id=self.case_id, user_id=self.town.users[username], name="", role=role, organisation="",
                    from_on=(NOW - timedelta(days=15)).date(), added_at=NOW - timedelta(days=15),
                    added_by=self.town.users["ash.gp"],
                )
            )  # fmt: skip

    def act(self, action, username="ash.gp", *, now=NOW, **arguments):
        """Carry out an action as a user."""
        with self.store.writing() as session:
            return action(session, by=self.town.viewer(session, username, now), now=now, **arguments)

    @contextmanager
    def row(self, version_id):
        """The version as it is now, with a session to ask further."""
        with self.store.reading() as session:
            yield session.get_one(PlanVersion, version_id), session

    def version_of(self, version_id):
        """The row version a form would have shown."""
        with self.row(version_id) as (row, _):
            return row.row_version

    def state(self, version_id):
        """The state of a version."""
        with self.row(version_id) as (row, _):
            return row.state.value

    def section(self, version_id, heading):
        """Row version, content and sectors of a section; (0, [], []) where nobody wrote it."""
        with self.store.reading() as session:
            wanted = select(PlanSection).where(PlanSection.version_id == version_id, PlanSection.heading == heading)
            found = session.execute(wanted).scalar_one_or_none()
            return (0, [], []) if found is None else (found.row_version, found.content, found.contributed)

    def start(self, username="ash.gp", basis=Basis.EMPTY, **options):
        """A new draft."""
        return self.act(start_plan, username, case_id=self.case_id, basis=basis, **options)

    def write(self, version_id, heading, entries, username="ash.gp", **options):
        """What a section says from now on, as a form would that was just opened."""
        heading = PlanHeading(heading)
        version, _, _ = self.section(version_id, heading)
        options = {"row_version": version, **options}
        return self.act(save_section, username, version_id=version_id, heading=heading, entries=entries, **options)

    def action(self, what="Ask for pulmonary rehabilitation", who="navigator", **fields):
        """An action for a user."""
        chosen = {"who": str(self.town.users[who])} if who else {}
        return {"what": what, "status": "to_do", **chosen, **fields}

    def seen(self, version_id):
        """The hash of what a page would have shown."""
        with self.store.reading() as session:
            return content_hash(contents_of(sections_of(session, version_id)))

    def ready(self, version_id, username="ash.gp", **options):
        """Mark a draft as ready."""
        return self.act(
            mark_ready, username, version_id=version_id, row_version=self.version_of(version_id),
            **{"seen": self.seen(version_id), **options},
        )  # fmt: skip

    def sign(self, version_id, username="ash.gp", **options):
        """Sign a version off."""
        return self.act(sign_plan, username, version_id=version_id, row_version=self.version_of(version_id), **options)

    def answer(self, version_id, state="agreed", username="ash.gp", **options):
        """Record what the person says."""
        given = {
            "agreed": {},
            "does_not_agree": {"reason": "She does not want the alarm."},
            "could_not_answer": {"reason": "Too unwell today."},
            "by_representative": {
                "reason": "She cannot decide about this.", "representative": "Pat Example",
                "authority": Authority.ATTORNEY,
            },
        }[state]  # fmt: skip
        return self.act(
            record_agreement, username, version_id=version_id, row_version=self.version_of(version_id),
            state=AgreementState(state), **{"method": AgreementMethod.FACE_TO_FACE, **given, **options},
        )  # fmt: skip

    def activate(self, version_id, username="ash.gp", **options):
        """Make a version active."""
        return self.act(
            activate_plan, username, version_id=version_id, row_version=self.version_of(version_id), **options
        )

    def withdraw(self, version_id, username="ash.gp", reason="Written for somebody else", **options):
        """Withdraw a version."""
        return self.act(
            withdraw_plan, username, version_id=version_id, row_version=self.version_of(version_id), reason=reason,
            **options,
        )  # fmt: skip

    def drafted(self, *actions, basis=Basis.EMPTY):
        """A draft with a need, a goal and these actions (one where none is given)."""
        version_id = self.start(basis=basis)
        self.write(version_id, "needs", [NEED])
        self.write(version_id, "goals", [GOAL], "social.worker")
        self.write(version_id, "actions", list(actions) or [self.action()])
        return version_id

    def agreed(self, *actions):
        """A version that is ready, signed off and agreed."""
        version_id = self.drafted(*actions)
        self.ready(version_id)
        self.sign(version_id)
        self.answer(version_id)
        return version_id

    def active(self, *actions):
        """An active version."""
        version_id = self.agreed(*actions)
        self.activate(version_id)
        return version_id


def tasks_of(plans, kind, state="open"):
    """The tasks of the case, of this kind and in this state."""
    with plans.store.reading() as session:
        wanted = select(Task).where(Task.case_id == plans.case_id, Task.kind == kind, Task.state == state)
        found = session.execute(wanted.order_by(Task.id)).scalars().all()
        session.expunge_all()
        return found


def notices(plans, kind):
    """Who was sent a notice of this kind."""
    with plans.store.reading() as session:
        wanted = select(Notice.user_id).where(Notice.kind == kind)
        return sorted(session.execute(wanted).scalars())
