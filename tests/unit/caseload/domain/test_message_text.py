"""What a message's text names: found however the message is written, and rather too much than too little."""

from datetime import date

import pytest

from caseload.domain.message_text import MOST_PARTS, folded_text, is_sensitive, named_in, speaks_of
from tests.support.hl7_messages import message


@pytest.mark.parametrize("written", ["9990000018", "999 000 0018", "999-000-0018"])
def test_an_nhs_number_is_found_however_it_is_written(written):
    assert named_in(f"no header at all PID|1||{written}^^^NHS").nhs_numbers == {"9990000018"}


def test_a_longer_number_has_no_nhs_number_in_it():
    assert named_in("PID|1||199900000180").nhs_numbers == frozenset()


def test_every_part_may_be_a_hospitals_number():
    assert {"A123456", "V1001", "WARD 3"} <= named_in(message()).parts
    own = "MSH*$%\\&*A*B\rPID*1**A7$$$RYX$MR"
    assert {"A7", "RYX"} <= named_in(own).parts


def test_what_nobody_looks_through_is_too_long():
    assert named_in("|".join(map(str, range(MOST_PARTS + 1)))).too_long
    assert not named_in("|".join(map(str, range(MOST_PARTS - 1)))).too_long


@pytest.mark.parametrize(
    ("told", "sensitive"), [("", False), ("N", False), ('""', False), ("u", False), ("VIP", True), ("Y", True)]
)
def test_a_visit_is_sensitive_unless_its_mark_is_an_ordinary_one(told, sensitive):
    assert is_sensitive(message(pv1={16: told}), {"N", "U"}) is sensitive


def test_somebody_is_spoken_of_by_name_or_by_birth_and_a_part_of_the_name():
    text = folded_text("PID|1||||O’BRIEN^Łucja||19440229")
    assert speaks_of(text, "obrien lucja", date(1900, 1, 1))
    assert speaks_of(text, "obrien anna", date(1944, 2, 29))
    assert not speaks_of(text, "obrien anna", date(1944, 2, 28))
    assert not speaks_of(text, "smith anna", date(1944, 2, 29))
