"""A tiny OMOP database, drawn as tables: eight made-up people whose every row is there for a reason."""

import csv
import sqlite3
from datetime import date
from pathlib import Path

TABLES: dict[str, str] = {
    "cdm_source": """
        cdm_source_name | cdm_version
        Tiny            | v5.4
    """,
    # 1 and 2 at the first site, 3 through a provider at the second, 4 to 8 at none.
    "person": """
        person_id | gender_concept_id | year_of_birth | month_of_birth | day_of_birth | race_concept_id | provider_id | care_site_id | person_source_value
        1         | 8507              | 1940          | 5              | 17           | 700             |             | 10           | a
        2         | 8532              | 1985          | 2              | 30           | 0               |             | 10           | b
        3         | 8532              | 1990          |                |              | 0               | 90          |              | c
        4         | 8521              | 2001          | 1              | 1            | 0               |             |              | d
        5         | 0                 | 1970          | 1              | 1            | 0               |             |              | e
        6         | 8507              |               | 1              | 1            | 0               |             |              | no year of birth
        7         | 8507              | 2024          | 6              | 1            | 0               |             |              | born after the extraction
        5         | 0                 | 1970          | 1              | 1            | 0               |             |              | e
    """,
    "provider": """
        provider_id | care_site_id
        90          | 20
    """,
    "care_site": """
        care_site_id | care_site_name | care_site_source_value
        10           | Hill Street    | F84012
        20           | Dock Road      | F84099
    """,
    # 4 was last seen long ago, 5 has none.
    "observation_period": """
        observation_period_id | person_id | observation_period_start_date | observation_period_end_date
        1                     | 1         | 2010-01-01                    | 2015-01-01
        2                     | 1         | 2015-06-01                    | 2023-11-30
        3                     | 2         | 2012-03-04                    | 2023-12-31
        4                     | 3         | 1989-01-01                    | 2023-12-31
        5                     | 4         | 2005-01-01                    | 2020-06-30
    """,
    "death": """
        person_id | death_date
        1         | 2023-12-01
        2         | 2031-01-01
    """,
    # 101 goes to hospital through the emergency room the day before, 105 on its own record,
    # 106 by the concept alone, 107 is planned and ends the same day, 108 is a birth.
    "visit_occurrence": """
        visit_occurrence_id | person_id | visit_concept_id | visit_start_date | visit_end_date | care_site_id | admitting_source_concept_id | preceding_visit_occurrence_id
        100                 | 1         | 9203             | 2023-03-01       | 2023-03-01     |              | 0                           |
        101                 | 1         | 9201             | 2023-03-02       | 2023-03-09     | 20           | 0                           |
        102                 | 1         | 9202             | 2023-04-01       | 2023-04-01     |              | 0                           |
        103                 | 1         | 581477           | 2023-04-02       | 2023-04-02     |              | 0                           |
        105                 | 2         | 9201             | 2023-05-01       | 2023-04-20     |              | 8870                        |
        106                 | 2         | 262              | 2023-06-01       | 2023-06-03     |              | 0                           |
        107                 | 3         | 9201             | 2023-07-01       | 2023-07-01     |              | 0                           |
        108                 | 3         | 777              | 2023-08-01       | 2023-08-02     |              | 0                           |
        109                 | 3         | 9203             | 2023-09-01       | 2023-09-01     |              | 0                           |
        110                 | 4         | 9201             | 2024-09-01       | 2024-09-01     |              | 0                           |
        111                 | 99        | 9201             | 2023-09-01       | 2023-09-01     |              | 0                           |
        112                 | 4         | 9201             | 2019-01-05       | 2024-02-01     |              | 0                           | 100
    """,
    "condition_occurrence": """
        condition_occurrence_id | person_id | condition_concept_id | condition_start_date | visit_occurrence_id | condition_status_concept_id | condition_source_concept_id
        1                       | 1         | 500                  | 2023-03-02           | 101                 | 0                           | 0
        2                       | 1         | 501                  | 2023-03-03           | 101                 | 32902                       | 0
        3                       | 1         | 502                  | 2023-03-03           | 101                 | 0                           | 0
        4                       | 1         | 500                  | 2023-03-04           | 101                 | 0                           | 0
        5                       | 2         | 0                    | 2023-06-02           |                     | 0                           | 602
        6                       | 3         | 503                  | 2023-08-01           | 108                 | 0                           | 0
        7                       | 1         | 504                  | 2020-02-02           | 0                   | 0                           | 0
    """,
    "measurement": """
        measurement_id | person_id | measurement_concept_id | measurement_date | value_as_number | unit_concept_id | unit_source_value
        1              | 1         | 510                    | 2022-01-01       | 31.5            | 520             | ignored
        2              | 1         | 511                    | 2022-01-02       | 139             | 0               | mm Hg
        3              | 1         | 512                    | 2022-01-03       | 7               | 0               |
        4              | 1         | 510                    | 2024-05-01       | 30              | 520             |
    """,
    "observation": """
        observation_id | person_id | observation_concept_id | observation_date | value_as_number | unit_concept_id | unit_source_value
        1              | 2         | 504                    | 2021-06-06       |                 | 0               |
    """,
    "drug_exposure": """
        drug_exposure_id | person_id | drug_concept_id | drug_exposure_start_date
        1                | 1         | 530             | 2022-02-01
        2                | 1         | 531             | 2022-02-02
        3                | 1         | 532             | 2022-02-03
        4                | 2         | 533             | 2022-02-04
        5                | 2         | 534             | 2022-02-05
    """,
    "concept": """
        concept_id | concept_name          | vocabulary_id       | concept_class_id | concept_code
        700        | White British         | NHS Ethnic Category |                  | A
        500        | Pneumonia             | SNOMED              |                  | 233604007
        501        | Heart failure         | SNOMED              |                  | 84114007
        502        | Never mapped          | SNOMED              |                  | 74400008
        503        | Normal birth          | SNOMED              |                  | 48782003
        504        | A code with a slip    | SNOMED              |                  | 84114008
        510        | Body mass index       | LOINC               |                  | 39156-5
        511        | Systolic              | SNOMED              |                  | 271649006
        512        | Something else        | LOINC               |                  | 99999-9
        520        | kilogram per m2       | UCUM                |                  | kg/m2
        530        | Aspirin 75 MG         | RxNorm              | Clinical Drug    | 1
        531        | Co-amoxiclav          | RxNorm              | Clinical Drug    | 2
        532        | Influenza vaccine     | CVX                 | CVX              | 3
        533        | Aspirin with a secret | RxNorm              | Clinical Drug    | 4
        534        | Albuterol             | RxNorm              | Ingredient       | 5
        540        | Aspirin               | RxNorm              | Ingredient       | 6
        541        | Amoxicillin           | RxNorm              | Ingredient       | 7
        542        | Clavulanate           | RxNorm              | Ingredient       | 8
        543        | Secret                | RxNorm              | Ingredient       | 9
        600        | Pneumonia             | ICD10               |                  | J18.9
        601        | Heart failure         | ICD10CM             |                  | I50.9
        602        | Fractured neck        | ICD10CM             |                  | S72.001A
        603        | Spontaneous birth     | ICD10               |                  | O80
        604        | Pneumonia longer      | ICD10CM             |                  | J12
    """,
    "concept_relationship": """
        concept_id_1 | concept_id_2 | relationship_id
        500          | 600          | Mapped from
        500          | 604          | Mapped from
        601          | 501          | Maps to
        603          | 503          | Maps to
        502          | 600          | Is a
    """,
    # 777 descends from the inpatient visit.
    "concept_ancestor": """
        ancestor_concept_id | descendant_concept_id
        9201                | 777
        9201                | 262
        9203                | 262
        540                 | 530
        541                 | 531
        540                 | 533
        543                 | 533
    """,
    "drug_strength": """
        drug_concept_id | ingredient_concept_id
        531             | 542
    """,
}


def drawn(table: str) -> list[list[str]]:
    """The rows of a drawn table, its header first."""
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


def write_omop_folder(folder: Path, changed: dict[str, str | None] | None = None) -> Path:
    """The database as CSV files; `changed` replaces a drawn table or, with None, leaves it out."""
    folder.mkdir()
    for name, table in (TABLES | (changed or {})).items():
        if table is not None:
            with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows(drawn(table))
    return folder


def write_omop_sqlite(path: Path) -> Path:
    """The same in SQLite, with dates as seconds since 1970 as R's DatabaseConnector stores them."""
    with sqlite3.connect(path) as database:
        for name, table in TABLES.items():
            header, *rows = drawn(table)
            database.execute(f"CREATE TABLE {name.upper()} ({', '.join(column.upper() for column in header)})")
            places = ", ".join("?" * len(header))
            values = [[_sqlite_value(*pair) for pair in zip(header, row, strict=True)] for row in rows]
            database.executemany(f"INSERT INTO {name} VALUES ({places})", values)
    database.close()
    return path


def _sqlite_value(column: str, text: str) -> object:
    if text == "":
        return None
    if column.endswith("_date"):
        return float((date.fromisoformat(text) - date(1970, 1, 1)).days * 86_400)
    return int(text) if text.isdigit() and column.endswith(("_id", "_birth")) else text
