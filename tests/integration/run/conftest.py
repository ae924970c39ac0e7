"""A town scored for two months, once for all tests of this folder."""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from stratify.pipeline.run import run
from tests.support.made_up_town import BEFORE, INDEX, Town, make_town
from tests.support.once_in_a_run import made_once_in_a_run


@dataclass(frozen=True)
class TwoMonths:
    """The town and its two runs, the second compared with the first."""

    town: Town
    before: Path
    after: Path


@pytest.fixture(scope="session")
def two_months(tmp_path_factory, worker_id) -> TwoMonths:
    """With a key of this process: beside it is written what was identified with it."""
    made = made_once_in_a_run(tmp_path_factory, worker_id, "two-months-made", make_two_months)
    keys = tmp_path_factory.mktemp("two-months") / "keys"
    shutil.copytree(made.town.key.parent, keys)
    return replace(made, town=replace(made.town, key=keys / made.town.key.name))


def make_two_months(folder: Path) -> TwoMonths:
    town = make_town(folder)
    asked = {"key_file": town.key, "model_folder": town.model}
    run(town.pack, index_date=BEFORE, out=folder / "september", **asked)
    run(town.pack, index_date=INDEX, out=folder / "october", previous=folder / "september", **asked)
    return TwoMonths(town, folder / "september", folder / "october")
