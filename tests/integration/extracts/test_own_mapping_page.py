"""The page on mapping a feed, followed to the letter: its export, its mapping file and its manifest work as they stand."""

import json
import re
import textwrap
from dataclasses import replace
from pathlib import Path
from typing import Any

from interfaces.extracts.mapping import COLUMN_KEYS, default_folder, read_mapping
from interfaces.extracts.transforms import CELL_TRANSFORMS, ROW_TRANSFORMS
from tests.support.checking import check, lenient
from tests.support.packs import ORIGIN, a_pack, nhs, person, seal

PAGE = (Path(__file__).parents[3] / "docs" / "how-to" / "map-a-feed.md").read_text(encoding="utf-8")


def blocks(kind: str) -> list[str]:
    """The page's examples of that kind, in order."""
    found = re.findall(rf"^( *)```{kind}\n(.*?)^ *```$", PAGE, re.MULTILINE | re.DOTALL)
    return [textwrap.dedent(text) for _, text in found]


def origin_of(example: str) -> dict[str, Any]:
    entry: dict[str, Any] = json.loads("{" + example + "}")["tables"]["admissions"]
    return entry


def test_the_steps_of_the_page_lead_to_a_pack_that_can_be_used(tmp_path: Path) -> None:
    folder, feeds = a_pack(tmp_path / "pack", gp_register=[person(nhs(1))]), tmp_path / "my-feeds"
    (folder / "admissions.csv").unlink()
    (folder / "APC_export.csv").write_text(blocks("csv")[0], encoding="utf-8")
    assert not check(seal(folder), rules=lenient()).usable
    feeds.mkdir()
    (feeds / "hospital.toml").write_text(blocks("toml")[0], encoding="utf-8")
    tried = check(seal(folder), rules=lenient(), mapping=feeds)
    assert (tried.usable, tried.rejects, tried.table("admissions").rows) == (True, (), 1)

    told = origin_of(blocks("json")[1])
    named = dict.fromkeys(("practices", "gp_register"), ORIGIN)
    seal(folder, origins={**named, "admissions": replace(ORIGIN, **told)})
    assert check(folder, rules=lenient(), mapping=feeds).table("admissions").mapping == "hospital"


def test_the_first_example_is_of_a_mapping_there_is() -> None:
    told = origin_of(blocks("json")[0])
    assert told.keys() == {"mapping", "file", "rows", "sha256"}
    assert Path(told["file"]).stem in read_mapping(told["mapping"], default_folder()).tables["admissions"].files


def test_the_page_lists_everything_a_mapping_may_say() -> None:
    assert {key for key in COLUMN_KEYS if f"| `{key} = " not in PAGE} == set()
    transforms = PAGE.split("| transform | reads |")[1]
    assert set(re.findall(r"`([a-z]+_[a-z_]+|filled)`", transforms.split("\n\n")[0])) == {
        *CELL_TRANSFORMS,
        *ROW_TRANSFORMS,
    }
