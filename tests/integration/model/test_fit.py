"""A model fitted from a made-up place, from the pack to the folder."""

import json
import shutil
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pytest

from interfaces.exceptions import PackRefused
from interfaces.extracts.contract import TABLES
from interfaces.extracts.manifest import Origin
from interfaces.extracts.manifest_writing import write_manifest
from stratify.artefact import load_model
from stratify.exceptions import FitRefused, InputRefused, OutputRefused
from stratify.pipeline.fit import FitOptions, fit
from stratify.pseudonyms import make_key
from stratify.settings import default_config
from stratify.synthetic.borough import make_borough
from tests.support.once_in_a_run import once_in_a_run

pytestmark = pytest.mark.slow

INDEX = date(2026, 10, 1)
LAG_DAYS = 45
FILES = ("card.md", "checksums.sha256", "evaluation.json", "logistic.json", "manifest.json", "model.txt")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder with a pack of 4,000 people, a key, a quick plan of two candidates, and the model they give."""
    return once_in_a_run(tmp_path_factory, worker_id, "fitted", make_place)


def make_place(folder: Path) -> None:
    make_borough(folder / "town", people=4000, index_date=INDEX, seed=11)
    (folder / "keys").mkdir()
    make_key(folder / "keys" / "key", random=lambda size: b"\x07" * size)
    shutil.copytree(default_config(), folder / "config")
    quick = (default_config() / "model.toml").read_text(encoding="utf-8").split("[[candidates]]")
    plan = "[[candidates]]".join([quick[0].replace("fewest_events = 20", "fewest_events = 5"), quick[2], quick[4]])
    (folder / "config" / "model.toml").write_text(plan, encoding="utf-8")
    told: list[str] = []
    fitted(folder, folder / "models" / "emergency_admission_12m" / "first", told=told)
    (folder / "stages").write_text("\n".join(told), encoding="utf-8")


def fitted(
    place: Path, model: Path, *, pack: Path | None = None, told: list[str] | None = None, **options: object
) -> Path:
    """The model of the place's pack, or of another; `told` is told the stages."""
    stages = [] if told is None else told
    fit(
        pack or place / "town" / "pack",
        index_date=INDEX,
        key_file=place / "keys" / "key",
        model_folder=model,
        options=FitOptions(config=place / "config", **options),
        progress=lambda stage, done=0, total=0: stages.append(stage),
    )
    return model


@pytest.fixture(scope="module")
def model(place: Path) -> Path:
    return place / "models" / "emergency_admission_12m" / "first"


def content(model: Path) -> dict[str, bytes]:
    return {name: (model / name).read_bytes() for name in FILES}


def altered(place: Path, folder: Path, **changes: str) -> Path:
    """A copy of the pack with some tables read through another SELECT (`{t}` stands for the table)."""
    pack = place / "town" / "pack"
    shutil.copytree(pack, folder)
    for table, query in changes.items():
        source = f"read_parquet('{pack / table}.parquet')"
        duckdb.sql(query.format(t=source)).write_parquet(str(folder / f"{table}.parquet"))
    told = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))
    origin = Origin("made up", "made up", "made up", "none", date(2099, 1, 1))
    write_manifest(
        folder,
        pack_id=told["pack_id"],
        place=told["place"],
        synthetic=True,
        extracted_on=date.fromisoformat(told["extracted_on"]),
        origins=origin,
    )
    return folder


def test_fit_leaves_a_model_that_loads_and_is_marked_for_demonstration(model: Path) -> None:
    found = load_model(model)

    assert found.demonstration
    assert "not for care" in (model / "card.md").read_text(encoding="utf-8")
    assert found.outcome == "emergency_admission_12m"
    assert len(found.version) == 12
    assert set(found.tables) <= set(TABLES)


def test_manifest_accounts_for_everybody(model: Path) -> None:
    training = load_model(model).manifest["training"]
    for counted in training["people"]:
        parts = [counted[part] for part in ("train", "validation", "test")]
        assert sum(part["scored"] for part in parts) == counted["scored"]
        assert sum(part["events"] for part in parts) == counted["events"]


def test_no_file_of_a_model_names_a_person(place: Path, model: Path) -> None:
    register = duckdb.sql(f"SELECT nhs_number FROM read_parquet('{place}/town/pack/gp_register.parquet')").fetchall()
    text = b"".join(content(model).values())
    assert not any(number.encode() in text for (number,) in register)


def test_judging_practices_are_named_and_taught_nothing(model: Path) -> None:
    found = load_model(model)
    practices = found.manifest["training"]["practices"]
    assert found.held_out_practices == practices["test"]
    assert found.held_out_practices
    assert not set(practices["test"]) & set(practices["train"] + practices["validation"])


def test_evaluation_has_the_model_and_its_rivals(model: Path) -> None:
    rivals = load_model(model).manifest["metrics"]["rivals"]
    assert list(rivals) == ["score", "logistic", "charlson", "hfrs", "efi", "age", "last_year_admissions"]
    assert rivals["score"] > 0.6


def test_two_threads_give_the_same_bytes_as_one(place: Path, model: Path, tmp_path: Path) -> None:
    assert content(fitted(place, tmp_path / "again", threads=2)) == content(model)


def test_shuffled_pack_gives_the_same_trees(place: Path, model: Path, tmp_path: Path) -> None:
    tables = ("admissions", "gp_register", "gp_codes", "gp_prescriptions", "practices")
    shuffled = dict.fromkeys(tables, "SELECT * FROM {t} AS row ORDER BY hash(row)")
    again = fitted(place, tmp_path / "again", pack=altered(place, tmp_path / "pack", **shuffled))
    assert (again / "model.txt").read_bytes() == (model / "model.txt").read_bytes()


def test_nothing_after_the_last_outcome_window_reaches_the_model(place: Path, model: Path, tmp_path: Path) -> None:
    """What happened in the lag before the index date, or later, can be removed and the trees stay the same."""
    closed = (INDEX - timedelta(days=LAG_DAYS)).isoformat()
    dated = {"admissions": "admitted_on", "ed_attendances": "arrived_on", "gp_codes": "recorded_on"}
    earlier = {table: f"SELECT * FROM {{t}} WHERE {day} < DATE '{closed}'" for table, day in dated.items()}
    again = fitted(place, tmp_path / "again", pack=altered(place, tmp_path / "pack", **earlier))
    assert (again / "model.txt").read_bytes() == (model / "model.txt").read_bytes()


def test_outcome_written_back_into_the_record_stops_the_fit_by_name(place: Path, tmp_path: Path) -> None:
    """Planted leak: everybody admitted in an emergency gets a fall code dated, and available, months before."""
    admissions = f"read_parquet('{place}/town/pack/admissions.parquet')"
    emergency = f"SELECT * FROM {admissions} WHERE admission_method IN ('21', '22', '23', '24', '25', '28', '2A', '2B')"
    leaked = (
        "SELECT * FROM {t} UNION ALL SELECT nhs_number, '161898004', CAST(admitted_on - to_days(n) AS DATE), NULL, NULL,"
        f" CAST(admitted_on - to_days(n) AS DATE) FROM ({emergency}), range(20, 380, 15) AS days(n)"
    )
    with pytest.raises(FitRefused, match=r"AUROC above 0\.95.* for falls"):
        fitted(place, tmp_path / "model", pack=altered(place, tmp_path / "pack", gp_codes=leaked))
    assert not (tmp_path / "model").exists()


def test_short_history_is_refused_with_the_day_it_must_reach_back_to(place: Path, tmp_path: Path) -> None:
    recent = "SELECT * FROM {t} WHERE admitted_on >= DATE '2022-10-01'"
    with pytest.raises(FitRefused, match="admissions from 2021-08"):
        fitted(place, tmp_path / "model", pack=altered(place, tmp_path / "pack", admissions=recent))


def test_history_for_one_snapshot_only_is_enough_and_a_given_version_and_mark_are_kept(
    place: Path, tmp_path: Path
) -> None:
    recent = "SELECT * FROM {t} WHERE admitted_on >= DATE '2021-08-10'"
    pack = altered(place, tmp_path / "pack", admissions=recent)
    found = load_model(fitted(place, tmp_path / "model", pack=pack, version="2026.10", demonstration=False))

    assert len(found.manifest["training"]["booster_snapshots"]) == 1
    assert (found.version, found.demonstration) == ("2026.10", False)


def test_model_fitted_without_a_table_is_another_model(place: Path, model: Path, tmp_path: Path) -> None:
    pack = altered(place, tmp_path / "pack")
    (pack / "gp_codes.parquet").unlink()
    told = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))
    del told["tables"]["gp_codes"]
    (pack / "manifest.json").write_text(json.dumps(told), encoding="utf-8")

    found = load_model(fitted(place, tmp_path / "model", pack=pack))
    assert "gp_codes" not in found.tables
    assert set(found.names) < set(load_model(model).names)


def test_too_few_admissions_are_refused(place: Path, tmp_path: Path) -> None:
    fewer = "SELECT * FROM {t} WHERE admission_method NOT LIKE '2%' OR hash(spell_id) % 40 = 0"
    with pytest.raises(FitRefused, match="with and without an emergency admission"):
        fitted(place, tmp_path / "model", pack=altered(place, tmp_path / "pack", admissions=fewer))


def test_unusable_pack_is_refused(place: Path, tmp_path: Path) -> None:
    pack = altered(place, tmp_path / "pack")
    (pack / "admissions.parquet").write_bytes(b"nothing")
    with pytest.raises(PackRefused, match="check-pack"):
        fitted(place, tmp_path / "model", pack=pack)


def test_model_folder_that_exists_is_refused_before_the_work(place: Path, tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    with pytest.raises(OutputRefused, match="never replaced"):
        fitted(place, tmp_path / "model", pack=tmp_path / "no pack is even looked for")


def test_model_folder_that_cannot_be_made_is_refused_before_the_work(place: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    with pytest.raises(OutputRefused, match="can be written"):
        fitted(place, tmp_path / "file" / "model", pack=tmp_path / "no pack is even looked for")


def test_progress_tells_the_stages_in_order(place: Path) -> None:
    told = (place / "stages").read_text(encoding="utf-8").splitlines()
    stages = [stage for stage in dict.fromkeys(told) if not stage.startswith("Checking")]
    assert stages[-5:] == ["Looking for leaks", "Choosing settings", "Growing the trees", "Calibrating", "Evaluating"]


def test_scores_of_a_loaded_model_are_probabilities(model: Path) -> None:
    found = load_model(model)
    probability = found.probabilities(np.linspace(-6, 2, 100))
    assert np.all((probability > 0) & (probability < 1) & (np.diff(probability, prepend=0) > 0))


def test_too_little_memory_is_said_and_leaves_no_model(place: Path, tmp_path: Path) -> None:
    def run_out(stage: str, done: int = 0, total: int = 0) -> None:
        if stage == "Reading the register":
            raise duckdb.OutOfMemoryException("a statement that may quote a value")

    with pytest.raises(InputRefused, match="enough memory to read the pack. Found a limit of 1GB") as refused:
        fit(
            place / "town" / "pack",
            index_date=INDEX,
            key_file=place / "keys" / "key",
            model_folder=tmp_path / "model",
            options=FitOptions(config=place / "config", memory="1GB"),
            progress=run_out,
        )
    assert "quote" not in str(refused.value)
    assert list(tmp_path.iterdir()) == []
