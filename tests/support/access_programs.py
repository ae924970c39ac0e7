"""What partners' programs have to do with the access matrix: a program of a place, and a flag and a message about somebody."""

from datetime import timedelta

from caseload.tables import ApiClient, CareFlag, PartnerMessage, User, UserRole


def a_client(place, code):
    """A program whose account has a role at a place."""
    name = f"client-of-{code}"
    user_id = place._add(
        User, username=name, display_name=name, home_id=place.places["health"], created_at=place.now, row_version=1
    )
    place._add(UserRole, user_id=user_id, role="urgent_care", place_id=place.places[code], from_at=place.now)
    return place._add(
        ApiClient, client_id=name, name=name, user_id=user_id, keys={"keys": []}, scopes=["system/Flag.rs"],
        redirect_uris=[], purpose="x", made_at=place.now, row_version=1,
    )  # fmt: skip


def add_outward(place, one, past):
    """A flag for urgent care, and what a partner wrote to the care team."""
    person_id, case_id = one.ids["person_id"], one.ids["case_id"]
    one.ids["flag_id"] = place._add(
        CareFlag, person_id=person_id, case_id=case_id, category="care_plan", code="has_care_plan",
        said="Ring us first.", ring_name="The practice", ring_phone="020 7946 0000", ring_when="Always",
        starts_on=past.date(), review_on=past.date() + timedelta(days=90), state="active", ended_note="",
        set_at=past, set_by=place.other, changed_at=past, row_version=1,
    )  # fmt: skip
    one.ids["message_id"] = place._add(
        PartnerMessage, person_id=person_id, case_id=case_id, sender_system="", sender_ref="", words="Seen at home.", sent_at=past, at=past,
        by=place.other, row_version=1,
    )  # fmt: skip
