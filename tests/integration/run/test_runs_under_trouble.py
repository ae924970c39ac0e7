"""Runs whose pack changes underneath them, that carry NHS numbers, or that serve another purpose than care."""

import stat
from datetime import UTC, date, datetime, timedelta

import pytest

from interfaces.exceptions import InterfaceError, PackRefused
from stratify.exceptions import ConfigRefused, InputRefused
from stratify.pipeline.identify import identify
from stratify.pipeline.run import run
from stratify.pseudonyms import make_key
from tests.support.packs import EXTRACTED_ON, a_pack, admission, nhs, person

pytestmark = pytest.mark.slow


NOW = datetime(2026, 10, 2, 9, 30, tzinfo=UTC)
OPTED_OUT = {"nhs_number": nhs(1), "kind": "national_opt_out", "from_date": "2020-01-01"}


def scored(tmp_path, **options):
    make_key(tmp_path / "town.key")
    people = [person(nhs(1)), person(nhs(2), "1940-01-31")]
    stays = [admission(nhs(2), "2026-03-01")]
    pack = a_pack(tmp_path / "pack", gp_register=people, admissions=stays, objections=[OPTED_OUT])
    key = tmp_path / "town.key"
    asked = {"index_date": EXTRACTED_ON, "key_file": key, "score": "hfrs", "out": tmp_path / "run"} | options
    return run(pack, **asked)


def test_a_pack_that_changes_after_the_check_is_refused_and_nothing_is_left(tmp_path):
    changed = []

    def change_it(stage, done=0, total=0):
        if stage == "Giving reasons" and not changed:
            changed.extend((tmp_path / "pack").glob("gp_register.*"))
            with changed[0].open("ab") as stream:
                stream.write(b"\n")

    with pytest.raises(PackRefused, match="gp_register"):
        scored(tmp_path, progress=change_it)
    assert changed
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pack", "town.key"]


def test_a_run_with_nhs_numbers_can_be_entered_by_its_owner_only(tmp_path):
    scored(tmp_path, purpose="Monthly review by the practice", who="a.gp", now=NOW)
    assert stat.S_IMODE((tmp_path / "run").stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("purpose", "flow"),
    [(None, {"scored": 2}), ("planning", {"scored": 1, "objection_national_opt_out": 1})],
)
def test_the_national_opt_out_counts_for_planning_and_not_for_care(tmp_path, purpose, flow):
    assert scored(tmp_path, objections_for=purpose).flow == flow


def test_a_purpose_that_is_not_configured_is_refused(tmp_path):
    with pytest.raises(ConfigRefused, match="objections"):
        scored(tmp_path, objections_for="curiosity")


def test_an_index_date_long_after_the_extraction_is_refused(tmp_path):
    with pytest.raises(InputRefused, match="31 days"):
        scored(tmp_path, index_date=EXTRACTED_ON + timedelta(days=32))


def test_an_index_date_before_anything_the_pack_knows_is_said(tmp_path):
    (told,) = [said for said in scored(tmp_path, index_date=date(2016, 10, 1)).warnings if "no admission" in said]
    assert "1 March 2026" in told


def test_an_index_date_the_pack_reaches_back_from_is_not_remarked_on(tmp_path):
    assert not any("no admission" in said for said in scored(tmp_path).warnings)


def test_a_pack_without_objections_or_with_empty_columns_is_said_so(tmp_path):
    make_key(tmp_path / "town.key")
    pack = a_pack(tmp_path / "pack", gp_register=[person(nhs(1))], admissions=[admission(nhs(1), "2026-03-01")])
    done = run(pack, index_date=EXTRACTED_ON, key_file=tmp_path / "town.key", score="hfrs", out=tmp_path / "run")
    assert any("people who object" in warning for warning in done.warnings)
    assert any("admissions.secondary_diagnoses" in warning for warning in done.warnings)


def test_numbers_are_never_written_beside_pseudonyms(tmp_path):
    scored(tmp_path)
    asked = {"key_file": tmp_path / "town.key", "purpose": "Monthly review by the practice", "who": "a.gp"}
    with pytest.raises(InputRefused, match="outside"):
        identify(tmp_path / "run", tmp_path / "pack", out=tmp_path / "run" / "who.csv", now=NOW, **asked)


@pytest.mark.parametrize("memory", ["lots", "12 parsecs"])
def test_a_memory_limit_that_is_none_is_refused(tmp_path, memory):
    with pytest.raises(InterfaceError, match="memory limit"):
        scored(tmp_path, memory=memory)
