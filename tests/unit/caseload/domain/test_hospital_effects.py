"""Whom a change of a stay tells and what it asks for, against the same rules written down a second time, by another way."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from caseload.domain.border_words import PatientClass, StayState
from caseload.domain.hospital_effects import (
    GIVEN_UP,
    NOTICES,
    TASKS,
    TITLES,
    HospitalRules,
    Phase,
    due_on,
    is_news,
    listed,
    notice_for,
    phase_of,
    working_days_after,
)
from caseload.domain.hospital_reasons import REASON_WORDS, HoldReason, PassReason
from caseload.domain.hospital_stays import StayNow
from caseload.domain.words import EncounterKind, TaskKind
from caseload.exceptions import SettingsRefused
from caseload.hospital_effects import hospital_rules_in, read_hospital_rules

NOW = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
EASTER = frozenset({date(2026, 4, 3), date(2026, 4, 6)})


def stay(state, patient_class, method="", began=NOW - timedelta(days=1), left=None, **more):
    there = state in ("arrived", "in-progress", "finished")
    ended = state == "finished"
    return StayNow(
        state=StayState(state), patient_class=PatientClass(patient_class), updated_at=NOW, discharge_method=method,
        began_at=began if there else None, discharged_at=(left or NOW) if ended else None, **more,
    )  # fmt: skip


EVERY = [
    None,
    *(stay(*one) for one in product(StayState, PatientClass, ("", "4")) if one[2] == "" or one[0] == "finished"),
]


def where(one):
    """The oracle's own reading of a stay: in words a nurse would use."""
    if one is None or one.state in (StayState.PLANNED, StayState.CANCELLED):
        return "not in hospital"
    bed = one.patient_class.value in "IBU"
    if not bed and one.patient_class.value != "E":
        return "not in hospital"
    if one.state is not StayState.FINISHED:
        return "in a bed" if bed else "in A&E"
    if one.discharge_method == "4":
        return "dead"
    return "home from a bed" if bed else "home from A&E"


def expected_notice(before, after, death_known):
    """In the order a person would ask: did they come, did they go home, was it all a mistake?"""
    was, is_ = where(before), where(after)
    if was == is_:
        return None
    if is_ == "dead":  # told by what follows from a death; where nothing follows, they are at least no longer there
        return None if death_known else "discharged"
    known = {"not in hospital": 0, "in A&E": 1, "home from A&E": 1, "in a bed": 2, "home from a bed": 2, "dead": 2}
    if was == "dead" or known[is_] < known[was]:
        return "stay_cancelled"
    if is_ == "in a bed":
        return "admitted"
    if is_ == "home from a bed":
        return "discharged"
    return "attended_ed" if was == "not in hospital" or is_ == "in A&E" else None


@pytest.mark.parametrize("death_known", [True, False])
@pytest.mark.parametrize("before", EVERY)
def test_every_change_tells_what_the_oracle_says(before, death_known):
    for after in EVERY:
        told = notice_for(before, after, death_known=death_known)
        expected = expected_notice(before, after, death_known)
        assert (told.value if told else None) == expected, (where(before), where(after))


def test_tasks_fit_where_somebody_is():
    for one in EVERY:
        expected = {"in a bed": {"discharge_planning"}, "home from a bed": {"discharge_contact", "plan_review"}}
        assert {kind.value for kind in TASKS[phase_of(one)]} == expected.get(where(one), set())
    assert TASKS.keys() == NOTICES.keys() == GIVEN_UP.keys() == set(Phase)
    assert set().union(*TASKS.values()) - {TaskKind.PLAN_REVIEW} == TITLES.keys()


@pytest.mark.parametrize(
    ("day", "days", "expected"),
    [
        (date(2026, 10, 5), 2, date(2026, 10, 7)),  # a Monday
        (date(2026, 10, 2), 2, date(2026, 10, 6)),  # a Friday
        (date(2026, 10, 3), 1, date(2026, 10, 5)),  # a Saturday
        (date(2026, 4, 2), 2, date(2026, 4, 8)),  # the Thursday before Easter
        (date(2026, 4, 5), 1, date(2026, 4, 7)),  # Easter Sunday
    ],
)
def test_working_days_leave_out_weekends_and_bank_holidays(day, days, expected):
    assert working_days_after(day, days, EASTER) == expected


def test_tasks_are_due_by_the_days_of_the_stay():
    rules = HospitalRules("1", 7, 90, 2, EASTER)
    ended = stay(
        "finished", "I", began=datetime(2026, 3, 30, 23, 30, tzinfo=UTC), left=datetime(2026, 4, 2, 9, tzinfo=UTC)
    )
    assert due_on(TaskKind.DISCHARGE_PLANNING, ended, rules) == date(2026, 3, 31)  # London's day
    assert due_on(TaskKind.DISCHARGE_CONTACT, ended, rules) == date(2026, 4, 8)


def test_only_what_is_recent_is_news():
    old, recent = NOW - timedelta(days=8), NOW - timedelta(days=6)
    assert not is_news(None, stay("in-progress", "I", began=old), NOW, 7)
    assert is_news(None, stay("in-progress", "I", began=recent), NOW, 7)
    assert is_news(None, stay("finished", "I", began=old, left=recent), NOW, 7)
    assert is_news(stay("finished", "I", began=old, left=recent), stay("in-progress", "I", began=old), NOW, 7)
    assert not is_news(None, None, NOW, 7)
    assert not is_news(None, stay("cancelled", "I"), NOW, 7)


@pytest.mark.parametrize(
    ("one", "kind"),
    [
        (stay("in-progress", "I", admission_method="21"), EncounterKind.EMERGENCY_ADMISSION),
        (stay("in-progress", "I", admission_method="11"), EncounterKind.OTHER_ADMISSION),
        (stay("in-progress", "I"), EncounterKind.OTHER_ADMISSION),
        (stay("in-progress", "I", through_emergency=True), EncounterKind.EMERGENCY_ADMISSION),
        (stay("in-progress", "I", admission_method="81", through_emergency=True), EncounterKind.OTHER_ADMISSION),
        (stay("arrived", "E", admission_method="21"), EncounterKind.ED_ATTENDANCE),
        (stay("in-progress", "D"), EncounterKind.OTHER_ADMISSION),
        (stay("in-progress", "O"), None),
        (stay("in-progress", "P"), None),
        (stay("planned", "I"), None),
        (stay("cancelled", "I"), None),
        (None, None),
    ],
)
def test_how_a_stay_is_listed(one, kind):
    found = listed(one)
    assert (found.kind if found else None) == kind


def test_a_stay_that_ends_before_it_begins_is_listed_as_one_day():
    found = listed(stay("finished", "I", began=NOW, left=NOW - timedelta(days=3)))
    assert (found.started_on, found.ended_on) == (date(2026, 10, 5), date(2026, 10, 5))


def test_every_reason_has_words():
    assert REASON_WORDS.keys() == {*HoldReason, *PassReason}
    assert len(set(REASON_WORDS.values())) == len(REASON_WORDS)
    assert all(len(reason) <= 40 for reason in REASON_WORDS)


def test_the_rules_that_come_with_the_product_can_be_read():
    rules = read_hospital_rules()
    assert rules.contact_working_days == 2
    years = {day.year for day in rules.holidays}
    assert all(sum(day.year == year for day in rules.holidays) == 8 for year in years)
    assert all(day.weekday() < 5 for day in rules.holidays)


@pytest.mark.parametrize(
    ("line", "says"),
    [("news_days = 0", "news_days"), ("holidays = [2026-12-25, 2026-12-25]", "once"), ("newsdays = 3", "nearest")],
)
def test_a_file_of_rules_that_is_wrong_is_refused(tmp_path, line, says):
    right = {
        "version": '"1"', "news_days": "7", "wait_days": "90", "contact_working_days": "2", "holidays": "[2026-12-25]",
    }  # fmt: skip
    name, _, value = line.partition(" = ")
    file = tmp_path / "hospital_effects.toml"
    file.write_text("\n".join(f"{key} = {text}" for key, text in {**right, name: value}.items()))
    with pytest.raises(SettingsRefused, match=says):
        hospital_rules_in(file)
