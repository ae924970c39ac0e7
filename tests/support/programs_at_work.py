"""Programs of partners in the made-up place with work under way: one let in, one shut out, and a message about person 1."""

from datetime import timedelta

from caseload.actions.api_clients import end_client
from caseload.actions.partner_messages import write_to_team
from caseload.domain.words import Role
from caseload.queries.viewers import viewer_of
from tests.support.api_programs import ec_key, let_in_program, public_set
from tests.support.case_app import NOW

BACK = "https://partner.example/back"


def programs_at_work(work):
    """Make them; `client`, `client_ended` and `message` are rows, `client_id` and `client_keys` what addresses and forms say."""
    places = work.town.places
    earlier = NOW - timedelta(hours=3)
    urgent = let_in_program(
        work.store, home_id=places["TRUST"], roles=[(Role.URGENT_CARE, places["TESTHAM"])],
        scopes=["system/Flag.rs", "user/CarePlan.r"], redirect_uris=[BACK], name="111 Cymbeline", now=earlier,
    )  # fmt: skip
    ended = let_in_program(work.store, home_id=places["COUNCIL"], roles=[], scopes=["user/Flag.rs"], redirect_uris=[BACK], name="Old portal", now=earlier)  # fmt: skip
    work.act(end_client, "admin", client_row_id=ended.row_id, row_version=1, ago=timedelta(hours=1))
    with work.store.writing() as session:
        by, at = viewer_of(session, urgent.user_id, earlier), NOW - timedelta(hours=2)
        written = write_to_team(
            session, by=by, now=at, person_id=work.town.people[1], words="Seen at home. No further action.", sender_ref="111-5",
            sent_at=at,
        )  # fmt: skip
    work.ids |= {
        "client": urgent.row_id, "client_ended": ended.row_id, "message": written["id"], "client_id": urgent.client_id,
        "client_keys": public_set(ec_key()),
    }  # fmt: skip
