"""The manifest that is written is the manifest that is read."""

from datetime import date
from pathlib import Path

import pytest

from interfaces.exceptions import PackError
from interfaces.extracts.manifest import Manifest, read_manifest
from interfaces.extracts.manifest_writing import write_manifest
from tests.support.packs import ORIGIN, a_pack, admission, nhs, write_table


def _write(folder: Path) -> Manifest:
    return write_manifest(
        folder, pack_id="p", place="Place", synthetic=True, extracted_on=date(2026, 10, 1), origins=ORIGIN
    )


@pytest.mark.parametrize("storage", ["csv", "parquet", "parts"])
def test_manifest_comes_back_as_it_was_written(tmp_path: Path, storage: str) -> None:
    folder = a_pack(
        tmp_path / "pack", storage=storage, admissions=[admission(nhs(1), f"2026-09-0{day}") for day in (1, 2, 3)]
    )
    written = _write(folder)
    assert read_manifest(folder) == written
    assert written.tables["admissions"].rows == 3
    assert written.tables["admissions"].origin == ORIGIN
    assert list(written.tables) == ["practices", "gp_register", "admissions"]


def test_manifest_is_the_same_bytes_every_time(tmp_path: Path) -> None:
    folder = a_pack(tmp_path / "pack", storage="parts")
    _write(folder)
    first = (folder / "manifest.json").read_bytes()
    _write(folder)
    assert (folder / "manifest.json").read_bytes() == first


def test_markers_beside_parts_do_not_count(tmp_path: Path) -> None:
    folder = a_pack(tmp_path / "pack", storage="parts")
    before = _write(folder).tables["admissions"]
    (folder / "admissions" / "_SUCCESS").write_text("")
    (folder / "admissions" / "_temporary.parquet").write_text("")
    (folder / "admissions" / ".part-0.parquet.crc").write_text("")
    assert _write(folder).tables["admissions"] == before


def test_table_that_cannot_be_read_has_no_manifest(tmp_path: Path) -> None:
    folder = a_pack(tmp_path / "pack")
    (folder / "admissions.csv").write_text("", encoding="utf-8")
    with pytest.raises(PackError, match=r"admissions\.csv"):
        _write(folder)
    write_table(folder, "admissions", [admission(nhs(1), "2026-09-01")])
    with (folder / "admissions.csv").open("a", encoding="utf-8") as stream:
        stream.write("only,two\n")
    with pytest.raises(PackError, match=r"admissions\.csv to be complete"):
        _write(folder)
