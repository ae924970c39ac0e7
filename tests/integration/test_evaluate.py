"""A run judged by a later pack, on people few enough to count by hand."""

import hashlib
import json
import shutil
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from interfaces.extracts.pack import open_pack
from stratify.estimators.logistic_formula import LogisticFormula
from stratify.evaluation.summary import evaluation_lines
from stratify.exceptions import InputRefused, KeyRefused, OutputRefused
from stratify.pipeline.evaluate import EvaluateOptions, evaluate, held_out_practices
from stratify.pipeline.run import run
from stratify.pseudonyms import make_key
from tests.support.packs import a_pack, admission, nhs, person, practice

INDEX = date(2025, 10, 1)
LATER = date(2026, 12, 1)
PEOPLE = 120
# Person n (from 1): every third was admitted in the year after, and also two years before if a multiple of 6.
ADMITTED = [n for n in range(1, PEOPLE + 1) if n % 3 == 0]
LEFT, DIED, OBJECTED, LEFT_AFTER_ADMISSION = 1, 2, 4, 9


def _practice(number: int) -> str:
    return "F84001" if number <= PEOPLE // 2 else "F84002"


def _register(*, later: bool) -> list[dict]:
    rows = []
    for number in range(1, PEOPLE + 1):
        more = {"practice_code": _practice(number)}
        if later and number in (LEFT, LEFT_AFTER_ADMISSION):
            more["deregistered_on"] = "2026-05-01"
        if later and number == DIED:
            more["date_of_death"] = "2026-03-01"
        rows.append(person(nhs(number), f"{1930 + number % 60}-06-15", **more))
    return rows


def _admissions(until: date) -> list[dict]:
    rows = [admission(nhs(n), "2024-11-10", primary_diagnosis="F009") for n in ADMITTED if n % 6 == 0]
    rows += [admission(nhs(n), f"2025-{month:02}-05") for n, month in ((5, 8), (7, 9), (6, 9))]
    rows += [admission(nhs(n), f"2026-0{1 + n % 3}-12", cost_gbp=1000) for n in ADMITTED]
    # Somebody well is admitted after the year is over, and the feed goes on.
    rows += [admission(nhs(10), f"2026-{month}-20") for month in ("10", "11")]
    return [row for row in rows if date.fromisoformat(row["admitted_on"]) < until]


def _pack(folder: Path, extracted_on: date, *, later: bool, **more) -> Path:
    objections = [{"nhs_number": nhs(OBJECTED), "kind": "type_1", "from_date": "2026-01-05"}] if later else []
    tables = {"objections": objections} if objections else {}
    return a_pack(
        folder,
        extracted_on=extracted_on,
        gp_register=_register(later=later),
        practices=[practice("F84001"), practice("F84002", network="Network 2")],
        admissions=_admissions(extracted_on),
        **tables,
        **more,
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A finished run by a published index, the later pack and the key."""
    folder = tmp_path_factory.mktemp("place")
    make_key(folder / "key")
    pack = _pack(folder / "pack", INDEX, later=False)
    _pack(folder / "later", LATER, later=True)
    run(pack, index_date=INDEX, key_file=folder / "key", out=folder / "run", score="hfrs")
    return folder


def _evaluate(place: Path, **options) -> dict:
    # A feed of so few rows looks as if it stopped.
    chosen = EvaluateOptions(allow_gap=["admissions"], **options)
    return evaluate(place / "run", place / "later", key_file=place / "key", options=chosen)


@pytest.fixture(scope="module")
def found(place):
    return _evaluate(place)


def test_everyone_scored_is_followed_up_or_has_a_reason(found):
    joined = found["run"]["joined"]
    assert joined == {
        "scored_in_run": PEOPLE,
        "not_in_outcomes_pack": 0,
        "objection_type_1": 1,
        "followed": PEOPLE - 1,
    }


def test_who_left_is_censored_only_without_an_admission(found):
    assert found["main"]["people"]["censored_left_out"] == 1
    assert found["main"]["people"]["events"] == len(ADMITTED)
    assert found["main"]["people"]["evaluated"] == PEOPLE - 2


def test_death_counts_as_an_event_in_the_other_convention_only(found):
    both = found["main"]["deaths"]
    assert both["death_is_an_event"]["events"] == both["death_is_no_event"]["events"] + 1 == len(ADMITTED) + 1


def test_admission_after_the_year_is_none_of_it(found):
    top = found["main"]["concentration"]["by_cut"][-1]
    assert sum(row["admissions"] for row in found["main"]["concentration"]["by_tier"]) == len(ADMITTED)
    assert top["cost_share"] == pytest.approx(top["admissions_share"])


def test_rivals_know_only_what_was_known_at_the_index_date(found):
    rivals = {row["name"]: row for row in found["main"]["rivals"]}
    assert set(rivals) >= {"score", "charlson", "hfrs", "age", "last_year_admissions"}
    # The run's own score is this index, so the one worked out again from the later pack must agree with it.
    assert rivals["hfrs"]["auroc"] == rivals["score"]["auroc"]
    assert rivals["hfrs"]["auroc_lead"]["value"] == 0


def test_index_score_needs_no_held_out_practices(found):
    assert found["everyone"] is None
    assert found["warnings"] == []


def test_main_figures_are_of_practices_the_model_never_saw(place, tmp_path):
    shutil.copytree(place / "run", tmp_path / "run")
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text())
    manifest["score"]["held_out_practices"] = ["F84002"]
    (tmp_path / "run" / "manifest.json").write_text(json.dumps(manifest))
    gap = ["admissions"]
    found = evaluate(tmp_path / "run", place / "later", key_file=place / "key", options=EvaluateOptions(allow_gap=gap))
    assert found["held_out"] == {"practices": 1, "codes": ["F84002"]}
    assert found["main"]["people"]["scored"] == PEOPLE // 2
    assert found["everyone"]["people"]["scored"] == PEOPLE - 1
    everyone = evaluate(
        tmp_path / "run",
        place / "later",
        key_file=place / "key",
        options=EvaluateOptions(held_out_only=False, allow_gap=gap),
    )
    assert everyone["everyone"] is None
    assert everyone["main"] == found["everyone"]


def test_logistic_regression_of_the_model_is_a_rival_of_later_evaluations(place, tmp_path):
    """A formula that is minus age ranks as the other way round of age does, by hand."""
    shutil.copytree(place / "run", tmp_path / "run")
    one = np.ones(1)
    formula = LogisticFormula(("age_years",), 0 * one, np.array([], np.int64), 0 * one, one, -one, 0.5)
    content = json.dumps(formula.to_json()).encode()
    (tmp_path / "run" / "logistic.json").write_bytes(content)
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text())
    manifest["outputs"]["logistic.json"] = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    (tmp_path / "run" / "manifest.json").write_text(json.dumps(manifest))

    found = evaluate(
        tmp_path / "run", place / "later", key_file=place / "key", options=EvaluateOptions(allow_gap=["admissions"])
    )

    rivals = {row["name"]: row["auroc"]["value"] for row in found["main"]["rivals"]}
    assert rivals["logistic"] == pytest.approx(1 - rivals["age"], abs=1e-12)
    assert list(rivals)[:2] == ["score", "logistic"]


def test_run_without_a_model_names_no_held_out_practices():
    assert held_out_practices({}) == []
    assert held_out_practices({"score": {"kind": "hfrs"}}) == []


def test_same_evaluation_gives_the_same_files_and_no_identifier(place, tmp_path):
    for name in ("a", "b"):
        _evaluate(place, seed=3, json_path=tmp_path / f"{name}.json", html_path=tmp_path / f"{name}.html")
    for kind in ("json", "html"):
        text = (tmp_path / f"a.{kind}").read_text(encoding="utf-8")
        assert text == (tmp_path / f"b.{kind}").read_text(encoding="utf-8")
        assert not [n for n in range(1, PEOPLE + 1) if nhs(n) in text]


def test_another_key_is_refused(place, tmp_path):
    make_key(tmp_path / "other")
    with pytest.raises(KeyRefused, match="with which the run was made"):
        evaluate(place / "run", place / "later", key_file=tmp_path / "other")


def test_pack_from_before_the_year_is_over_is_refused(place, tmp_path):
    early = _pack(tmp_path / "early", date(2026, 9, 30), later=True)
    with pytest.raises(InputRefused, match="when the year from 2025-10-01 is over"):
        evaluate(place / "run", early, key_file=place / "key")


def test_pack_whose_last_admissions_may_be_missing_is_refused_unless_told(place, tmp_path):
    hasty = _pack(tmp_path / "hasty", date(2026, 10, 2), later=True)
    options = EvaluateOptions(allow_gap=["admissions"])
    with pytest.raises(InputRefused, match="had time to arrive"):
        evaluate(place / "run", hasty, key_file=place / "key", options=options)
    told = EvaluateOptions(allow_gap=["admissions"], allow_incomplete=True)
    found = evaluate(place / "run", hasty, key_file=place / "key", options=told)
    assert "may be understated" in found["warnings"][0]


def test_changed_score_file_is_refused(place, tmp_path):
    shutil.copytree(place / "run", tmp_path / "run")
    with (tmp_path / "run" / "scores.parquet").open("ab") as stream:
        stream.write(b"x")
    with pytest.raises(InputRefused, match=r"scores\.parquet"):
        evaluate(tmp_path / "run", place / "later", key_file=place / "key")


def test_place_to_write_that_is_not_there_is_refused(place, tmp_path):
    with pytest.raises(OutputRefused):
        _evaluate(place, json_path=tmp_path / "nowhere" / "a.json")


def test_test_packs_are_of_one_place(place):
    assert open_pack(place / "pack").manifest.place == open_pack(place / "later").manifest.place


def _truth(folder: Path, index_date: date, people: int = PEOPLE) -> Path:
    folder.mkdir()
    numbers = range(1, people + 1)
    columns = {
        "nhs_number": [nhs(n) for n in numbers],
        "index_date": pa.array([index_date] * people, pa.date32()),
        "true_risk": [0.6 if n in ADMITTED else 0.1 for n in numbers],
    }
    pq.write_table(pa.table(columns), folder / "risk.parquet")
    return folder


def test_true_risk_of_made_up_people_is_what_a_score_is_measured_by(place, tmp_path):
    oracle = _evaluate(place, truth=_truth(tmp_path / "truth", INDEX))["oracle"]
    assert oracle["auroc_of_truth"]["value"] == 1
    assert oracle["auroc_share"] == oracle["auroc"]["value"] < 1
    assert oracle["calibration"] is None  # an index is no probability


def test_truth_of_another_day_or_other_people_is_refused(place, tmp_path):
    with pytest.raises(InputRefused, match="true risks at 2025-10-01"):
        _evaluate(place, truth=_truth(tmp_path / "later", LATER))
    with pytest.raises(InputRefused, match="none for 2 of them"):
        _evaluate(place, truth=_truth(tmp_path / "fewer", INDEX, PEOPLE - 2))
    with pytest.raises(InputRefused, match=r"no risk\.parquet"):
        _evaluate(place, truth=tmp_path)


def test_lines_for_a_terminal_carry_the_figures_looked_for_first(place, tmp_path, found):
    text = "\n".join(evaluation_lines(found))
    assert f"Testborough, index date 2025-10-01: {PEOPLE - 1} of {PEOPLE} people joined with their outcome" in text
    assert "1 left the register before it was known" in text
    assert "Top 0.5 %: 1 people, positive predictive value" in text
    assert "Charlson index 0." in text
    oracle = _evaluate(place, truth=_truth(tmp_path / "truth", INDEX))
    assert "Against the true risks: AUROC" in "\n".join(evaluation_lines(oracle))


def test_too_little_memory_is_said(place):
    def run_out(stage, done=0, total=0):
        if stage == "Reading the register":
            raise duckdb.OutOfMemoryException("a statement that may quote a value")

    with pytest.raises(InputRefused, match="enough memory to read the pack. Found a limit of 1GB"):
        evaluate(
            place / "run",
            place / "later",
            key_file=place / "key",
            options=EvaluateOptions(allow_gap=["admissions"], memory="1GB"),
            progress=run_out,
        )
