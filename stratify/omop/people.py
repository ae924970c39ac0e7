"""Persons become the register: birth, sex, registration, death, and an NHS number."""

import pyarrow as pa

from interfaces.codes import EthnicCategory, nhs_number_valid_sql
from interfaces.codes.nhs_number import SYNTHETIC_PREFIX
from interfaces.extracts.casts import literal
from stratify.exceptions import InputRefused
from stratify.omop.numbers import made_up_numbers, numbers_are_stable
from stratify.omop.workspace import Workspace

# OMOP Gender vocabulary: 8507 male, 8532 female, 8521 other, 8570 ambiguous; anything else is not known.
_SEX = "CASE gender_concept_id WHEN 8507 THEN '1' WHEN 8532 THEN '2' WHEN 8521 THEN '9' WHEN 8570 THEN '9' ELSE '0' END"
_ETHNIC_VOCABULARY = "NHS Ethnic Category"

GONE_AFTER_DAYS = 730
"""Observation that ended so long before the extraction counts as having left.

Many conversions end a person's observation with the last record, so a shorter time would take the healthy,
who come seldom, for gone.
"""

_BORN = """
    coalesce(
        TRY_CAST(printf('%04d-%02d-%02d', year_of_birth, coalesce(month_of_birth, 1), coalesce(day_of_birth, 1)) AS DATE),
        TRY_CAST(printf('%04d-%02d-01', year_of_birth, coalesce(month_of_birth, 1)) AS DATE)
    )
"""


def build_people(work: Workspace) -> None:
    """Makes work.people: one row per person taken, with everything the register needs but the practice."""
    work.run(f"""
        CREATE TABLE work.person_once AS
        SELECT person_id, min({_BORN}) AS born, min({_SEX}) AS sex, min(race_concept_id) AS race_concept_id,
               min(coalesce(p.care_site_id, v.care_site_id)) AS care_site_id,
               min(person_source_value) AS own_number, count(*) AS times
        FROM omop.person p LEFT JOIN omop.provider v USING (provider_id)
        WHERE person_id IS NOT NULL GROUP BY person_id
    """)
    work.run("""
        CREATE TABLE work.stay AS
        SELECT person_id, min(observation_period_start_date) AS began, max(observation_period_end_date) AS ended
        FROM omop.observation_period GROUP BY person_id
    """)
    work.run("CREATE TABLE work.dying AS SELECT person_id, min(death_date) AS died FROM omop.death GROUP BY person_id")
    _select_people(work)
    _note_people(work)


def _select_people(work: Workspace) -> None:
    gone = f"{work.last_day} - CAST({GONE_AFTER_DAYS} AS INTEGER)"
    ethnic = ", ".join(literal(category.code) for category in EthnicCategory)
    work.run(f"""
        CREATE TABLE work.people AS
        SELECT person_id, born, sex, care_site_id, own_number,
               CASE WHEN r.concept_code IN ({ethnic}) THEN r.concept_code END AS ethnic_category,
               greatest(born, coalesce(began, born)) AS registered_on,
               CASE WHEN died IS NULL AND ended < {gone} THEN ended END AS deregistered_on,
               CASE WHEN died <= {work.last_day} THEN died END AS date_of_death
        FROM work.person_once
        LEFT JOIN work.stay USING (person_id)
        LEFT JOIN work.dying USING (person_id)
        LEFT JOIN omop.concept r ON r.concept_id = race_concept_id AND r.vocabulary_id = {literal(_ETHNIC_VOCABULARY)}
        WHERE born IS NOT NULL AND greatest(born, coalesce(began, born)) <= {work.last_day}
    """)
    if not work.count("work.people"):
        raise InputRefused(
            "people born and registered before the extraction date", "none", "Check --extracted-on and the source."
        )


def number_people(work: Workspace) -> bool:
    """Gives every person an NHS number in work.numbers; returns whether the numbers are made up.

    Numbers in person_source_value are kept where every person has a valid one of their own.
    """
    valid = nhs_number_valid_sql("own_number", synthetic=True)
    people = work.count("work.people")
    own = work.number(f"SELECT count(DISTINCT own_number) FROM work.people WHERE {valid}")
    if own == people:
        work.run("CREATE TABLE work.numbers AS SELECT person_id, own_number AS nhs_number FROM work.people")
        return False
    ids = [row[0] for row in work.connection.execute("SELECT person_id FROM work.people ORDER BY 1").fetchall()]
    numbers = pa.table({"person_id": pa.array(ids, pa.int64()), "nhs_number": made_up_numbers(ids, work.seed)})
    work.connection.register("made_up", numbers)
    work.run("CREATE TABLE work.numbers AS SELECT * FROM made_up")
    work.connection.unregister("made_up")
    work.notes.assumed.append(_number_note(own, numbers_are_stable(ids)))
    return True


def _number_note(own: int, stable: bool) -> str:
    kept = "stay the same in a later import" if stable else "stay the same only while nobody is added"
    some = f" ({own:,} people had one of their own; it was not used, so that nobody's is mixed with made-up ones)"
    return (
        f"NHS numbers are made up, of the 999 range, and {kept}; the manifest therefore says synthetic, "
        "whether or not the people are" + (some if own else "")
    )


def people_are_synthetic(work: Workspace) -> bool:
    """Whether every number is of the 999 range, which is what the manifest's `synthetic` lets in."""
    return work.count("work.numbers", f"substring(nhs_number, 1, 3) <> '{SYNTHETIC_PREFIX}'") == 0


def build_register(work: Workspace) -> None:
    """Makes pack.gp_register from work.people, work.numbers and work.practice_of."""
    work.run("""
        CREATE TABLE pack.gp_register AS
        SELECT nhs_number, born AS date_of_birth, sex, ethnic_category, practice_code, registered_on, deregistered_on,
               date_of_death
        FROM work.people JOIN work.numbers USING (person_id) JOIN work.practice_of USING (person_id)
    """)
    work.take("gp_register", "person, observation_period, death")


def _note_people(work: Workspace) -> None:
    notes = work.notes
    notes.drop("person", work.number("SELECT sum(times - 1) FROM work.person_once"), "the same person_id again")
    missing = work.count("work.person_once", "born IS NULL")
    notes.drop("person", missing, "no year of birth")
    late = work.count("work.person_once") - missing - work.count("work.people")
    notes.drop("person", late, "born or first observed after the extraction date")
    undated = work.count("omop.person", "month_of_birth IS NULL OR day_of_birth IS NULL")
    if undated:
        notes.assumed.append(f"{undated:,} people without a day or month of birth were born on its first day")
    _note_stays(work)


def _note_stays(work: Workspace) -> None:
    notes = work.notes
    if work.source.has("observation_period"):
        left = work.count("work.people", "deregistered_on IS NOT NULL")
        notes.assumed.append(
            "registration begins with a person's first observation period; who was last observed more than "
            f"{GONE_AFTER_DAYS} days before the extraction has left ({left:,} people)"
        )
    else:
        notes.lacking.append("observation_period: everybody counts as registered from birth and nobody as having left")
    if not work.source.has("death"):
        notes.lacking.append("death: nobody is known to have died; the dead count as people without events or as gone")
    unknown = work.count("work.people", "ethnic_category IS NULL")
    if unknown:
        notes.lacking.append(
            f"ethnic category of {unknown:,} people: OMOP's race does not say which of the NHS categories it would be"
        )
