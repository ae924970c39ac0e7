"""A town scored for two months, once for all tests of this folder."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from stratify.pipeline.run import run
from tests.support.made_up_town import BEFORE, INDEX, Town, make_town


@dataclass(frozen=True)
class TwoMonths:
    """The town and its two runs, the second compared with the first."""

    town: Town
    before: Path
    after: Path


@pytest.fixture(scope="session")
def two_months(tmp_path_factory) -> TwoMonths:
    folder = tmp_path_factory.mktemp("two-months")
    town = make_town(folder)
    asked = {"key_file": town.key, "model_folder": town.model}
    run(town.pack, index_date=BEFORE, out=folder / "september", **asked)
    run(town.pack, index_date=INDEX, out=folder / "october", previous=folder / "september", **asked)
    return TwoMonths(town, folder / "september", folder / "october")
