"""The borough is shaped as it was meant to be (census, D12, the yearly repeats).

Tolerances are about three standard errors at 24,000 people, or stated where they are wider.
"""

import pytest

pytestmark = pytest.mark.slow
YEAR = "admitted_on >= DATE '2024-10-01' AND admitted_on < DATE '2025-10-01' AND admission_method[1] = '2'"
HERE = (
    "registered_on < DATE '2025-10-01' AND coalesce(deregistered_on, DATE '2999-01-01') >= DATE '2025-10-01' "
    "AND coalesce(date_of_death, DATE '2999-01-01') >= DATE '2025-10-01'"
)
AGE = "date_diff('day', date_of_birth, DATE '2025-10-01') / 365.25"
RISK = (
    f"(SELECT r.*, {AGE} AS age, t.true_risk FROM '{{pack}}/gp_register.parquet' r "
    "JOIN '{truth}/risk.parquet' t USING (nhs_number))"
)


def test_exactly_the_wanted_number_is_registered_and_alive(one):
    assert one(f"SELECT count(*) FROM '{{pack}}/gp_register.parquet' WHERE {HERE}") == 24_000
    assert one(f"SELECT count(*) FROM '{{later}}/gp_register.parquet' WHERE {HERE}") == 24_000
    assert one("SELECT count(*) FROM '{truth}/risk.parquet'") == 24_000


def test_population_is_young_and_deprived(one):
    assert one(f"SELECT median({AGE}) FROM '{{pack}}/gp_register.parquet' WHERE {HERE}") == pytest.approx(31, abs=1.2)
    assert one(f"SELECT avg((imd_decile <= 4)::INT) FROM '{{pack}}/gp_register.parquet' WHERE {HERE}") > 0.65
    assert one(f"SELECT avg((ethnic_category = 'K')::INT) FROM '{{pack}}/gp_register.parquet' WHERE {HERE}") > 0.25
    assert (
        one(
            f"SELECT avg((ethnic_category IN ('Z', '99') OR ethnic_category IS NULL)::INT) FROM '{{pack}}/gp_register.parquet' WHERE {HERE}"
        )
        > 0.04
    )


def test_one_in_eighteen_or_so_is_admitted_as_an_emergency_each_year(ask):
    [(people, once, twice, thrice)] = ask(
        f"WITH n AS (SELECT nhs_number, count(*) AS times FROM '{{later}}/admissions.parquet' WHERE {YEAR} GROUP BY 1) "
        "SELECT count(*), avg((times = 1)::INT), avg((times = 2)::INT), avg((times = 3)::INT) FROM n"
    )
    assert people / 24_000 == pytest.approx(0.055, abs=0.006)
    assert once == pytest.approx(0.71, abs=0.045)
    assert twice == pytest.approx(0.175, abs=0.035)
    assert thrice == pytest.approx(0.06, abs=0.025)


def test_risk_is_high_in_infancy_falls_and_rises_with_age(one):
    bands = ((0, 1), (5, 15), (25, 45), (45, 65), (65, 75), (75, 85))
    infant, child, young, middle, old, older = (
        one(f"SELECT avg(true_risk) FROM {RISK} WHERE age >= {low} AND age < {high}") for low, high in bands
    )
    assert child < young < middle < old < older
    assert infant > 3 * child


def test_the_most_deprived_are_admitted_more(one):
    poor, rich = (
        one(
            f"SELECT sum(true_risk) FILTER (imd_decile {side}) / count(*) FILTER (imd_decile {side}) FROM {RISK} WHERE age BETWEEN 18 AND 64"
        )
        for side in ("<= 2", ">= 6")
    )
    assert poor > 1.05 * rich


def test_risk_rises_with_recorded_conditions(one):
    with_code = (
        "SELECT avg(t.true_risk) FROM '{{truth}}/risk.parquet' t WHERE nhs_number IN "
        "(SELECT nhs_number FROM '{{pack}}/gp_codes.parquet' WHERE snomed_code IN ({codes}))"
    )
    everybody = one("SELECT avg(true_risk) FROM '{truth}/risk.parquet'")
    for codes, ratio in (("'44054006'", 2), ("'13645005'", 4), ("'58214004', '13746004'", 1.8), ("'84114007'", 4)):
        assert one(with_code.format(codes=codes)) > ratio * everybody


def test_winter_brings_more_emergencies_than_summer(one):
    months = "SELECT count(*) FROM '{{later}}/admissions.parquet' WHERE admission_method[1] = '2' AND month(admitted_on) IN ({m})"
    assert one(months.format(m="12, 1, 2")) > one(months.format(m="6, 7, 8"))


@pytest.mark.parametrize(
    ("group", "share"),
    [
        ("learning_disability", 0.60),
        ("mental_health", 0.60),
        ("physical_disability_frailty", 0.43),
        ("other_vulnerable", 0.34),
    ],
)
def test_councils_hold_the_nhs_number_for_the_share_the_plan_gives(ask, group, share):
    [(people, held)] = ask(
        f"SELECT count(*), avg((nhs_number IS NOT NULL)::INT) FROM '{{later}}/social_care_people.parquet' WHERE client_group = '{group}'"
    )
    assert people > 30
    assert held == pytest.approx(share, abs=3.5 * (share * (1 - share) / people) ** 0.5)


def test_deaths_and_moves_are_those_of_a_young_borough(one):
    year = "{name} >= DATE '2024-10-01' AND {name} < DATE '2025-10-01'"
    count = "SELECT count(*) FROM '{{later}}/gp_register.parquet' WHERE " + year
    assert one(count.format(name="date_of_death")) / 24_000 == pytest.approx(0.0045, abs=0.0018)
    assert 0.07 < one(count.format(name="deregistered_on")) / 24_000 < 0.11
    assert one(count.format(name="registered_on")) / 24_000 > 0.07


def test_people_who_left_or_died_are_on_the_register(one):
    gone = "SELECT count(*) FROM '{pack}/gp_register.parquet' WHERE "
    assert one(gone + "date_of_death IS NOT NULL") > 300
    assert one(gone + "deregistered_on IS NOT NULL") > 8000


def test_most_who_are_admitted_through_an_emergency_department_have_its_attendance(one):
    pairs = "FROM '{later}/admissions.parquet' a WHERE admission_method = '21' AND admitted_on < DATE '2026-09-01'"
    found = one(
        f"SELECT count(*) {pairs} AND EXISTS (SELECT 1 FROM '{{later}}/ed_attendances.parquet' e "
        "WHERE e.nhs_number = a.nhs_number AND e.arrived_on BETWEEN a.admitted_on - 1 AND a.admitted_on)"
    )
    assert found / one(f"SELECT count(*) {pairs}") > 0.97


def test_rows_of_visitors_are_few_and_valid(one):
    share = one(
        "SELECT avg((r.nhs_number IS NULL)::INT) FROM '{pack}/outpatients.parquet' o "
        "LEFT JOIN '{pack}/gp_register.parquet' r USING (nhs_number)"
    )
    assert 0.001 < share < 0.01


def test_volume_is_that_of_a_borough(borough):
    events = sum(
        rows
        for name, rows in borough.rows.items()
        if name not in {"gp_register", "demographics", "practices", "population"}
    )
    assert 55 < events / 24_000 < 85
    assert max(borough.rows, key=lambda name: borough.rows[name]) == "gp_prescriptions"


@pytest.mark.parametrize("status", ["widowed", "married_or_civil", "single", "separated_or_divorced", "cohabiting"])
def test_partnership_is_in_the_register(one, status):
    assert one(f"SELECT count(*) FROM '{{pack}}/gp_register.parquet' WHERE partnership_status = '{status}'") > 50


def test_bereavement_is_dated_in_the_record(one):
    widowed = "SELECT count(*) FROM '{later}/gp_codes.parquet' WHERE snomed_code = '33553000' AND recorded_on >= DATE '2020-06-01'"
    assert one(widowed) > 20


def test_care_that_has_just_begun_goes_with_higher_risk(one):
    """A marker and a cause at once (D1): those whose home care began in the last half year, against the frail as a whole."""
    began = (
        f"SELECT avg(true_risk) FROM {RISK} WHERE nhs_number IN (SELECT nhs_number FROM '{{pack}}/social_care_events.parquet' "
        "WHERE service_type = 'home_care' AND started_on >= DATE '2025-03-01')"
    )
    assert one(began) > 1.15 * one(f"SELECT avg(true_risk) FROM {RISK} WHERE age >= 65")
