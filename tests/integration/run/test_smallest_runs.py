"""Runs of hardly anybody: a practice of three people with two feeds, and one where nobody may be scored."""

import pyarrow.parquet as pq
import pytest

from interfaces.scores import check_scores
from stratify.pipeline.run import run
from stratify.pseudonyms import make_key
from tests.support.packs import EXTRACTED_ON, a_pack, admission, nhs, person

pytestmark = pytest.mark.slow


def scored(tmp_path, kind="hfrs", **tables):
    make_key(tmp_path / "town.key")
    pack = a_pack(tmp_path / "pack", **tables)
    done = run(pack, index_date=EXTRACTED_ON, key_file=tmp_path / "town.key", score=kind, out=tmp_path / "run")
    check_scores(tmp_path / "run" / "scores.parquet")
    return done


def test_run_of_three_people_and_admissions_only(tmp_path):
    three = [person(nhs(1)), person(nhs(2), "1940-01-31"), person(nhs(3), "2020-02-29")]
    stays = [
        admission(nhs(2), "2026-03-01", primary_diagnosis="F051"),
        admission(nhs(2), "2026-08-01", primary_diagnosis="W19"),
    ]
    done = scored(tmp_path, gp_register=three, admissions=stays)
    assert done.scored == 3
    assert any("Not in the pack" in warning for warning in done.warnings)
    first = pq.read_table(tmp_path / "run" / "scores.parquet").to_pylist()[0]
    assert (first["raw_score"], first["age_band"], first["cohorts"]) == (6.4, "85+", ["over_75"])
    # 20 % of three people is nearest to one person: the moderate tier, with both conditions as reasons.
    assert (first["tier"], len(first["reasons"])) == ("moderate", 2)
    assert not first["not_known_to_services"]  # without the feeds nobody can be called unknown


def test_run_where_everybody_objects_is_a_run_of_nobody(tmp_path):
    objections = [{"nhs_number": nhs(1), "kind": "risk_stratification", "from_date": "2020-01-01"}]
    done = scored(tmp_path, gp_register=[person(nhs(1))], objections=objections)
    assert (done.scored, done.flow) == (0, {"scored": 0, "objection_risk_stratification": 1})
    refused = pq.read_table(tmp_path / "run" / "refused.parquet").to_pylist()
    assert [row["status"] for row in refused] == ["objection_risk_stratification"]
    assert (tmp_path / "run" / "lists" / "F84001.csv").is_file()
