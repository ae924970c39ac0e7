"""Rules the feature catalogue keeps."""

import re
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from interfaces.extracts.contract import TABLES
from stratify.exceptions import ConfigRefused, InputRefused
from stratify.features import catalogue
from stratify.features.catalogue import (
    FEATURES,
    GROUPS,
    IN_YEARS,
    feature_names,
    feature_set_hash,
    features_named,
    groups_of,
    references_of,
    sensitive_groups,
    stages_of,
)
from stratify.features.codelists import load_codelists
from stratify.features.definition import WINDOWS, Kind, days_before
from stratify.features.moment import TIMELESS, Dialect, Moment
from stratify.features.reference import lists_used, reference_tables
from stratify.features.statements import plan
from stratify.settings import default_config
from tests.support.copied_config import CopiedConfig
from tests.support.zones import COLUMNS, INDEX

BY_NAME = {feature.name: feature for feature in FEATURES}
EVERYTHING = frozenset(COLUMNS)
NEVER_DATED = {Kind.ATTRIBUTE, Kind.SEASON, Kind.SCORE}


def test_there_are_150_to_250_features():
    assert 150 <= len(FEATURES) <= 250


def test_names_are_unique_and_snake_case():
    names = [feature.name for feature in FEATURES]
    assert [name for name, count in Counter(names).items() if count > 1] == []
    assert [name for name in names if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name)] == []


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.name)
def test_a_feature_says_where_it_is_from_and_why(feature):
    assert set(feature.source.split(" and ")) <= {*TABLES, "index date"}
    assert set(feature.tables) <= EVERYTHING
    assert feature.window_days is None or 0 < feature.window_days <= WINDOWS[-1]
    assert feature.unit
    assert len(feature.rationale) > 15
    assert feature.rationale.endswith(".")
    assert "\n" not in feature.rationale


@pytest.mark.parametrize(
    "feature", [f for f in FEATURES if f.kind in (Kind.COUNT, Kind.DAYS, Kind.VALUE, Kind.CHANGE)], ids=lambda f: f.name
)
def test_what_a_reason_may_show_has_its_date_in_the_same_group(feature):
    dated_by = BY_NAME[feature.dated_by]
    assert dated_by.kind in (Kind.LATEST, Kind.FIRST)
    assert dated_by.group == feature.group
    assert set(dated_by.tables) <= set(feature.tables)


def test_a_state_is_dated_where_a_date_is_known():
    undated = [f.name for f in FEATURES if f.kind is Kind.STATE and not f.dated_by]
    assert undated == ["male", "has_carer"]


def test_a_date_dates_itself():
    wrong = [f.name for f in FEATURES if f.kind in (Kind.LATEST, Kind.FIRST) and f.dated_by != f.name]
    assert wrong == []
    assert [f.name for f in FEATURES if f.kind in NEVER_DATED and f.dated_by] == []


def test_a_count_and_its_date_are_taken_from_the_same_rows():
    """Else a reason could say "3 falls" and give the day of a fourth."""
    pairs = [(f, BY_NAME[f.dated_by]) for f in FEATURES if f.kind is Kind.COUNT]
    other = [f.name for f, day in pairs if (f.relation.name, f.label) != (day.relation.name, day.label)]
    assert other == []
    other = [f.name for f, day in pairs if f.measure.where != day.measure.where]
    assert other == []


def test_windows_of_names_and_features_agree():
    for feature in FEATURES:
        named = re.search(r"_(\d+)d$", feature.name)
        if named:
            assert feature.window_days == int(named[1]), feature.name


def test_the_windows_of_admissions_are_those_of_the_specification():
    for kind in ("emergency", "elective", "day_case", "maternity"):
        names = [f"{kind}_admissions_{window}d" for window in (30, 90, 180, 365, 730, 1095)]
        assert set(names) <= set(BY_NAME)
        assert f"{kind}_admissions_latest" in BY_NAME


def test_the_register_snapshot_is_not_used_for_what_changes():
    """Residence, living alone, partnership and carer have no date there: they would tell the future."""
    undated = re.compile(r"\b(residence|lives_alone|partnership_status|has_carer)\b")
    sql = [f.relation.sql for f in FEATURES if "chunk_population" in f.relation.sql]
    assert sql
    assert [text for text in sql if undated.search(text)] == []


def test_every_relation_over_events_keeps_to_what_was_known():
    for feature in FEATURES:
        text = " ".join([feature.relation.sql, *(stage.sql for stage in stages_of([feature]))])
        # Each read of an event table has its own {usable}.
        reads = re.findall(r"(?:FROM|JOIN) chunk_(" + "|".join(EVERYTHING) + r")\b", text)
        assert len(reads) == text.count("{usable}"), feature.name


def test_features_of_absent_tables_are_absent():
    names = feature_names(["admissions"])
    assert "emergency_admissions_365d" in names
    assert "charlson" in names
    assert {"ed_attendances_365d", "efi", "diabetes_years", "medicines_365d"}.isdisjoint(names)
    assert feature_names(COLUMNS) == [feature.name for feature in FEATURES]


def test_an_unknown_name_is_refused_by_name():
    with pytest.raises(InputRefused, match="shoe_size"):
        features_named(["age_years", "shoe_size"])


def test_a_feature_whose_table_is_absent_is_refused_by_name():
    with pytest.raises(InputRefused, match="ed_attendances"):
        features_named(["ed_attendances_365d"], ["admissions"])


def test_groups_are_those_of_the_features():
    assert set(GROUPS) == {feature.group for feature in FEATURES}
    assert groups_of(["hfrs", "age_years"]) == ("frailty", "age")


def test_sensitive_groups_are_groups():
    assert sensitive_groups()
    assert sensitive_groups() <= set(GROUPS)


def test_every_code_list_is_used():
    config = default_config()
    tables = [table for table in reference_tables(config) if table.name in references_of(FEATURES)]
    assert {found.name for found in lists_used(config, tables)} == set(load_codelists(config))


def test_statements_are_in_the_subset_that_spark_shares():
    """What is spelt differently there, or silently means something else, is not used."""
    alien = re.compile(
        r"\b(ASOF|QUALIFY|EXCLUDE|PIVOT|date_diff|datediff|datesub|list_\w+|struct_pack|arg_max|any_value|"
        r"regexp_\w+|string_split|::|ILIKE|strftime|epoch|julian)\b|//|~|\[\d",
        re.IGNORECASE,
    )
    spark = Moment(INDEX, dialect=Dialect.SPARK)
    statements = [statement.sql(spark) for statement in plan(FEATURES)]
    statements += [spark.fill(stage.sql) for stage in stages_of(FEATURES)]
    assert [text for text in statements if alien.search(text)] == []
    assert sum("explode(" in text for text in statements) == 1
    assert not any("unnest(" in text for text in statements)


class TestFeatureSetHash:
    NAMES = ("age_years", "diabetes_years", "emergency_admissions_365d")

    def test_is_the_same_every_time(self):
        catalogue._hash.cache_clear()
        first = feature_set_hash(self.NAMES)
        catalogue._hash.cache_clear()
        assert feature_set_hash(self.NAMES) == first

    def test_depends_on_the_order_of_the_names(self):
        assert feature_set_hash(self.NAMES) != feature_set_hash(self.NAMES[::-1])

    def test_depends_on_the_sql(self, monkeypatch):
        before = feature_set_hash(self.NAMES)
        feature = BY_NAME["emergency_admissions_365d"]
        measure = replace(feature.measure, within=364)
        monkeypatch.setitem(catalogue._BY_NAME, feature.name, replace(feature, measure=measure))
        catalogue._hash.cache_clear()
        assert feature_set_hash(self.NAMES) != before
        catalogue._hash.cache_clear()

    def test_depends_on_a_code_list_that_is_used_and_on_no_other(self, tmp_path):
        before = feature_set_hash(self.NAMES)
        for changed, same in (("hfrs", True), ("diabetes", False)):
            config = CopiedConfig(tmp_path / changed)
            config.drop_last_code(changed)
            assert (feature_set_hash(self.NAMES, config.folder) == before) is same

    def test_depends_on_units_where_measurements_are_used(self, tmp_path):
        copied_config = CopiedConfig(tmp_path)
        names = ("haemoglobin", "age_years")
        before = feature_set_hash(names)
        text = (copied_config.folder / "features.toml").read_text(encoding="utf-8")
        changed = text.replace("lowest = 30\n", "lowest = 31\n")
        assert changed != text
        (copied_config.folder / "features.toml").write_text(changed, encoding="utf-8")
        assert feature_set_hash(names, copied_config.folder) != before

    def test_refuses_a_code_list_that_was_tampered_with(self, tmp_path):
        copied_config = CopiedConfig(tmp_path)
        copied_config.path("diabetes").write_text("code,term\n44054006,x\n", encoding="utf-8")
        with pytest.raises(ConfigRefused, match="diabetes"):
            feature_set_hash(self.NAMES, copied_config.folder)


class TestDaysBefore:
    def test_days_are_days(self):
        assert days_before(BY_NAME["falls_latest"], 12.0) == 12

    def test_years_come_back_as_the_days_they_were(self):
        for days in (1, 364, 365, 366, 3000, 20000, 40000):
            stored = float(np.float32(days * (1 / 365.25)))
            assert days_before(BY_NAME["diabetes_years"], stored) == days

    def test_not_recorded_is_none(self):
        assert days_before(BY_NAME["falls_latest"], float("nan")) is None

    def test_a_count_is_no_date(self):
        with pytest.raises(ValueError, match="falls_365d"):
            days_before(BY_NAME["falls_365d"], 2.0)

    def test_years_are_named(self):
        assert {"diabetes_years", "dementia_years"} <= IN_YEARS
        assert not any(name.endswith("_latest") for name in IN_YEARS)


def test_the_timeless_moment_says_nothing_about_a_date():
    assert "(day < 0 AND avail < 0)" in TIMELESS.fill("{usable}")
