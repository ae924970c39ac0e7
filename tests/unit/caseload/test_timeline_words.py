"""The timeline's entries in words, and the key that stands in an address."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caseload.diagnosis_words import read_diagnosis_words, words_in
from caseload.domain.border_words import PatientClass, StayState
from caseload.lead_rules import read_lead_rules
from caseload.presenters.timeline import entries_of, key_of, key_words
from caseload.queries.timeline import Happening, HospitalRow, TimelineRow

AT = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
TODAY = date(2026, 10, 5)


DIAGNOSES = {"J18": "Pneumonia", "I501": "Left heart failure", "I50": "Heart failure"}


def row(kind, code="", extra="", about="", **more):
    return TimelineRow(
        Happening(kind), AT, 3, code, extra, about, "", more.pop("by", None), more.pop("who", None), **more
    )


def entry(*arguments, may_see_score=True, **more):
    (found,) = entries_of([row(*arguments, **more)], read_lead_rules(), DIAGNOSES, may_see_score=may_see_score, now=AT)
    return found


@pytest.mark.parametrize(
    ("found", "title", "lines"),
    [
        (("case", "opened", "open"), "Case opened", ()),
        (("case", "closed", "goals_met"), "Case closed", ("The goals are met",)),
        (("case", "closed", "closed"), "Case closed", ()),
        (("case", "need", "nursing"), "Primary need recorded", ("Nursing",)),
        (("case", "something_new", ""), "Case changed", ()),
        (("contact", "no_answer", "telephone", "person,gp"), "Contact, telephone: No answer", ("With: The person, GP",)),
        (("contact", "an_old_code", "video", "neighbour"), "Contact, video call: an old code", ("With: neighbour",)),
        (("consent", "sharing_social_care", "withdrawn", "signed"), "Sharing with social care: withdrawn", ("Signed form",)),
        (("person", "died"), "Died", ()),
        (("person", "something_new"), "Record changed", ()),
        (("proposal", "declined", "person_said_no", "score"), "Not taken into care coordination", ("The person does not want it",)),
        (("proposal", "closed", "objected", "score"), "Taken off the practice’s list", ("The person objects to risk stratification",)),
        (("proposal", "proposed", "concern", "score"), "Concern raised with the practice", ()),
    ],
)  # fmt: skip
def test_entry_in_words(found, title, lines):
    said = entry(*found)
    assert (said.when, said.title, said.lines) == ("5 October 2026", title, lines)


@pytest.mark.parametrize(
    ("code", "until_on", "lines"),
    [
        ("emergency_admission", date(2026, 10, 9), ("Until 9 October 2026, 4 nights", "At Testham General")),
        ("emergency_admission", date(2026, 10, 5), ("At Testham General",)),
        ("emergency_admission", None, ("No discharge recorded", "At Testham General")),
        ("ed_attendance", None, ("At Testham General",)),
    ],
)
def test_hospital_use_in_words(code, until_on, lines):
    assert entry("encounter", code, "", "RXX01", who="Testham General", until_on=until_on).lines == lines


def test_lead_has_the_rules_sentence_or_the_reason_for_another():
    sentence = "Very high risk in the run of 1 October 2026, so the registered GP leads (rule VH, version 2026.1)."
    by_rule = entry("lead", "", "gp", sentence, who="Dr Ash", rule="VH")
    assert by_rule.title == "Dr Ash became the accountable lead"
    assert by_rule.lines == ("GP", sentence)
    other = entry("lead", "persons_choice", "gp", sentence, who="Dr Ash", rule="VH")
    assert other.lines == ("GP", "The person chose this professional")


def test_lead_has_no_tier_for_who_may_not_see_one():
    sentence = "Very high risk in the run of 1 October 2026, so the registered GP leads (rule VH, version 2026.1)."
    assert "Very high" not in " ".join(
        entry("lead", "", "gp", sentence, who="Dr Ash", rule="VH", may_see_score=False).lines
    )


def test_contact_that_was_corrected_cannot_be_corrected_again():
    assert entry("contact", "no_answer", "telephone", "person").contact_id == 3
    assert entry("contact", "no_answer", "telephone", "person", corrected=True).contact_id is None


@given(
    at=st.datetimes(timezones=st.just(UTC)),
    kind=st.sampled_from(list(Happening)),
)
def test_key_in_an_address_comes_back_exactly(at, kind):
    key = key_of(key_words(TimelineRow(kind, at, 12, "", "", "", "", None, None)))
    assert (key.at, key.kind, key.row_id) == (at, kind, 12)


@given(text=st.text())
def test_key_that_is_not_ours_is_none_or_a_key(text):
    key_of(text)


@pytest.mark.parametrize(
    "text", ["", "1", "1.contact", "1.nothing.2", "x.contact.2", "9" * 40 + ".contact.2", "1.contact.x"]
)
def test_key_that_is_none(text):
    assert key_of(text) is None


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("I501", "Main diagnosis group: Left heart failure"),
        ("I509", "Main diagnosis group: Heart failure"),
        ("J18X", "Main diagnosis group: Pneumonia"),
        ("R074", "Main diagnosis: in none of our code lists (ICD-10 R074)"),
        ("no code", "Main diagnosis: in none of our code lists (ICD-10 no code)"),
    ],
)
def test_diagnosis_is_its_narrowest_group_or_stays_a_code(code, said):
    assert entry("encounter", "ed_attendance", code).lines == (said,)


def test_provider_whose_name_is_not_held_stays_a_code():
    assert entry("encounter", "ed_attendance", "", "RQ9").lines == (
        "At a provider whose name is not held here (ODS RQ9)",
    )


def test_code_lists_of_sensitive_groups_are_never_put_into_words():
    words = read_diagnosis_words()
    assert len(words) > 300
    assert {"F10", "K70", "X60", "B20"}.isdisjoint(words)
    assert not any("alcohol" in term.lower() and "not induced" not in term for term in words.values())


def test_missing_code_lists_leave_codes(tmp_path):
    assert words_in(tmp_path) == {}


TOLD = {"patient_class": PatientClass.INPATIENT, "location": "Ward 3", "updated_at": AT - timedelta(minutes=3)}


@pytest.mark.parametrize(
    ("told", "lines"),
    [
        ({"state": StayState.IN_PROGRESS}, ("In hospital now: Ward 3", "From the hospital, 3 minutes ago")),
        ({"state": StayState.IN_PROGRESS, "location": ""}, ("In hospital now", "From the hospital, 3 minutes ago")),
        (
            {"state": StayState.ARRIVED, "location": "Majors", "updated_at": AT},
            ("In the emergency department now: Majors", "From the hospital, just now"),
        ),
        (
            {"state": StayState.FINISHED, "updated_at": AT - timedelta(hours=1)},
            ("No longer in hospital", "From the hospital, 1 hour ago"),
        ),
        (
            {"state": StayState.CANCELLED, "updated_at": AT - timedelta(days=2)},
            ("The hospital took this stay back", "From the hospital, on 3 October 2026"),
        ),
    ],
)
def test_what_a_hospital_told_stands_with_the_stay(told, lines):
    said = entry("encounter", "emergency_admission", hospital=HospitalRow(**{**TOLD, **told}))
    assert said.lines == lines
