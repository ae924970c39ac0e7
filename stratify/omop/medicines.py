"""Drug exposures become prescriptions, by ingredient: OMOP names ingredients (RxNorm), the NHS BNF codes.

`config/feeds/omop_bnf.csv` joins the two for common medicines. Its codes are chemical substances of the NHS
Business Services Authority's BNF classification; where a substance is not prescribed in England, or its code
could not be confirmed, it is the branch above, which a count of different medicines takes as one. The route
is not looked at: of an ingredient that is mostly taken by mouth, a cream counts as the tablet.
"""

import csv
from pathlib import Path

import pyarrow as pa

from stratify.omop.workspace import Workspace

_BNF = Path("feeds") / "omop_bnf.csv"
_NO_INGREDIENT = ("inert ingredients",)  # RxNorm's name for the placebo tablets of a pack

_INGREDIENTS = """
    CREATE TABLE work.drug_ingredients AS
    WITH drugs AS (SELECT DISTINCT drug_concept_id AS drug FROM omop.drug_exposure WHERE drug_concept_id <> 0),
    pairs AS (
        SELECT drug, drug AS ingredient FROM drugs
        UNION SELECT drug, ancestor_concept_id FROM drugs JOIN omop.concept_ancestor ON descendant_concept_id = drug
        UNION SELECT drug, ingredient_concept_id FROM drugs JOIN omop.drug_strength ON drug_concept_id = drug
    )
    SELECT drug, lower(concept_name) AS ingredient FROM pairs JOIN omop.concept ON concept_id = ingredient
    WHERE concept_class_id = 'Ingredient' AND vocabulary_id IN ('RxNorm', 'RxNorm Extension')
    GROUP BY drug, lower(concept_name) ORDER BY drug, ingredient
"""


def build_medicines(work: Workspace) -> None:
    """Makes pack.gp_prescriptions: one row per exposure whose ingredients the BNF table knows."""
    work.run(_INGREDIENTS)
    _map_to_bnf(work)
    work.run(f"""
        CREATE TABLE pack.gp_prescriptions AS
        SELECT nhs_number, bnf_code, drug_exposure_start_date AS issued_on
        FROM omop.drug_exposure JOIN work.numbers USING (person_id) JOIN work.bnf ON drug = drug_concept_id
        WHERE drug_exposure_start_date <= {work.last_day}
    """)
    _note_medicines(work, work.take("gp_prescriptions", "drug_exposure, by ingredient"))


def bnf_code_of(ingredients: tuple[str, ...], table: dict[str, str]) -> str | None:
    """The BNF code of a medicine with those ingredients; None where the table does not know the very same set.

    >>> bnf_code_of(("clavulanate", "amoxicillin"), {"amoxicillin + clavulanate": "0501013K0"})
    '0501013K0'
    """
    active = sorted(name for name in ingredients if name not in _NO_INGREDIENT)
    return table.get(" + ".join(active))


def _map_to_bnf(work: Workspace) -> None:
    table = _read_table(work.config)
    drugs: dict[int, list[str]] = {}
    for drug, ingredient in work.connection.execute("SELECT * FROM work.drug_ingredients").fetchall():
        drugs.setdefault(drug, []).append(ingredient)
    codes = {drug: bnf_code_of(tuple(names), table) for drug, names in sorted(drugs.items())}
    known = {drug: code for drug, code in codes.items() if code is not None}
    arrow = pa.table(
        {"drug": pa.array(list(known), pa.int64()), "bnf_code": pa.array(list(known.values()), pa.string())}
    )
    work.connection.register("bnf_map", arrow)
    work.run("CREATE TABLE work.bnf AS SELECT * FROM bnf_map")
    work.connection.unregister("bnf_map")


def _read_table(config: Path) -> dict[str, str]:
    with (config / _BNF).open(encoding="utf-8", newline="") as file:
        return {row["ingredients"]: row["bnf_code"] for row in csv.DictReader(file)}


def _note_medicines(work: Workspace, taken: int) -> None:
    notes = work.notes
    late = work.count("omop.drug_exposure", f"drug_exposure_start_date > {work.last_day}")
    notes.drop("drug_exposure", late, "dated after the extraction date")
    left = work.count("omop.drug_exposure") - late - taken
    notes.drop(
        "drug_exposure",
        left,
        "vaccines, and medicines whose ingredients the BNF table (config/feeds/omop_bnf.csv) does not name",
    )
    if taken:
        notes.assumed.append(
            "each drug exposure is one prescription on the day it starts, wherever it was given; repeats are not counted again"
        )
    else:
        notes.lacking.append("medicines: no drug exposure has an ingredient that the BNF table names")
