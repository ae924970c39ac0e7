"""Everything written to the zone is searched, as stored and decoded, for everything that names anybody in the pack."""

import itertools
import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from interfaces.extracts.contract import TABLES, Kind
from interfaces.extracts.pack import open_pack
from stratify.engine import connect
from stratify.pseudonyms import Key
from stratify.zone import Zone, ZoneOptions, build_zone
from tests.support.built_zones import INDEX, KEY, RULES, a_zone, built, people, selected
from tests.support.packs import a_pack, admission, attendance, care_event, gp_code, nhs, person, prescription

NAMES = ("Quackenbush", "Zebediah", "Featherstonehaugh", "Perpetua")
POSTCODES = ("E14 9XQ", "SW99 7ZZ")
FREE_TEXT = "rang Zebediah Quackenbush of 17 Gasometer Row, E14 9XQ, on 9990000018"


def on(days_before: int) -> str:
    return (INDEX - timedelta(days=days_before)).isoformat()


def births(n: int) -> str:
    return (date(1931, 3, 17) + timedelta(days=611 * n)).isoformat()


def planted() -> dict[str, Any]:
    """A pack with identifiers in every column that may hold one and free text in every column that might."""
    numbers = [nhs(n) for n in range(1, 41)]
    register = [person(number, births(n), lsoa_code="E01004123") for n, number in enumerate(numbers)]
    names = list(itertools.islice(itertools.cycle(NAMES), 41))
    named = [
        {
            "family_name": names[n],
            "given_name": names[n + 1],
            "date_of_birth": births(n),
            "sex": "2",
            "postcode": POSTCODES[n % 2],
        }
        for n in range(40)
    ]
    return {
        "gp_register": [*register, person("9990000019"), person(nhs(50), deregistered_on=on(900))],
        "demographics": [
            {"nhs_number": number, **name, "address_line": "17 Gasometer Row", "phone": "020 7946 0991"}
            for number, name in zip(numbers, named, strict=True)
        ],
        "social_care_people": [
            {
                "la_code": "211",
                "la_person_id": f"LAP-{n:05d}",
                "client_group": "carer",
                **name,
                "nhs_number": numbers[n],
            }
            for n, name in enumerate(named)
        ],
        "social_care_events": [
            care_event(
                f"SCE-{n:05d}", f"LAP-{n:05d}", on(60), outcome=FREE_TEXT, nhs_number=nhs(n + 1) if n % 2 else None
            )
            for n in range(40)
        ],
        "admissions": [
            admission(
                number,
                on(50),
                spell_id=f"SPELL-{number}",
                primary_diagnosis="Quackenbush",
                secondary_diagnoses=f"I10;{number};Zebediah",
                treatment_function=FREE_TEXT,
                discharge_destination="E14 9XQ",
            )
            for number in numbers
        ],
        "ed_attendances": [
            attendance(number, on(40), attendance_id=f"ATT-{number}", acuity=FREE_TEXT, chief_complaint=FREE_TEXT)
            for number in numbers
        ],
        "gp_codes": [
            gp_code(number, code, on(30), numeric_value=7.5, unit="Perpetua")
            for number in numbers
            for code in ("44054006", number)
        ],
        "gp_prescriptions": [
            prescription(number, code, on(20))
            for number in numbers
            for code in ("0206010", "Quackenbush", "E149XQ", number)
        ],
        "mental_health_contacts": [{"nhs_number": n, "contact_on": on(30), "team": "Perpetua's own"} for n in numbers],
        "outpatients": [{"nhs_number": n, "appointment_on": on(30), "treatment_function": n[:9]} for n in numbers],
        "objections": [{"nhs_number": numbers[5], "kind": "type_1", "from_date": on(9)}],
    }


def identifiers(tables: dict[str, Any]) -> set[str]:
    """Every value of an identifying column, with the forms in which it might be written."""
    found: set[str] = set()
    for table, rows in tables.items():
        for column in TABLES[table].columns:
            if column.identifying:
                for row in rows:
                    found |= written(column.kind, str(row.get(column.name) or ""))
    return found | set(NAMES) | set(POSTCODES) | {"E01004123", "Gasometer"}


def written(kind: Kind, value: str) -> set[str]:
    if len(value) < 3:
        return set()
    if kind is Kind.NHS_NUMBER:
        return {value, f"{value[:3]} {value[3:6]} {value[6:]}", f"{value[:3]}-{value[3:6]}-{value[6:]}"}
    if kind is Kind.DATE:
        day = date.fromisoformat(value)
        # The month of birth is stored as its first day, so births on the first of a month cannot be told from it.
        return {value, f"{day:%d/%m/%Y}", f"{day:%Y%m%d}"} if day.day > 1 else set()
    return {value, value.replace(" ", "")}


def decoded(path: Path) -> str:
    """Everything a file says, as text: rows and metadata of Parquet, with days also as dates."""
    if path.suffix != ".parquet":
        return path.read_text(encoding="utf-8")
    file = pq.ParquetFile(path)
    cells = {str(value) for column in file.read().columns for value in column.to_pylist() if value is not None}
    return "\n".join([*sorted(cells), str(file.schema), str(file.metadata), str(file.metadata.metadata)])


def leaks(folder: Path, needles: set[str]) -> list[tuple[str, str]]:
    any_of = re.compile("|".join(re.escape(needle) for needle in sorted(needles)), re.IGNORECASE)
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            raw = path.read_bytes().decode("latin-1")
            found += [(path.name, match.group()) for text in (raw, decoded(path)) for match in any_of.finditer(text)]
    return found


@pytest.fixture(scope="module")
def zone(tmp_path_factory: pytest.TempPathFactory) -> Zone:
    folder = tmp_path_factory.mktemp("planted")
    earlier = INDEX - timedelta(days=365)
    return a_zone(folder, index_dates=[INDEX, earlier], options=ZoneOptions(chunk_size=7), **planted())


def test_no_file_of_the_zone_holds_an_identifier(zone: Zone) -> None:
    needles = identifiers(planted())
    assert {nhs(1), "999 000 0018", "SPELL-9990000018", "LAP-00001", "SCE-00001", "17 Gasometer Row"} <= needles
    assert births(1) in needles
    assert leaks(zone.folder, needles) == []


def test_every_kind_of_file_was_searched_and_holds_something(zone: Zone) -> None:
    assert {path.suffix for path in zone.folder.iterdir()} == {".parquet", ".json"}
    assert set(zone.tables) == set(planted()) - {"gp_register", "demographics", "social_care_people", "objections"}
    assert all(rows > 0 for rows in zone.rows.values())
    assert zone.report["reject_lines"] > 0


def test_search_finds_each_kind_of_identifier_where_it_is_planted(tmp_path: Path) -> None:
    """The search itself: put into a Parquet file or a text one, an identifier is found."""
    needles = identifiers(planted())
    with connect(threads=1) as connection:
        for n, needle in enumerate(sorted(needles)):
            assert leaks_of_text(tmp_path / f"{n}.json", needle, needles)
        path = tmp_path / "parquet" / "a.parquet"
        path.parent.mkdir()
        connection.execute(f"COPY (SELECT 9990000018 AS number, DATE '{births(1)}' AS day) TO '{path}'")
    assert {found for _, found in leaks(path.parent, needles)} == {"9990000018", births(1)}


def leaks_of_text(path: Path, text: str, needles: set[str]) -> list[tuple[str, str]]:
    path.write_text(json.dumps({"said": text}), encoding="utf-8")
    found = leaks(path.parent, needles)
    path.unlink()
    return found


def test_months_of_birth_are_first_days(zone: Zone) -> None:
    assert {month.day for (month,) in people(zone, "birth_month")} == {1}


def test_no_column_counts_days_from_a_birth(zone: Zone) -> None:
    """Age is in whole years: no column of the population tells a birthday."""
    columns = {name for name, *_ in selected(f"DESCRIBE SELECT * FROM {zone.population_table(INDEX).sql}")}
    assert columns == {
        "pid",
        "status",
        "age_years",
        "short_history",
        "registered_days",
        "residence",
        "lives_alone",
        "partnership_status",
        "has_carer",
    }


def test_objectors_events_are_not_in_the_zone(zone: Zone) -> None:
    objecting = f"SELECT pid FROM {zone.population_table(INDEX).sql} WHERE status = 'objection_type_1'"
    assert len(selected(objecting)) == 1
    for table in zone.tables:
        assert selected(f"SELECT * FROM '{zone.event_path(table)}' WHERE pid IN ({objecting})") == []


def test_connection_forgets_everybody_after_the_build(tmp_path: Path) -> None:
    pack = open_pack(a_pack(tmp_path / "pack", **planted()))
    with connect() as connection:
        build_zone(pack, KEY, tmp_path / "zone", index_dates=[INDEX], rules=RULES, connection=connection)
        assert connection.execute("SELECT table_name FROM duckdb_tables()").fetchall() == []
        assert connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall() == []


def test_key_is_not_in_the_zone(zone: Zone) -> None:
    assert leaks(zone.folder, {KEY.secret.hex(), KEY.secret.decode("latin-1")}) == []
    assert zone.key_id == KEY.id


def test_another_key_gives_nobody_the_same_name_or_number(tmp_path: Path) -> None:
    pack = a_pack(tmp_path / "pack", gp_register=[person(nhs(n)) for n in range(1, 30)])
    ours = dict(people(built(pack, tmp_path / "ours"), "pseudonym, pid"))
    with connect() as connection:
        theirs = build_zone(
            open_pack(pack),
            Key("other", b"another key of thirty-two bytes."),
            tmp_path / "theirs",
            index_dates=[INDEX],
            rules=RULES,
            connection=connection,
        )
    assert not set(ours) & {name for (name,) in people(theirs, "pseudonym")}
