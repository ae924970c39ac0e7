"""Absolute cut-offs from a reference run, and a run that uses them."""

import shutil

import numpy as np
import pyarrow.parquet as pq
import pytest

from stratify.exceptions import ConfigRefused, InputRefused, OutputRefused
from stratify.pipeline.cutoffs import derive_cutoffs
from stratify.pipeline.run import run
from stratify.settings import default_config
from stratify.tier_scheme import read_cut_offs
from tests.support.made_up_town import INDEX

pytestmark = pytest.mark.slow


@pytest.fixture
def config(tmp_path):
    """The installed configuration, cutting by the table `cutoffs/here.toml`."""
    folder = tmp_path / "config"
    shutil.copytree(default_config(), folder)
    text = (folder / "tiers.toml").read_text(encoding="utf-8")
    text = text.replace('method = "percentile"', 'method = "cut_off"')
    (folder / "tiers.toml").write_text(
        text.replace("cutoffs/demonstration.toml", "cutoffs/here.toml"), encoding="utf-8"
    )
    (folder / "cutoffs").mkdir(exist_ok=True)
    return folder


def test_derive_cutoffs_ends_tiers_at_the_shares_of_the_reference(two_months, tmp_path):
    table = derive_cutoffs(two_months.before, name='The "reference"', out=tmp_path / "table.toml")
    probability = pq.read_table(two_months.before / "scores.parquet")["probability"].to_numpy()
    people = len(probability)
    assert table.people == people
    reached = [int((probability >= cut).sum()) for cut in table.cut_offs.probability]
    assert reached == [int(people * share + 0.5) for share in (0.005, 0.05, 0.2)]
    assert read_cut_offs(tmp_path / "table.toml") == table.cut_offs


def test_a_run_by_cut_off_uses_the_table_and_names_it(two_months, config, tmp_path):
    derive_cutoffs(two_months.before, name="September", out=config / "cutoffs" / "here.toml")
    asked = {"key_file": two_months.town.key, "model_folder": two_months.town.model, "config_folder": config}
    run(two_months.town.pack, index_date=INDEX, out=tmp_path / "run", **asked)
    rows = pq.read_table(tmp_path / "run" / "scores.parquet")
    cuts = read_cut_offs(config / "cutoffs" / "here.toml").probability
    probability = rows["probability"].to_numpy()
    names = np.array(["very_high", "high", "moderate", "none"])
    assert rows["tier"].to_pylist() == names[sum((probability < cut).astype(int) for cut in cuts)].tolist()
    assert set(rows["tier_method"].to_pylist()) == {"cut_off"}
    assert "September" in (tmp_path / "run" / "report.html").read_text(encoding="utf-8")


def test_a_run_by_cut_off_refuses_an_index_and_a_missing_table(two_months, config, tmp_path):
    asked = {"key_file": two_months.town.key, "config_folder": config}
    with pytest.raises(ConfigRefused, match=r"here\.toml"):
        run(two_months.town.pack, index_date=INDEX, out=tmp_path / "run", score="hfrs", **asked)
    derive_cutoffs(two_months.before, name="September", out=config / "cutoffs" / "here.toml")
    with pytest.raises(ConfigRefused, match="points and no probability"):
        run(two_months.town.pack, index_date=INDEX, out=tmp_path / "run", score="hfrs", **asked)


def test_derive_cutoffs_refuses_an_index_run_and_an_existing_file(two_months, tmp_path):
    run(two_months.town.pack, index_date=INDEX, out=tmp_path / "run", score="hfrs", key_file=two_months.town.key)
    with pytest.raises(InputRefused, match="no probabilities"):
        derive_cutoffs(tmp_path / "run", name="x", out=tmp_path / "table.toml")
    (tmp_path / "table.toml").touch()
    with pytest.raises(OutputRefused, match="it exists"):
        derive_cutoffs(two_months.before, name="x", out=tmp_path / "table.toml")
