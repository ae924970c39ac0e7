"""What each trigger of an ADT message does here.

Source: HL7 2.8 chapter 3 and table 0003 (event types A01 to A62); NHS Interoperability Toolkit, HL7 v2, for what an English feed
carries. A trigger in the table is acted on. One of HL7's others, or a local one (Z), is stored, answered AA and said to be not acted
on. Anything else is no event: AR with error 201.
"""

import re
from dataclasses import dataclass
from enum import StrEnum


class Act(StrEnum):
    """What a message does to a stay, a person or the hospital's numbers for them."""

    ADMIT = "admit"
    REGISTER = "register"
    PRE_ADMIT = "pre_admit"
    TRANSFER = "transfer"
    DISCHARGE = "discharge"
    CHANGE_CLASS = "change_class"
    UPDATE = "update"
    CANCEL_ADMIT = "cancel_admit"
    CANCEL_TRANSFER = "cancel_transfer"
    CANCEL_DISCHARGE = "cancel_discharge"
    ADD_PERSON = "add_person"
    UPDATE_PERSON = "update_person"
    MERGE_PATIENT = "merge_patient"
    CHANGE_NUMBER = "change_number"
    MERGE_VISIT = "merge_visit"
    MOVE_VISIT = "move_visit"


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger we act on. `needs` are the segments it cannot do without, `visit` whether it is about one."""

    code: str
    act: Act
    needs: tuple[str, ...]
    visit: bool
    meaning: str


_VISIT = ("PID", "PV1")
_MERGE = ("PID", "MRG")

TRIGGERS: dict[str, Trigger] = {
    trigger.code: trigger
    for trigger in (
        Trigger("A01", Act.ADMIT, _VISIT, True, "admitted to a ward: the stay goes on from here"),
        Trigger("A02", Act.TRANSFER, _VISIT, True, "moved to another ward"),
        Trigger("A03", Act.DISCHARGE, _VISIT, True, "discharged, or died: the stay ends"),
        Trigger(
            "A04", Act.REGISTER, _VISIT, True, "registered in an emergency department or clinic: an attendance begins"
        ),
        Trigger("A05", Act.PRE_ADMIT, _VISIT, True, "a stay is planned"),
        Trigger("A06", Act.CHANGE_CLASS, _VISIT, True, "an outpatient becomes an inpatient"),
        Trigger("A07", Act.CHANGE_CLASS, _VISIT, True, "an inpatient becomes an outpatient"),
        Trigger(
            "A08",
            Act.UPDATE,
            ("PID",),
            True,
            "what is known of the person, and of the visit where one is named, has changed",
        ),
        Trigger("A11", Act.CANCEL_ADMIT, _VISIT, True, "the admission or registration is taken back"),
        Trigger("A12", Act.CANCEL_TRANSFER, _VISIT, True, "the move is taken back"),
        Trigger("A13", Act.CANCEL_DISCHARGE, _VISIT, True, "the discharge is taken back: the stay goes on"),
        Trigger("A28", Act.ADD_PERSON, ("PID",), False, "a person is known to the hospital; never a stay"),
        Trigger("A31", Act.UPDATE_PERSON, ("PID",), False, "what is known of the person has changed; never a stay"),
        Trigger("A34", Act.MERGE_PATIENT, _MERGE, False, "two numbers are one person (as versions up to 2.3 say it)"),
        Trigger("A40", Act.MERGE_PATIENT, _MERGE, False, "two numbers are one person"),
        Trigger("A42", Act.MERGE_VISIT, ("PID", "MRG", "PV1"), False, "two visit numbers are one visit"),
        Trigger(
            "A45", Act.MOVE_VISIT, ("PID", "MRG", "PV1"), False, "a visit was recorded under the wrong person and moves"
        ),
        Trigger("A47", Act.CHANGE_NUMBER, _MERGE, False, "a person's number is replaced by a new one"),
    )
}
"""Every trigger we act on."""

_KNOWN = frozenset(f"A{number:02d}" for number in range(1, 63))
_LOCAL = re.compile(r"Z[0-9A-Z]{2}")


def is_trigger(code: str) -> bool:
    """Whether HL7 has that trigger for ADT messages, or leaves it to places to have one of their own.

    >>> is_trigger("A17"), is_trigger("ZX9"), is_trigger("A99")
    (True, True, False)
    """
    return code in _KNOWN or _LOCAL.fullmatch(code) is not None
