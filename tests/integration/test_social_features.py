"""What the features on social care, community services and a person's situation say."""

import pytest

from tests.support.measuring import measured
from tests.support.zones import T, ago

MARRIED, WIDOWED, DIVORCED, SINGLE = 87915002, 33553000, 20295000, 125681006
ALONE, WITH_SPOUSE, CARE_HOME, HAS_CARER, NO_CARER = 105529008, 447051007, 248171000000108, 184156005, 276039008
NOW = ("social_care_now", "home_care_now", "care_hours_now", "care_hours_change_90d", "care_hours_change_365d")


def service(days, hours=0, lasts=None, kind="home_care"):
    ended = None if lasts is None else T - days + lasts
    return ago(days, event_type="service", service_type=kind, hours_tenths=hours * 10, ended_day=ended)


def test_hours_of_what_goes_on_now_and_how_they_changed(tmp_path):
    rows = [service(500, 10), service(60, 4), service(200, 7, lasts=50)]
    assert measured(tmp_path, {"social_care_events": rows}, *NOW) == [1.0, 1.0, 14.0, 4.0, 4.0]


def test_hours_that_ended_are_a_fall(tmp_path):
    rows = [service(500, 10, lasts=470), service(500, 2)]
    assert measured(tmp_path, {"social_care_events": rows}, *NOW) == [1.0, 1.0, 2.0, -10.0, -10.0]


@pytest.mark.parametrize("lasts", [None, 100, 150], ids=["no end", "ends on the index date", "ends later"])
def test_a_service_not_ended_before_the_index_date_goes_on(tmp_path, lasts):
    rows = [service(100, 5, lasts=lasts)]
    names = (*NOW, "care_services_ended_90d")
    assert measured(tmp_path, {"social_care_events": rows}, *names) == [1.0, 1.0, 5.0, 0.0, 5.0, 0.0]


def test_changes_of_the_last_90_and_365_days(tmp_path):
    rows = [
        service(30),
        service(300, lasts=290),
        ago(20, event_type="request"),
        ago(200, event_type="request"),
        ago(15, event_type="assessment"),
        ago(40, event_type="review"),
    ]
    names = (
        "care_services_started_90d", "care_services_started_365d", "care_services_started_latest",
        "care_services_ended_90d", "care_services_ended_365d", "care_services_ended_latest", "care_requests_90d",
        "care_requests_365d", "care_assessments_365d", "care_assessments_latest",
    )  # fmt: skip
    expected = [1.0, 2.0, 30.0, 1.0, 1.0, 10.0, 1.0, 2.0, 2.0, 15.0]
    assert measured(tmp_path, {"social_care_events": rows}, *names) == expected


def test_reablement_equipment_and_care_homes(tmp_path):
    rows = [
        service(30, kind="reablement", lasts=20),
        service(50, kind="equipment"),
        service(10, kind="nursing"),
        service(700, kind="residential", lasts=690),
    ]
    names = (
        "reablement_365d", "reablement_latest", "care_equipment_365d", "care_equipment_latest", "nursing_care_now",
        "residential_care_now", "care_home_placement_latest",
    )  # fmt: skip
    assert measured(tmp_path, {"social_care_events": rows}, *names) == [1.0, 30.0, 1.0, 50.0, 1.0, 0.0, 10.0]


def test_equipment_alone_is_no_service_going_on(tmp_path):
    rows = [service(50, kind="equipment")]
    assert measured(tmp_path, {"social_care_events": rows}, "social_care_now") == [0.0]


@pytest.mark.parametrize(
    ("records", "lives_alone"),
    [
        ([], None),
        ([(100, ALONE)], 1.0),
        ([(100, ALONE), (50, WITH_SPOUSE)], 0.0),
        ([(50, ALONE), (100, WITH_SPOUSE)], 1.0),
        ([(50, ALONE), (50, WITH_SPOUSE)], 1.0),
    ],
)
def test_the_later_record_says_who_lives_alone(tmp_path, records, lives_alone):
    rows = [ago(days, snomed=code) for days, code in records] or [ago(5, snomed=84114007)]
    assert measured(tmp_path, {"gp_codes": rows}, "lives_alone") == [lives_alone]


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([(900, MARRIED)], [1.0, None, None]),
        ([(900, MARRIED), (100, WIDOWED), (50, WIDOWED)], [0.0, 100.0, 100.0]),
        ([(900, WIDOWED), (100, MARRIED)], [1.0, 100.0, 900.0]),
        ([(900, MARRIED), (400, DIVORCED), (60, MARRIED)], [1.0, 400.0, 400.0]),
        ([(200, SINGLE)], [0.0, None, None]),
        # Two statuses entered on one day tell of no change.
        ([(200, MARRIED), (200, SINGLE)], [0.0, None, None]),
    ],
)
def test_partnership_and_its_change(tmp_path, records, expected):
    rows = [ago(days, snomed=code) for days, code in records]
    names = ("has_partner", "partnership_changed_latest", "partner_lost_latest")
    assert measured(tmp_path, {"gp_codes": rows}, *names) == expected


def test_carers_care_homes_and_homelessness(tmp_path):
    rows = [
        ago(10, snomed=133932002),
        ago(300, snomed=HAS_CARER),
        ago(20, snomed=NO_CARER),
        ago(40, snomed=CARE_HOME),
        ago(50, snomed=32911000),
    ]
    names = ("is_carer_latest", "has_carer", "care_home_latest", "homeless_latest")
    assert measured(tmp_path, {"gp_codes": rows}, *names) == [10.0, 0.0, 40.0, 50.0]


def test_community_and_mental_health_contacts(tmp_path):
    community = [
        ago(9, team="district_nursing"),
        ago(100, team="district_nursing"),
        ago(200, team="palliative"),
        ago(400, team="therapy"),
    ]
    mental = [ago(5, team="crisis", inpatient=0), ago(300, team="crisis", inpatient=1), ago(900, team="crisis")]
    names = (
        "community_contacts_90d", "community_contacts_365d", "district_nursing_365d", "district_nursing_latest",
        "community_palliative_365d", "community_therapy_365d", "mental_health_contacts_90d",
        "mental_health_contacts_1095d", "mental_health_contacts_latest", "mental_health_inpatient_365d",
        "mental_health_inpatient_latest",
    )  # fmt: skip
    expected = [1.0, 3.0, 2.0, 9.0, 1.0, 0.0, 1.0, 3.0, 5.0, 1.0, 300.0]
    tables = {"community_contacts": community, "mental_health_contacts": mental}
    assert measured(tmp_path, tables, *names) == expected


def test_who_the_person_is(tmp_path):
    names = ("age_years", "male", "imd_decile", "registered_days", "index_month_sin", "index_month_cos")
    people = [{"pid": 0, "age_years": 83, "sex": 1, "imd_decile": None, "registered_days": 200}]
    assert measured(tmp_path, {}, *names, people=people) == [83.0, 1.0, None, 200.0, -1.0, -0.0]


@pytest.mark.parametrize(("sex", "male"), [(1, 1.0), (2, 0.0), (9, None), (0, None)])
def test_other_and_unknown_sex_are_not_recorded(tmp_path, sex, male):
    assert measured(tmp_path, {}, "male", people=[{"pid": 0, "sex": sex}]) == [male]
