"""What the peers are told: the product's own features, code lists, lags and model, written down once as JSON.

    python benchmarks/peer_definitions.py PACK MODEL DATE OUT.json

The peers import nothing of the product, so that they pay for no module of it, and they measure the same features:
names, windows, labels and conditions come from the catalogue. For DuckDB every feature of a relation becomes one
`aggregate FILTER (WHERE …)` of one `GROUP BY pid`: the way a wide feature table is usually written.
"""

import json
import re
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from interfaces.codes import admission_kind_sql, nhs_number_valid_sql
from interfaces.extracts.contract import EVENT_TABLES, TABLES
from interfaces.extracts.feeds import read_rules
from interfaces.extracts.pack import open_pack
from stratify.artefact import load_model
from stratify.days import day_number
from stratify.features.catalogue import features_named, sensitive_groups
from stratify.features.codelists import load_codelist
from stratify.features.definition import Aggregate, Feature
from stratify.features.measurement_units import MEASURED
from stratify.features.moment import Moment
from stratify.features.reference import (
    ADMISSION_DIAGNOSES,
    CONDITIONS,
    FRAILTY_DEFICITS,
    MEDICINE_CODE_LENGTH,
    RECORDED,
    reference_tables,
)
from stratify.features.stages import STAGES
from stratify.reasons.book import read_reasons
from stratify.settings import default_config
from stratify.tier_scheme import TIERS, read_scheme

_DAY = "CAST({} - DATE '1970-01-01' AS INTEGER)"
_COLUMNS = {
    "gp_codes": ("CAST(snomed_code AS BIGINT) AS snomed", "numeric_value AS value", "unit"),
    "gp_prescriptions": ("bnf_code",),
    "gp_appointments": ("mode", "attended"),
    "admissions": (
        f"{admission_kind_sql('admission_method', 'patient_classification')} AS kind",
        f"{_DAY.format('discharged_on')} AS discharged_day",
        "primary_diagnosis",
        "secondary_diagnoses",
        "discharge_destination",
    ),
    "ed_attendances": ("department_type", "acuity", "admitted"),
    "outpatients": ("first_attendance", "attended"),
    "community_contacts": ("team",),
    "mental_health_contacts": ("inpatient",),
    "social_care_events": (
        "event_type",
        "service_type",
        f"{_DAY.format('ended_on')} AS ended_day",
        "CAST(round(hours_per_week * 10) AS INTEGER) AS hours_tenths",
    ),
}
_SOUND = {
    "admissions": "discharged_on IS NULL OR discharged_on >= admitted_on",
    "social_care_events": "ended_on IS NULL OR ended_on >= started_on",
}
"""Rows that contradict themselves are set aside by the product; an analyst leaves them out as well."""


def write_definitions(pack_folder: Path, model_folder: Path, index_date: date) -> dict[str, Any]:
    """Everything a peer needs to score a pack at an index date with a model."""
    config = default_config()
    pack, model = open_pack(pack_folder), load_model(model_folder)
    rules = read_rules(config / "feeds.toml")
    features = features_named(model.names, [name for name in EVENT_TABLES if name in pack.tables])
    reasons = read_reasons(config, frozenset(), sensitive_groups(config))
    moment = Moment(index_date)
    scheme = read_scheme(config)
    return {
        "index_date": index_date.isoformat(),
        "t": day_number(index_date),
        "extracted_on": pack.manifest.extracted_on.isoformat(),
        "death_grace_days": rules.death_grace_days,
        "lag_days": {table: rules.feed(table).lag_days for table in EVENT_TABLES},
        "event_date": {table: TABLES[table].event_date for table in EVENT_TABLES},
        "season": [float(moment.fill("{month_sin}")), float(moment.fill("{month_cos}"))],
        "excluded": ["type_1", "risk_stratification"],
        "columns": _COLUMNS,
        "sound": _SOUND,
        "valid_number": nhs_number_valid_sql("r.nhs_number", synthetic=True),
        "features": [_feature(feature) for feature in features],
        "queries": _queries(features, moment),
        "references": {table.name: table.sql for table in reference_tables(config)},
        "codes": _codes(config),
        "model": {
            "text": str((model_folder / "model.txt").resolve()),
            "calibration": model.manifest["calibration"],
            "groups": model.groups,
            "names_of_groups": {code: group.name for code, group in reasons.groups.items()},
            "sensitive": sorted(reasons.sensitive | sensitive_groups(config)),
            "shown": reasons.shown,
            "version": model.version,
        },
        "tiers": TIERS,
        "shares": [float(share) for share in scheme.shares],
    }


def _feature(feature: Feature) -> dict[str, Any]:
    """One feature for the pandas peer: `where` as an expression of DataFrame.query."""
    measure, labels = feature.measure, feature.relation.labels
    return {
        "name": feature.name,
        "relation": feature.relation.name,
        "label": labels.index(feature.label) if labels else None,
        "aggregate": str(measure.aggregate),
        "within": measure.within,
        "column": measure.column,
        "where": _as_query(measure.where),
        "scale": measure.scale,
        "empty": None if measure.empty != measure.empty else measure.empty,
    }


def _as_query(where: str) -> str:
    """A SQL condition of the catalogue as pandas writes it."""
    found = re.sub(r"(\w+) BETWEEN (\d+) AND (\d+)", r"\2 <= \1 <= \3", where)
    found = re.sub(r" IN \(([^)]*)\)", r" in [\1]", found)
    found = re.sub(r"(?<![<>=!]) = ", " == ", found)
    return found.replace(" AND ", " and ")


def _codes(config: Path) -> dict[str, Any]:
    """The code lists as rows, for merges in pandas."""
    lists = {"recorded": RECORDED, "measured": MEASURED, "diagnosis": ADMISSION_DIAGNOSES}
    found: dict[str, Any] = {
        name: [[code, number] for number, wanted in enumerate(names) for code in load_codelist(config, wanted).codes]
        for name, names in lists.items()
    }
    charlson, hfrs = load_codelist(config, "charlson").rows, load_codelist(config, "hfrs").rows
    found["charlson"] = [[row["code"], row["condition"], int(row["weight"])] for row in charlson]
    found["hfrs"] = [[row["code"], round(float(row["points"]) * 10)] for row in hfrs]
    tables = {table.name: table for table in reference_tables(config)}
    found["medicine"] = [_code_and_list(row) for row in tables["ref_medicine"].rows]
    found["unit"] = [_literals(row) for row in tables["ref_unit"].rows]
    found["recorded_names"], found["medicine_length"] = RECORDED, MEDICINE_CODE_LENGTH
    found["conditions"], found["deficits"] = len(CONDITIONS), len(FRAILTY_DEFICITS)
    return found


def _code_and_list(row: str) -> list[Any]:
    code, number = row.strip("()").split(", ")
    return [code.strip("'"), int(number)]


def _literals(row: str) -> list[Any]:
    number, unit, *rest = row.strip("()").split(", ")
    return [int(number), unit.strip("'"), *map(float, rest)]


# --- DuckDB -----------------------------------------------------------------------------------------------------


def _queries(features: Sequence[Feature], moment: Moment) -> dict[str, Any]:
    """The SQL of the DuckDB peer: temporary tables first, then one wide SELECT per relation, then the last join."""
    relations = dict.fromkeys(feature.relation.name for feature in features)
    members = {name: [f for f in features if f.relation.name == name] for name in relations}
    wide = {name: _wide(mine, moment) for name, mine in members.items() if name not in _INSIDE}
    stages = {stage.name: stage.sql for stage in STAGES}
    prepared = [
        f"CREATE TEMP TABLE {name} AS {moment.fill(stages[name])}"
        for name in ("chunk_medicines", "chunk_diagnoses", "chunk_hfrs", "chunk_charlson_found", "chunk_charlson")
    ]
    return {"prepared": prepared, "wide": wide, "last": _last(features, list(wide))}


# Relations whose columns fall out of the one pass over the coded records.
_INSIDE = ("multimorbidity", "social_situation", "efi_score")

_ROWS = {
    "recorded_codes": (
        "SELECT pid, {t} - day AS ago, list AS label FROM chunk_gp_codes JOIN ref_recorded ON snomed = code WHERE {usable}"
    ),
    "medicines_by_section": (
        f"SELECT pid, {{t}} - day AS ago, list AS label FROM chunk_gp_prescriptions"
        f" JOIN ref_medicine ON substr(bnf_code, 1, {MEDICINE_CODE_LENGTH}) = code"
        " WHERE {usable} AND day >= {t} - 365"
    ),
}
"""The rows themselves, where the product first brings them to one row per person and label."""

_AGGREGATES = {
    ("recorded_codes", "first_ago"): ("max(ago)", ""),
    ("recorded_codes", "last_ago"): ("min(ago)", ""),
    ("recorded_codes", "records_365d"): ("count(*)", "ago <= 365"),
    ("medicines_by_section", "issues"): ("count(*)", ""),
    ("medicines_by_section", "last_ago"): ("min(ago)", ""),
    ("measurements", "hundredths"): ("max(hundredths)", ""),
    ("measurements", "ago"): ("max(ago)", ""),
}
_CALLS = {
    Aggregate.COUNT: "count(*)",
    Aggregate.SUM: "sum({column})",
    Aggregate.LATEST: "min(ago)",
    Aggregate.EARLIEST: "max(ago)",
    Aggregate.LARGEST: "max({column})",
}


def _wide(features: Sequence[Feature], moment: Moment) -> str:
    relation = features[0].relation
    rows = moment.fill(_ROWS.get(relation.name, relation.sql))
    columns = [f'{_value(feature)} AS "{feature.name}"' for feature in features]
    if relation.name == "recorded_codes":
        columns += _situation_columns()
    windows = [feature.measure.within for feature in features]
    ever = None in windows or relation.once or relation.name in _ROWS
    where = "" if ever else f" WHERE ago <= {max(w for w in windows if w is not None)}"
    grouped = "" if relation.once and not relation.labels else " GROUP BY pid"
    return f"SELECT pid, {', '.join(columns)} FROM ({rows}) AS given{where}{grouped}"


def _value(feature: Feature) -> str:
    measure, labels = feature.measure, feature.relation.labels
    conditions = [f"label = {labels.index(feature.label)}"] if labels else []
    if measure.aggregate is Aggregate.AS_IS:
        if not labels:
            return measure.column
        call, condition = _AGGREGATES[feature.relation.name, measure.column]
        conditions += [condition] if condition else []
    else:
        call = _CALLS[measure.aggregate].format(column=measure.column)
        conditions += [f"ago <= {measure.within}"] if measure.within is not None else []
        conditions += [f"({measure.where})"] if measure.where else []
    return call + (f" FILTER (WHERE {' AND '.join(conditions)})" if conditions else "")


_STATUSES = ("partnered", "widowed", "separated_or_divorced", "single")
_SINCE = (*_STATUSES, "lives_alone", "lives_with_others", "has_carer", "no_carer")


def _situation_columns() -> list[str]:
    """First and last record of the lists that several features compare, and the deficits, in the same pass."""
    first = [(f"first_{name}", f"max(ago) FILTER (WHERE label = {RECORDED.index(name)})") for name in _STATUSES]
    first += [(f"began_{n}", f"max(ago) FILTER (WHERE label = {n})") for n in range(len(CONDITIONS))]
    last = [(f"last_{name}", f"min(ago) FILTER (WHERE label = {RECORDED.index(name)})") for name in _SINCE]
    low, high = len(CONDITIONS), len(CONDITIONS) + len(FRAILTY_DEFICITS) - 1
    deficits = ("deficits", f"count(DISTINCT label) FILTER (WHERE label BETWEEN {low} AND {high})")
    return [f"{sql} AS {name}" for name, sql in (*first, *last, deficits)]


def _state(yes: str, no: str, tie: str) -> str:
    return f"CASE WHEN {yes} IS NULL AND {no} IS NULL THEN NULL WHEN {no} IS NULL OR {yes} {tie} {no} THEN 1 ELSE 0 END"


def _derived() -> dict[tuple[str, str], str]:
    """Columns that are arithmetic on those of the pass over coded records."""
    began = [f"began_{n}" for n in range(len(CONDITIONS))]
    statuses = ", ".join(f"first_{name}" for name in _STATUSES)
    unpartnered = ", ".join(f"last_{name}" for name in _STATUSES[1:])
    return {
        ("multimorbidity", "conditions"): " + ".join(f"({name} IS NOT NULL)::INTEGER" for name in began),
        ("multimorbidity", "new_conditions"): " + ".join(f"coalesce(({name} <= 365)::INTEGER, 0)" for name in began),
        ("multimorbidity", "newest"): f"least({', '.join(began)})",
        ("social_situation", "lives_alone"): _state("last_lives_alone", "last_lives_with_others", "<="),
        ("social_situation", "has_partner"): _state("last_partnered", f"least({unpartnered})", "<"),
        ("social_situation", "has_carer"): _state("last_has_carer", "last_no_carer", "<"),
        ("social_situation", "partnership_changed"): (
            f"CASE WHEN least({statuses}) < greatest({statuses}) THEN least({statuses}) END"
        ),
        ("social_situation", "partner_lost"): "least(first_widowed, first_separated_or_divorced)",
        ("efi_score", "score"): "coalesce(deficits, 0) + coalesce((medicines_365d >= 5)::INTEGER, 0)",
    }


def _last(features: Sequence[Feature], wide: Sequence[str]) -> str:
    """One row per person scored, every feature in the model's order, gaps filled."""
    derived = _derived()
    columns = []
    for feature in features:
        source = derived.get((feature.relation.name, feature.measure.column), f'"{feature.name}"')
        scaled = source if feature.measure.scale == 1.0 else f"({source}) * {_double(feature.measure.scale)}"
        empty = feature.measure.empty
        filled = scaled if empty != empty else f"coalesce({scaled}, {_double(empty)})"
        columns.append(f'CAST({filled} AS FLOAT) AS "{feature.name}"')
    joins = " ".join(f"LEFT JOIN wide_{name} USING (pid)" for name in wide)
    return f"SELECT {', '.join(columns)} FROM (SELECT pid FROM scored) AS s {joins} ORDER BY pid"


def _double(value: float) -> str:
    text = repr(float(value))
    return text if "e" in text else f"{text}e0"


def _describe(definitions: Mapping[str, Any]) -> str:
    """One line on what the peers are asked for."""
    filters = sum(sql.count("FILTER (") for sql in definitions["queries"]["wide"].values())
    return f"{len(definitions['features'])} features, {filters} FILTER aggregates in {len(definitions['queries']['wide'])} passes"


def main() -> None:
    """Write the definitions of one pack, model and date."""
    pack, model, day, out = sys.argv[1:]
    definitions = write_definitions(Path(pack), Path(model), date.fromisoformat(day))
    Path(out).write_text(json.dumps(definitions), encoding="utf-8")
    print(_describe(definitions))


if __name__ == "__main__":
    main()
