"""The words that may pass into the zone cover what the rest of the product knows."""

import tomllib
from pathlib import Path

import pytest

from interfaces.extracts.contract import EVENT_TABLES, TABLES
from stratify.exceptions import ConfigRefused
from stratify.settings import default_config
from stratify.synthetic.council import OUTCOMES
from stratify.synthetic.gp_codes import UNITS
from stratify.synthetic.visits import MENTAL_TEAMS
from stratify.zone.event_tables import event_tables, read_vocabulary


def passing(name: str) -> set[str]:
    return {word.lower() for word in read_vocabulary(default_config())[name]}


def test_every_unit_a_measurement_is_known_in_passes() -> None:
    measurements = tomllib.loads((default_config() / "features.toml").read_text(encoding="utf-8"))["measurement"]
    scales = [scale for measurement in measurements.values() for scale in measurement["scale"]]
    units = {unit for scale in scales for unit in scale["units"]}
    assert len(units) > 5
    assert {unit.lower() for unit in units} <= passing("unit")


def test_every_word_of_the_made_up_borough_passes() -> None:
    assert {unit.lower() for unit in UNITS} <= passing("unit")
    assert {team.lower() for team in MENTAL_TEAMS} <= passing("mental_health_team")
    assert {outcome.lower() for outcome in OUTCOMES} <= passing("social_care_outcome")


def test_event_tables_are_those_of_the_contract_in_its_order() -> None:
    tables = event_tables(read_vocabulary(default_config()))
    assert tuple(table.name for table in tables) == EVENT_TABLES
    assert all(table.event_date == TABLES[table.name].event_date for table in tables)


def test_no_identifying_column_of_the_contract_is_read_into_an_event() -> None:
    for table in event_tables(read_vocabulary(default_config())):
        identifying = {column.name for column in TABLES[table.name].columns if column.identifying} - {"nhs_number"}
        assert not identifying & {column.name for column in table.columns}
        assert not any(name in column.expression for name in identifying for column in table.columns)


def test_missing_list_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "zone.toml").write_text('[vocabulary]\nunit = ["%"]\nmental_health_team = []\n')
    with pytest.raises(ConfigRefused, match="mental_health_team, social_care_outcome"):
        read_vocabulary(tmp_path)
