"""Flags for urgent care in the made-up place with work under way, set by the actions.

case of person 1   one in force, that a partner's system took over; one that was ended by hand; and a yes to it
case of person 6   a yes, an active plan and no flag: one can be set
"""

from datetime import timedelta

from caseload.actions.consent import NOTHING, record_consent
from caseload.actions.flags import end_flag, set_flag
from caseload.domain.consent_rules import ConsentHow
from caseload.domain.words import ConsentPurpose, ConsentState
from caseload.tables import FlagAcknowledgement
from tests.support.case_app import NOW
from tests.support.flag_work import SAYS


def flags_at_work(work):
    """Make them; their ids are `flag` and `flag_ended`."""
    for number, by in ((1, "ash.manager"), (6, "birch.manager")):
        work.act(
            record_consent, by, person_id=work.town.people[number], purpose=ConsentPurpose.SHARING_URGENT_CARE,
            state=ConsentState.GIVEN, how=ConsentHow.SAID, seen_id=NOTHING,
        )  # fmt: skip
    for name, code in (("flag_ended", "door"), ("flag", "has_care_plan")):
        work.ids[name] = work.act(set_flag, "ash.gp", person_id=work.town.people[1], code=code, **SAYS)
    work.act(
        end_flag, "ash.gp", flag_id=work.ids["flag_ended"], row_version=1, note="Her daughter lives there now.",
        ago=timedelta(hours=2),
    )  # fmt: skip
    with work.store.writing() as session:
        by = work.town.users["nurse"]
        session.add(
            FlagAcknowledgement(flag_id=work.ids["flag"], flag_version=1, note="", at=NOW - timedelta(hours=1), by=by)
        )
