"""Mapping files: those that are installed, and those that cannot be."""

from pathlib import Path

import pytest

from interfaces.exceptions import PackError
from interfaces.extracts.contract import TABLES
from interfaces.extracts.mapping import FeedMapping, default_folder, read_mapping, read_mappings

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
        read_mapping(tmp_path, "mine")


@pytest.mark.parametrize("name", ["sus", "../feeds", "/etc/passwd"])
def test_unknown_mapping_names_those_that_are_known(name: str) -> None:
    with pytest.raises(PackError, match="only cld, csds, ecds, gpes, mhsds, opa, sus_apc"):
        read_mapping(default_folder(), name)


def test_folder_of_mappings_must_exist(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="folder of mapping files"):
        read_mappings(tmp_path / "none")
