"""The monthly run the usual pandas way: read_parquet, merge, a groupby for every window.

    python benchmarks/peer_pandas.py PACK DEFINITIONS.json OUT [--previous OUT] [--threads 2] [--matrix FILE.npz]

Written as a careful analyst would: only the columns needed, dates as numbers, no Python loop over rows. No check of the
pack, no pseudonyms, no report.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from peer_histories import YEAR, History
from peer_outputs import Population, finish, options

_KINDS = {"emergency": 0, "elective": 1, "day_case": 2, "maternity": 3}
_MILDER = {
    "diabetes_without_complication": "diabetes_with_complication",
    "mild_liver_disease": "moderate_or_severe_liver_disease",
    "any_malignancy": "metastatic_solid_tumour",
}


def main() -> None:
    """Score one pack and write the run."""
    asked = options(__doc__)
    definitions = json.loads(asked.definitions.read_text(encoding="utf-8"))
    history = History(asked.pack, definitions)
    values = build(history)
    finish(Population(history.scored[["nhs_number", "practice_code"]], values), definitions, asked)


# --- rows that features are counted over --------------------------------------------------------------------------


def _hospital_stays(history: History) -> pd.DataFrame:
    stays = history.admissions[history.admissions["kind"].isin(list(_KINDS))]
    ended = stays["discharged"] < history.t
    until = stays["discharged"].where(ended, stays["avail"])
    return stays.assign(
        label=stays["kind"].map(_KINDS),
        bed_days=(until - stays["day"]).clip(lower=0),
        ended=ended.astype(int),
        destination=stays["discharge_destination"].where(ended),
    )


def _after_discharge(history: History) -> pd.DataFrame:
    stays = history.admissions.sort_values(["pid", "day", "discharged", "kind", "avail"])
    left = stays["discharged"].where((stays["discharged"] < history.t) & (stays["discharged"] >= stays["day"]))
    latest = left.groupby(stays["pid"]).cummax().groupby(stays["pid"]).ffill()
    stays = stays.assign(days_out=stays["day"] - latest.groupby(stays["pid"]).shift())
    return stays[stays["kind"] == "emergency"]


def _causes(history: History, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows with columns three and four, looked up in the lists of ICD-10 prefixes."""
    lists = history.codes("diagnosis", "code", "label")
    found = [rows.merge(lists, left_on=column, right_on="code") for column in ("three", "four")]
    found[1] = found[1][found[1]["code_y" if "code_y" in found[1] else "code"].str.len() == 4]
    return pd.concat(found)[["pid", "ago", "label"]].drop_duplicates()


def _admission_causes(history: History) -> pd.DataFrame:
    return _causes(history, history.diagnoses)


def _main_causes(history: History) -> pd.DataFrame:
    stays = history.admissions[history.admissions["coded"] & (history.admissions["kind"] == "emergency")]
    code = stays["primary_diagnosis"]
    return _causes(history, stays[["pid", "ago"]].assign(three=code.str[:3], four=code.str[:4]))


def _outpatients(history: History) -> pd.DataFrame:
    rows = history.events("outpatients", "attended", "first_attendance")
    return rows.assign(kept=rows["attended"].fillna(1), is_first=rows["first_attendance"].fillna(0))


def _gp_appointments(history: History) -> pd.DataFrame:
    rows = history.events("gp_appointments", "mode", "attended")
    return rows.assign(kept=rows["attended"].fillna(1))


def _mental_health(history: History) -> pd.DataFrame:
    return history.events("mental_health_contacts", "inpatient").fillna({"inpatient": 0})


def _care_ends(history: History) -> pd.DataFrame:
    rows = history.social_care
    rows = rows[(rows["ended"] < history.t) & (rows["event_type"] == "service")]
    return rows.assign(ago=history.t - rows["ended"])


_ROWS: dict[str, Callable[[History], pd.DataFrame]] = {
    "hospital_stays": _hospital_stays,
    "after_discharge": _after_discharge,
    "admission_causes": _admission_causes,
    "main_causes": _main_causes,
    "ed_attendances": lambda history: history.events("ed_attendances", "department_type", "acuity", "admitted"),
    "outpatients": _outpatients,
    "gp_appointments": _gp_appointments,
    "community_contacts": lambda history: history.events("community_contacts", "team"),
    "mental_health_contacts": _mental_health,
    "social_care_events": lambda history: history.social_care,
    "social_care_ends": _care_ends,
}


# --- tables with one row per person (and label) -------------------------------------------------------------------


def _medicines_by_section(history: History) -> pd.DataFrame:
    code = history.prescriptions["bnf_code"].str[: history.definitions["codes"]["medicine_length"]]
    rows = history.prescriptions.assign(code=code).merge(history.codes("medicine", "code", "label"), on="code")
    return rows.groupby(["pid", "label"])["ago"].agg(issues="size", last_ago="min").reset_index()


def _polypharmacy(history: History) -> pd.DataFrame:
    rows = history.medicines
    everyone, new = rows.groupby("pid"), rows[rows["first_ago"] <= 90].groupby("pid")
    found = everyone["last_ago"].agg(medicines_365d="size", latest="min")
    return found.assign(
        medicines_90d=rows[rows["last_ago"] <= 90].groupby("pid").size(),
        starts=new.size(),
        latest_start=new["first_ago"].min(),
    ).reset_index()


def _measurements(history: History) -> pd.DataFrame:
    rows = history.coded_records.dropna(subset=["numeric_value"])
    rows = rows.merge(history.codes("measured", "snomed_code", "label"), on="snomed_code")
    units = history.codes("unit", "label", "unit", "lowest", "highest", "factor", "shift")
    rows = rows.assign(unit=rows["unit"].fillna("").str.strip().str.lower()).merge(units, on=["label", "unit"])
    rows = rows[(rows["numeric_value"] >= rows["lowest"]) & (rows["numeric_value"] <= rows["highest"])]
    value = (rows["numeric_value"] * rows["factor"] + rows["shift"]) * 100
    rows = rows.assign(hundredths=np.floor(value + 0.5)).sort_values(["day", "hundredths"])
    return rows.drop_duplicates(["pid", "label"], keep="last")[["pid", "label", "ago", "hundredths"]]


def _multimorbidity(history: History) -> pd.DataFrame:
    spans = history.recorded_spans
    spans = spans[spans["label"] < history.definitions["codes"]["conditions"]]
    found = spans.groupby("pid")["first_ago"].agg(conditions="size", newest="min")
    return found.assign(new_conditions=spans[spans["first_ago"] <= YEAR].groupby("pid").size()).reset_index()


def _social_situation(history: History) -> pd.DataFrame:
    spans, names = history.recorded_spans, history.definitions["codes"]["recorded_names"]
    spans = spans.assign(label=spans["label"].map(dict(enumerate(names))))
    last = spans.pivot_table(index="pid", columns="label", values="last_ago").reindex(columns=names)
    first = spans.pivot_table(index="pid", columns="label", values="first_ago").reindex(columns=names)
    unpartnered = ["widowed", "separated_or_divorced", "single"]
    since = first[["partnered", *unpartnered]]
    changed = since.min(axis=1).where(since.min(axis=1) < since.max(axis=1))
    return pd.DataFrame(
        {
            "lives_alone": _state(last["lives_alone"], last["lives_with_others"], tie=True),
            "has_partner": _state(last["partnered"], last[unpartnered].min(axis=1), tie=False),
            "has_carer": _state(last["has_carer"], last["no_carer"], tie=False),
            "partnership_changed": changed,
            "partner_lost": first[["widowed", "separated_or_divorced"]].min(axis=1),
        }
    ).reset_index()


def _state(yes: pd.Series, no: pd.Series, *, tie: bool) -> pd.Series:
    """1 where the later of two records says yes, 0 where it says no; `tie` is what one day gives."""
    later = no.isna() & yes.notna() | (yes < no) | (tie & (yes == no))
    return later.astype(float).where(yes.notna() | no.notna())


def _charlson(history: History) -> pd.DataFrame:
    lists = history.codes("charlson", "code", "condition", "weight")
    rows = history.diagnoses.drop(columns="code")
    found = pd.concat(
        [
            rows.merge(lists, left_on="three", right_on="code"),
            rows.merge(lists[lists["code"].str.len() == 4], left_on="four", right_on="code"),
        ]
    )
    found = found.groupby(["pid", "condition"])["weight"].max().reset_index()
    severe = found.assign(severe=found["condition"].map(_MILDER))
    severe = severe.merge(found[["pid", "condition"]], left_on=["pid", "severe"], right_on=["pid", "condition"])
    dropped = pd.MultiIndex.from_frame(severe[["pid", "condition_x"]])
    found = found[~pd.MultiIndex.from_frame(found[["pid", "condition"]]).isin(dropped)]
    return found.groupby("pid")["weight"].sum().rename("score").reset_index()


def _hfrs(history: History) -> pd.DataFrame:
    rows = history.diagnoses[history.diagnoses["ago"] <= 730]
    found = rows[["pid", "three"]].drop_duplicates().merge(history.codes("hfrs", "three", "tenths"), on="three")
    return found.groupby("pid")["tenths"].sum().rename("score").reset_index()


def _efi(history: History) -> pd.DataFrame:
    codes, spans = history.definitions["codes"], history.recorded_spans
    first = codes["conditions"]
    deficits = spans[(spans["label"] >= first) & (spans["label"] < first + codes["deficits"])].groupby("pid").size()
    many = history.medicines.groupby("pid").size() >= 5
    return deficits.add(many.astype(int), fill_value=0).rename("score").rename_axis("pid").reset_index()


def _care_services(history: History) -> pd.DataFrame:
    rows, t = history.social_care, history.t
    rows = rows[rows["event_type"] == "service"]
    going_on = rows["ended"].isna() | (rows["ended"] >= t)
    now = {"any_now": going_on & (rows["service_type"] != "equipment")}
    now |= {
        f"{name}_now": going_on & (rows["service_type"] == name) for name in ("home_care", "residential", "nursing")
    }
    found = rows[["pid"]].assign(**{name: held.astype(int) for name, held in now.items()}).groupby("pid").max()
    hours = {}
    for back in (0, 90, 365):
        begun = rows["day"] <= t - max(back, 1)
        on = rows[begun & (rows["ended"].isna() | (rows["ended"] >= t - back))]
        hours[back] = on.groupby("pid")["hours"].sum().reindex(found.index).fillna(0)
    return found.assign(
        hours_now=hours[0], change_90d=hours[0] - hours[90], change_365d=hours[0] - hours[365]
    ).reset_index()


def _person(history: History) -> pd.DataFrame:
    people, index = history.scored, pd.Timestamp(history.definitions["index_date"])
    born = people["date_of_birth"]
    before = (born.dt.month * 100 + born.dt.day) > index.month * 100 + index.day
    return pd.DataFrame(
        {
            "pid": people["pid"],
            "age_years": index.year - born.dt.year - before.astype(int),
            "male": people["sex"].map({"1": 1.0, "2": 0.0}),
            "imd_decile": people["imd_decile"],
            "registered_days": (index - people["registered_on"]).dt.days,
        }
    )


def _season(history: History) -> pd.DataFrame:
    sine, cosine = history.definitions["season"]
    return pd.DataFrame({"pid": history.scored["pid"], "month_sin": sine, "month_cos": cosine})


_TABLES: dict[str, Callable[[History], pd.DataFrame]] = {
    "recorded_codes": lambda history: history.recorded_spans,
    "medicines_by_section": _medicines_by_section,
    "polypharmacy": _polypharmacy,
    "measurements": _measurements,
    "multimorbidity": _multimorbidity,
    "social_situation": _social_situation,
    "charlson_score": _charlson,
    "hfrs_score": _hfrs,
    "efi_score": _efi,
    "social_care_services": _care_services,
    "person": _person,
    "season": _season,
}


# --- the matrix ---------------------------------------------------------------------------------------------------


def build(history: History) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Every feature of everyone scored, in the model's order; one groupby for each feature."""
    features, people = history.definitions["features"], len(history.scored)
    values = np.empty((people, len(features)), dtype=np.float32)
    for relation in dict.fromkeys(feature["relation"] for feature in features):
        counted = relation in _ROWS
        rows = (_ROWS if counted else _TABLES)[relation](history)
        for column, feature in enumerate(features):
            if feature["relation"] == relation:
                found = _measured(rows, feature) if counted else _looked_up(rows, feature)
                filled = found.reindex(range(people)).astype(float) * feature["scale"]
                values[:, column] = filled if feature["empty"] is None else filled.fillna(feature["empty"])
    return values


def _measured(rows: pd.DataFrame, feature: Mapping[str, Any]) -> pd.Series:
    if feature["label"] is not None:
        rows = rows[rows["label"] == feature["label"]]
    if feature["within"] is not None:
        rows = rows[rows["ago"] <= feature["within"]]
    if feature["where"]:
        rows = rows.query(feature["where"])
    groups = rows.groupby("pid")
    aggregate = feature["aggregate"]
    if aggregate == "count":
        return groups.size()
    if aggregate in ("latest", "earliest"):
        return groups["ago"].agg("min" if aggregate == "latest" else "max")
    values = rows.eval(feature["column"]).groupby(rows["pid"])
    return values.sum() if aggregate == "sum" else values.max()


def _looked_up(table: pd.DataFrame, feature: Mapping[str, Any]) -> pd.Series:
    if feature["label"] is not None:
        table = table[table["label"] == feature["label"]]
    return table.set_index("pid")[feature["column"]]


if __name__ == "__main__":
    main()
