"""Mapping files: those that are installed, and those that cannot be."""

from dataclasses import replace
from pathlib import Path

import pytest

from interfaces.exceptions import PackError
from interfaces.extracts.casts import literal
from interfaces.extracts.contract import TABLES
from interfaces.extracts.engine import connect
from interfaces.extracts.mapping import FeedMapping, default_folder, read_mapping, read_mappings
from interfaces.extracts.pack import open_pack
from interfaces.extracts.transforms import CELL_TRANSFORMS
from tests.support.packs import ORIGIN, a_pack, nhs, person, seal

INSTALLED = read_mappings(default_folder())


def test_every_national_source_has_a_mapping() -> None:
    assert [mapping.name for mapping in INSTALLED] == ["cld", "csds", "ecds", "gpes", "mhsds", "opa", "sus_apc"]


@pytest.mark.parametrize("mapping", INSTALLED, ids=lambda mapping: mapping.name)
def test_mapping_cites_its_source_and_leads_to_every_required_column(mapping: FeedMapping) -> None:
    assert len(mapping.source) > 40
    for table in mapping.tables.values():
        required = {column.name for column in TABLES[table.table].columns if column.required}
        assert required <= set(table.columns)
        assert table.files


@pytest.mark.parametrize("mapping", INSTALLED, ids=lambda mapping: mapping.name)
def test_mapping_gives_only_values_of_the_contract(mapping: FeedMapping) -> None:
    for table in mapping.tables.values():
        for name, told in table.columns.items():
            allowed = TABLES[table.table].column(name).values
            given = {*told.values.values(), *told.contains.values(), told.other, told.default, told.constant}
            assert not allowed or given - {None, ""} <= set(allowed), (table.table, name)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("[tables.admissions.columns]\nspell_id = 'A'\n", "name its source"),
        ("source = 's'\n", "name its source"),
        ("source = 's'\n[tables.spells.columns]\na = 'A'\n", "tables of the contract"),
        ("source = 's'\n[tables.admissions.columns]\nward = 'A'\n", "a column of the contract"),
        (
            "source = 's'\n[tables.admissions.columns]\nspell_id = {from = 'A', constant = 'B'}\n",
            "`from` or `constant`",
        ),
        ("source = 's'\n[tables.admissions.columns]\nspell_id = {from = 'A', to = 'B'}\n", "`from` or `constant`"),
        ("source = 's'\n[tables.admissions.columns]\nspell_id = {from = 'A', transform = 'rot13'}\n", "to use one of"),
        (
            "source = 's'\n[tables.admissions]\none_per = ['x']\n[tables.admissions.columns]\nspell_id = 'A'\n",
            "one_per",
        ),
        ("source = \n", "valid TOML"),
    ],
)
def test_mapping_that_cannot_be_is_refused(tmp_path: Path, text: str, match: str) -> None:
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    with pytest.raises(PackError, match=match):
        read_mapping("mine", tmp_path)


@pytest.mark.parametrize("name", ["sus", "../feeds", "/etc/passwd"])
def test_unknown_mapping_names_those_that_are_known(name: str) -> None:
    with pytest.raises(PackError, match="only cld, csds, ecds, gpes, mhsds, opa, sus_apc"):
        read_mapping(name, default_folder())


def test_folder_of_mappings_must_exist(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="folder of mapping files"):
        read_mappings(tmp_path / "none")


def own_feeds(folder: Path) -> Path:
    """A folder of mapping files with one of a hospital's own."""
    folder.mkdir()
    (folder / "hospital.toml").write_text(
        "source = 's'\n[tables.admissions]\nfiles = ['export']\n[tables.admissions.columns]\n"
        "spell_id = 'Spell'\nnhs_number = 'NHS No'\nprovider_code = 'Trust'\nadmission_method = 'How'\n"
        "admitted_on = { from = 'In', transform = 'named_month' }\n"
        "discharged_on = { from = 'Out', transform = 'packed_date' }\n"
        "primary_diagnosis = 'Why'\n",
        encoding="utf-8",
    )
    return folder


def hospital_pack(folder: Path, header: str = "Spell,NHS No,Trust,How,In,Out,Why") -> Path:
    """A pack whose admissions are a hospital's own export, under its own name, with a manifest that says so."""
    a_pack(folder, gp_register=[person(nhs(1))])
    (folder / "admissions.csv").unlink()
    row = f"S1,{nhs(1)},RQ1,21,14-Sep-2026,20260916,I10"
    (folder / "export.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")
    named = dict.fromkeys(("practices", "gp_register"), ORIGIN)
    return seal(folder, origins={**named, "admissions": replace(ORIGIN, mapping="hospital", file="export.csv")})


def test_a_mapping_of_the_places_configuration_serves_every_command(tmp_path: Path) -> None:
    folder, feeds = hospital_pack(tmp_path / "pack"), own_feeds(tmp_path / "feeds")
    with pytest.raises(PackError, match="only cld, csds"):
        open_pack(folder)
    pack = open_pack(folder, configured=feeds)
    assert (pack.faults, pack.tables["admissions"].mapping) == ((), "hospital")


def test_a_folder_that_is_tried_adds_to_the_mappings_there_are(tmp_path: Path) -> None:
    folder, feeds = hospital_pack(tmp_path / "pack"), own_feeds(tmp_path / "feeds")
    (folder / "ECDS.csv").write_text(f"EC_Ident,NHS_Number,Arrival_Date\n7,{nhs(1)},14/09/2026\n", encoding="utf-8")
    named = {"admissions": replace(ORIGIN, mapping="hospital", file="export.csv")}
    seal(folder, origins={**named, "ed_attendances": replace(ORIGIN, mapping="ecds", file="ECDS.csv")})
    assert open_pack(folder, mapping=feeds).faults == ()


def test_a_column_that_a_mapping_does_not_find_is_put_right_in_the_mapping(tmp_path: Path) -> None:
    folder = hospital_pack(tmp_path / "pack", "Spell,NHS No,Trust,Method,In,Out,Why")
    (fault,) = open_pack(folder, mapping=own_feeds(tmp_path / "feeds")).faults
    assert (fault.rule, fault.column, fault.expected) == ("missing_column", "admission_method", "a column called how")
    assert fault.todo == "Name the column that holds it in hospital.toml, or export the table again with that column."


@pytest.mark.parametrize(
    ("transform", "said", "read"),
    [
        ("named_month", "14-Sep-2026", "2026-09-14"),
        ("named_month", "4-SEP-2026 10:31:00", "2026-09-04"),
        ("named_month", "04 September 2026", "2026-09-04"),
        ("named_month", "31-Feb-2026", None),
        ("named_month", "14-Sep-26", None),
        ("packed_date", "20260914", "2026-09-14"),
        ("packed_date", "20260914103100", "2026-09-14"),
        ("packed_date", "20261314", None),
        ("packed_date", "14092026", None),
    ],
)
def test_a_date_in_a_form_the_mapping_names_is_read_and_no_other_guessed(transform: str, said: str, read: str) -> None:
    with connect() as connection:
        became = connection.execute(f"SELECT {CELL_TRANSFORMS[transform](literal(said))}").fetchone()
    assert became == (read or said,)
