"""When the end of a stay can be planned, and for which day."""

from datetime import date, timedelta

import pytest

from caseload.domain.discharge_rules import can_be_planned, why_not_expected_on
from caseload.domain.words import EncounterKind

TODAY = date(2026, 10, 5)
STARTED = date(2026, 9, 20)


@pytest.mark.parametrize(
    ("kind", "ended", "can"),
    [
        (EncounterKind.EMERGENCY_ADMISSION, None, True),
        (EncounterKind.OTHER_ADMISSION, TODAY, True),
        (EncounterKind.OTHER_ADMISSION, TODAY - timedelta(days=14), True),
        (EncounterKind.EMERGENCY_ADMISSION, TODAY - timedelta(days=15), False),
        (EncounterKind.ED_ATTENDANCE, None, False),
    ],
)
def test_a_stay_can_be_planned_until_two_weeks_after_it_ended(kind, ended, can):
    assert can_be_planned(kind, ended, TODAY) is can


@pytest.mark.parametrize(
    ("day", "ended", "said"),
    [
        (None, None, None),
        (TODAY, None, None),
        (STARTED, TODAY, None),
        (TODAY - timedelta(days=1), None, "today or in the future"),
        (STARTED - timedelta(days=1), TODAY, "before the stay began"),
        (TODAY + timedelta(days=367), None, "within a year"),
    ],
)
def test_the_day_expected_has_to_be_possible(day, ended, said):
    refusal = why_not_expected_on(day, STARTED, ended, TODAY)
    assert refusal is None if said is None else said in (refusal or "")
