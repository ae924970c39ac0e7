"""A pack read into frames for the pandas peer: who is scored, and their events as days before the index date."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

EPOCH = pd.Timestamp(1970, 1, 1)
YEAR = 365
METHODS = {
    "emergency": ["21", "22", "23", "24", "25", "28", "2A", "2B", "2C", "2D"],
    "elective": ["11", "12", "13"],
    "maternity": ["31", "32", "82", "83"],
}


@dataclass(frozen=True)
class History:
    """A pack's rows of the people scored; `ago` is whole days before the index date."""

    pack: Path
    definitions: Mapping[str, Any]

    @property
    def t(self) -> int:
        return int(self.definitions["t"])

    def read(self, table: str, *columns: str) -> pd.DataFrame:
        """Columns of a table of the pack; dates as datetime64, not as Python objects."""
        path = self.pack / f"{table}.parquet"
        return pd.read_parquet(path, columns=list(dict.fromkeys(columns)), to_pandas_kwargs={"date_as_object": False})

    @cached_property
    def register(self) -> pd.DataFrame:
        dates = ("date_of_birth", "registered_on", "deregistered_on", "date_of_death")
        return self.read("gp_register", "nhs_number", "sex", "imd_decile", "practice_code", *dates)

    @cached_property
    def scored(self) -> pd.DataFrame:
        """Registered and alive at the index date, in a known practice, not objecting."""
        people, index = self.register, pd.Timestamp(self.definitions["index_date"])
        there = (people["date_of_birth"] < index) & (people["registered_on"] < index)
        there &= ~(people["date_of_death"] < index) & ~(people["deregistered_on"] < index)
        there &= people["practice_code"].isin(self.read("practices", "practice_code")["practice_code"])
        there &= ~people["nhs_number"].isin(self._objecting(index)) & _valid(people["nhs_number"])
        found = people[there].sort_values("nhs_number").reset_index(drop=True)
        grace = self.definitions["death_grace_days"]
        return found.assign(
            pid=np.arange(len(found)),
            birth_day=_days(found["date_of_birth"]),
            last_day=_days(found["date_of_death"]).add(grace).fillna(2_000_000_000),
        )

    def _objecting(self, index: pd.Timestamp) -> pd.Series:
        objections = self.read("objections", "nhs_number", "kind", "from_date", "to_date")
        in_force = pd.Series(False, index=objections.index)
        for day in (index, pd.Timestamp(self.definitions["extracted_on"])):
            in_force |= (objections["from_date"] <= day) & ~(objections["to_date"] <= day)
        return objections.loc[in_force & objections["kind"].isin(self.definitions["excluded"]), "nhs_number"]

    def events(self, table: str, *columns: str) -> pd.DataFrame:
        """Rows known before the index date, of the people scored, within their lives: pid, day, avail, ago, columns."""
        date = self.definitions["event_date"][table]
        rows = self.read(table, "nhs_number", date, "available_on", *columns)
        return self.usable(rows, date, self.definitions["lag_days"][table])

    def usable(self, rows: pd.DataFrame, date: str, lag: int) -> pd.DataFrame:
        day = _days(rows[date])
        avail = _days(rows["available_on"]).fillna(day + lag)
        rows = rows.assign(day=day, avail=avail)[(day < self.t) & (avail < self.t)]
        rows = rows.merge(self.scored[["nhs_number", "pid", "birth_day", "last_day"]], on="nhs_number")
        rows = rows[(rows["day"] >= rows["birth_day"]) & (rows["day"] <= rows["last_day"])]
        return rows.assign(ago=self.t - rows["day"]).drop(columns=["nhs_number", "birth_day", "last_day"])

    def codes(self, name: str, *columns: str) -> pd.DataFrame:
        """A code list of the definitions."""
        return pd.DataFrame(self.definitions["codes"][name], columns=list(columns))

    @cached_property
    def admissions(self) -> pd.DataFrame:
        columns = ("admission_method", "patient_classification", "discharged_on", "discharge_destination")
        rows = self.events("admissions", *columns, "primary_diagnosis", "secondary_diagnoses", "admitted_on")
        rows = rows[~(rows["discharged_on"] < rows["admitted_on"])]
        kind = pd.Series("other", index=rows.index, dtype="object")
        for name, methods in METHODS.items():
            kind[rows["admission_method"].isin(methods)] = name
        kind[(kind == "elective") & (rows["patient_classification"] == "2")] = "day_case"
        discharged = _days(rows["discharged_on"])
        coded = (discharged < self.t) | (kind == "day_case")
        return rows.assign(kind=kind, discharged=discharged, coded=coded)

    @cached_property
    def diagnoses(self) -> pd.DataFrame:
        """One row for every diagnosis of every stay that had ended."""
        stays = self.admissions[self.admissions["coded"] & (self.admissions["ago"] <= 1095)]
        codes = stays["primary_diagnosis"].fillna("") + ";" + stays["secondary_diagnoses"].fillna("")
        rows = stays[["pid", "ago"]].assign(code=codes.str.split(";")).explode("code")
        rows = rows[rows["code"] != ""]
        return rows.assign(three=rows["code"].str[:3], four=rows["code"].str[:4])

    @cached_property
    def recorded(self) -> pd.DataFrame:
        rows = self.coded_records.merge(self.codes("recorded", "snomed_code", "label"), on="snomed_code")
        return rows[["pid", "ago", "label"]]

    @cached_property
    def coded_records(self) -> pd.DataFrame:
        return self.events("gp_codes", "snomed_code", "numeric_value", "unit")

    @cached_property
    def recorded_spans(self) -> pd.DataFrame:
        """First and last record of every list of every person."""
        spans = self.recorded.groupby(["pid", "label"])["ago"].agg(first_ago="max", last_ago="min")
        recent = self.recorded[self.recorded["ago"] <= YEAR].groupby(["pid", "label"]).size()
        return spans.assign(records_365d=recent).fillna({"records_365d": 0}).reset_index()

    @cached_property
    def prescriptions(self) -> pd.DataFrame:
        rows = self.events("gp_prescriptions", "bnf_code")
        return rows[rows["ago"] <= YEAR]

    @cached_property
    def medicines(self) -> pd.DataFrame:
        """First and last issue of every substance in the last year."""
        rows = self.prescriptions.assign(medicine=self.prescriptions["bnf_code"].str[:9])
        return rows.groupby(["pid", "medicine"])["ago"].agg(first_ago="max", last_ago="min").reset_index()

    @cached_property
    def social_care(self) -> pd.DataFrame:
        """Events of the council's people who are somebody on the register."""
        columns = ("la_code", "la_person_id", "event_type", "service_type", "hours_per_week", "ended_on", "started_on")
        rows = self.read("social_care_events", "nhs_number", "available_on", *columns)
        rows = rows[~(rows["ended_on"] < rows["started_on"])]
        lag = self.definitions["lag_days"]["social_care_events"]
        rows = rows.merge(_linked(self, lag), on=["la_code", "la_person_id"])
        unnumbered = ~rows["nhs_number"].isin(self.register["nhs_number"])
        known = rows["available_on"].fillna(rows["started_on"] + pd.Timedelta(days=lag))
        known = known.where(~(known < rows["known_from"]), rows["known_from"])
        rows["available_on"] = rows["available_on"].where(~unnumbered | rows["known_from"].isna(), known)
        rows = self.usable(rows.assign(nhs_number=rows["linked_number"]), "started_on", lag)
        return rows.assign(ended=_days(rows["ended_on"]), hours=(rows["hours_per_week"] * 10).round().fillna(0))


def _valid(numbers: pd.Series) -> pd.Series:
    """NHS numbers whose tenth digit checks the others (modulus 11), and not the same digit ten times."""
    ten = numbers.str.fullmatch("[0-9]{10}")
    digits = numbers.where(ten, "1000000000").to_numpy(dtype="S10").view("S1").reshape(-1, 10).astype(int)
    return ten & (digits @ np.arange(10, 0, -1) % 11 == 0) & (digits != digits[:, :1]).any(axis=1)


def _days(dates: pd.Series) -> pd.Series:
    return (dates - EPOCH).dt.days


# --- linking social care ------------------------------------------------------------------------------------------

_KEY = ["la_code", "la_person_id"]


def _linked(history: History, lag: int) -> pd.DataFrame:
    """A council's people by NHS number, else by name, date of birth, postcode and sex; two candidates are none.

    A link that only numbers on events make begins when the first of them was known.
    """
    register = history.register[["nhs_number", "date_of_birth"]].rename(columns={"date_of_birth": "born"})
    matched = ("nhs_number", "family_name", "given_name", "date_of_birth", "postcode", "sex")
    client = history.read("social_care_people", *_KEY, *matched)
    named = history.read("demographics", *matched).merge(register, on="nhs_number")
    named = named[named["date_of_birth"] == named["born"]]
    on_event = history.read("social_care_events", *_KEY, "nhs_number", "started_on", "available_on")
    on_event = on_event.merge(register, on="nhs_number")
    came = on_event["available_on"].fillna(on_event["started_on"] + pd.Timedelta(days=lag))
    on_event["known_from"] = came.where(came > on_event["started_on"], on_event["started_on"])
    by_number = client.merge(register, on="nhs_number")
    by_number = by_number[by_number["date_of_birth"] == by_number["born"]]
    client, named = client.assign(identity=_identity(client)), named.assign(identity=_identity(named))
    alike = client[[*_KEY, "identity"]].dropna().merge(named[["identity", "nhs_number"]].dropna(), on="identity")
    numbers = pd.concat([on_event[[*_KEY, "nhs_number"]], by_number[[*_KEY, "nhs_number"]]]).drop_duplicates()
    alike = alike[[*_KEY, "nhs_number"]].drop_duplicates()
    chosen = _choose(numbers, alike).merge(register, on="nhs_number")
    chosen = chosen.merge(client[[*_KEY, "date_of_birth"]], on=_KEY, how="left")
    chosen = chosen[chosen["date_of_birth"].isna() | (chosen["date_of_birth"] == chosen["born"])]
    chosen = chosen.merge(on_event.groupby(_KEY)["known_from"].min().reset_index(), on=_KEY, how="left")
    single = alike[~alike.duplicated(_KEY, keep=False)]
    timeless = pd.MultiIndex.from_frame(pd.concat([by_number[_KEY], single[_KEY]]))
    chosen.loc[pd.MultiIndex.from_frame(chosen[_KEY]).isin(timeless), "known_from"] = pd.NaT
    return chosen[[*_KEY, "nhs_number", "known_from"]].rename(columns={"nhs_number": "linked_number"})


def _choose(numbers: pd.DataFrame, alike: pd.DataFrame) -> pd.DataFrame:
    """The one person all candidates allow."""
    one_number = numbers.groupby(_KEY).filter(lambda rows: len(rows) == 1)
    both = one_number.merge(alike, on=_KEY, how="left", suffixes=("", "_alike"))
    agreed = both.groupby([*_KEY, "nhs_number"])["nhs_number_alike"].agg(["count", "size"]).reset_index()
    same = both[both["nhs_number"] == both["nhs_number_alike"]][[*_KEY, "nhs_number"]]
    alone = agreed.loc[agreed["count"] == 0, [*_KEY, "nhs_number"]]
    others = alike.merge(numbers[_KEY].drop_duplicates(), on=_KEY, how="left", indicator=True)
    others = others.loc[others["_merge"] == "left_only", [*_KEY, "nhs_number"]]
    single = others[~others.duplicated(_KEY, keep=False)]
    return pd.concat([same, alone, single]).drop_duplicates()


def _identity(people: pd.DataFrame) -> pd.Series:
    names = [
        people[column]
        .str.normalize("NFKD")
        .str.replace("[\u0300-\u036f]", "", regex=True)
        .str.upper()
        .str.replace("[ .''’-]", "", regex=True)
        for column in ("family_name", "given_name")
    ]
    postcode = people["postcode"].str.upper().str.replace(" ", "")
    return (
        names[0]
        + "|"
        + names[1]
        + "|"
        + _days(people["date_of_birth"]).astype("Int64").astype("string")
        + "|"
        + postcode
        + "|"
        + people["sex"]
    )
