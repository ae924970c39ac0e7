"""What hospitals' messages have to do with the access matrix: who settles them, and a held message about everybody."""

import hashlib

from caseload.tables import HospitalMessage, IdentityChange, WaitingNumber
from tests.support.hl7_messages import sent
from tests.support.hospital_at_work import configure_royal

SETTLES = ("data_quality",)
_REFUSED = ("refused", "withdrawn")
_IN_PLACE = ("none", "own practice", "case in place")


def told_of_message(role, stands):
    """Whoever settles messages, for everybody registered in their place."""
    return role in SETTLES and stands.relationship in _IN_PLACE


def reads_message(role, stands):
    """The same, but not for a restricted record they are not named for, nor for somebody who refused sharing with them."""
    kept_out = stands.restriction == "yes" or stands.consent in _REFUSED
    return told_of_message(role, stands) and not kept_out


def add_held(place, one, name):
    """A held message that names the person, waits for them, and once changed a number of theirs."""
    raw = sent("A01", pid={3: f"{one.nhs_number}^^^NHS^NH", 5: f"{name}fam^{name}giv", 7: "19500101", 32: "NSTS02"})
    one.ids["hospital_message_id"] = message_id = place._add(
        HospitalMessage, feed="royal", received_at=place.now, raw=raw, sha256=hashlib.sha256(raw).hexdigest(),
        kind="ADT^A01", state="held", reason_code="number_not_verified", row_version=1,
    )  # fmt: skip
    place._add(WaitingNumber, message_id=message_id, authority="NHS number", value=one.nhs_number)
    one.ids["identity_change_id"] = place._add(
        IdentityChange, kind="renumbered", feed="royal", authority="RYX", kept_value=f"{name}new", retired_value=f"{name}old",
        message_id=message_id, moved=[], at=place.now, row_version=1,
    )  # fmt: skip


configure_royal()
