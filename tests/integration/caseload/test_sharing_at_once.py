"""A copy asked for while the person's no is being recorded: wholly before it or wholly after it, never in between."""

import threading
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from caseload.actions.consent import record_consent
from caseload.actions.plan_shares import share_plan
from caseload.domain.consent_rules import ConsentHow
from caseload.domain.plan_words import ShareFormat
from caseload.domain.sharing_rules import RecipientKind
from caseload.domain.words import ConsentPurpose, ConsentState
from caseload.tables import PlanShare
from tests.support.case_app import NOW
from tests.support.led_cases import led
from tests.support.patience import PATIENCE
from tests.support.shared_plans import versioned


def refuse(store, town, recorded, go_on):
    """Record the person's no, and commit it only when told to."""
    with store.writing() as session:
        record_consent(
            session, by=town.viewer(session, "ash.manager"), now=NOW, person_id=town.people[1],
            purpose=ConsentPurpose.SHARING_HEALTH, state=ConsentState.REFUSED, how=ConsentHow.SAID, seen_id=0,
        )  # fmt: skip
        recorded.set()
        assert go_on.wait(PATIENCE)


def share(store, town, version_id):
    with store.writing() as session:
        return share_plan(
            session, by=town.viewer(session, "ash.gp"), now=NOW, version_id=version_id, kind=RecipientKind.HEALTH,
            recipient="Kim Nurse, East Community Trust", share_format=ShareFormat.PDF,
        )  # fmt: skip


def test_copy_waits_for_a_no_that_is_being_recorded(store, town):
    version_id = versioned(store, town, led(store, town, 1, "ash.gp"))
    recorded, go_on = threading.Event(), threading.Event()
    with ThreadPoolExecutor(2) as threads:
        no = threads.submit(refuse, store, town, recorded, go_on)
        assert recorded.wait(PATIENCE)
        copy = threads.submit(share, store, town, version_id)
        threading.Timer(0.5, go_on.set).start()
        no.result(PATIENCE)
        assert copy.result(PATIENCE)["refused"].startswith("Not shared: the person does not want")
    with store.reading() as session:
        assert session.execute(select(PlanShare.refused)).scalars().all() == [True]
