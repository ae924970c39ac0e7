"""Months to take in: a small pack, a key and the run that was made from them, with the people a test names.

    month = make_month(tmp_path / "october", tiers={1: "very_high", 2: "high", 3: "none"})
    load_run(store, month.request, now=NOW)

Twelve people, by number: 1–5 at F84001, 6–9 at F84002 (both of network North), 10–12 at F84003 (network South). Who has no
tier is on the register and was not scored.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from caseload.intake.incoming import LoadRequest
from interfaces.pseudonyms import Key, pseudonym
from interfaces.scores import ScoreHeader, ScoreWriter
from tests.support.packs import Row, nhs, person, practice, seal, write_table
from tests.support.score_rows import score_row

PEOPLE = range(1, 13)
PLACE = "Testborough"
KEY = Key.of(bytes(range(32)))
SEPTEMBER, OCTOBER, NOVEMBER = date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)
TIERS = {1: "very_high", 6: "very_high", 2: "high", 7: "high", 10: "high", 4: "moderate", 8: "moderate",
         3: "none", 5: "none", 9: "none", 11: "none", 12: "none"}  # fmt: skip

_PRACTICES = (
    practice("F84001", network="North"),
    practice("F84002", network="North"),
    practice("F84003", network="South"),
)
_ORDER = ("very_high", "high", "moderate", "none")


@dataclass(frozen=True)
class Month:
    """Where a month lies."""

    run: Path
    pack: Path
    key_file: Path

    @property
    def request(self) -> LoadRequest:
        return LoadRequest(self.run, self.pack, self.key_file)


def make_month(
    folder: Path,
    *,
    tiers: Mapping[int, str] = TIERS,
    index: date = OCTOBER,
    extracted: date | None = None,
    register: Mapping[int, Row] | None = None,
    names: Mapping[int, Row] | None = None,
    absent: Iterable[int] = (),
    key: Key = KEY,
    place: str = PLACE,
    run_columns: Mapping[str, Any] | None = None,
    **tables: list[Row],
) -> Month:
    """A month in that folder. `register` and `names` change people's rows; `absent` people are on neither.

    `run_columns` replaces columns of every score row; other tables of the pack are given as rows.
    """
    folder.mkdir(parents=True)
    key_file = write_key(folder / "key", key)
    people = [number for number in PEOPLE if number not in set(absent)]
    tables.setdefault("practices", list(_PRACTICES))
    tables["gp_register"] = [_registered(number, (register or {}).get(number, {})) for number in people]
    tables["demographics"] = [_named(number, (names or {}).get(number, {})) for number in people]
    tables.setdefault("admissions", [])
    pack = folder / "pack"
    pack.mkdir()
    for table, rows in tables.items():
        write_table(pack, table, rows, storage="parquet")
    seal(pack, extracted_on=extracted or index)
    run = folder / "run"
    write_run(run, pack, _scores(tiers, tables["gp_register"], index, key, run_columns or {}), index, place=place)
    return Month(run, pack, key_file)


def rewritten(month: Month) -> Month:
    """The same month with a manifest that fits the pack as it now is; call it after changing a table."""
    (month.run / "manifest.json").unlink()
    _vouch_for(month.run, month.pack)
    return month


def write_run(run: Path, pack: Path, rows: list[Row], index: date, *, place: str = PLACE) -> None:
    """A run folder of those score rows, made from that pack."""
    run.mkdir()
    with ScoreWriter(run / "scores.parquet", ScoreHeader(place, index, demonstration=True)) as writer:
        writer.write(pa.Table.from_pylist(rows))
    _vouch_for(run, pack)


def write_key(path: Path, key: Key) -> Path:
    """A key file as `stratify make-key` writes it."""
    path.write_text(f"key-id: {key.id}\nsecret: {key.secret.hex()}\n", encoding="ascii")
    path.chmod(0o600)
    return path


def with_other_key(month: Month, folder: Path) -> Month:
    """The same run and pack, with a key file that is not theirs."""
    return replace(month, key_file=write_key(folder / "other", Key.of(b"k" * 32)))


def _registered(number: int, changed: Row) -> Row:
    code = "F84001" if number <= 5 else "F84002" if number <= 9 else "F84003"
    return person(nhs(number), f"19{30 + number}-03-0{1 + number % 9}", practice_code=code) | changed


def _named(number: int, changed: Row) -> Row:
    row = {
        "nhs_number": nhs(number), "family_name": f"O’Family{number}", "given_name": f"Given{number}",
        "date_of_birth": f"19{30 + number}-03-0{1 + number % 9}", "sex": "2", "postcode": "zz1 1zz",
        "address_line": f"{number} Test Street", "phone": "01632 960000",
    }  # fmt: skip
    return row | changed


def _scores(
    tiers: Mapping[int, str], register: list[Row], index: date, key: Key, changed: Mapping[str, Any]
) -> list[Row]:
    practices = {row["nhs_number"]: row["practice_code"] for row in register}
    numbers = sorted(tiers, key=lambda number: (_ORDER.index(tiers[number]), number))
    rows = []
    for rank, number in enumerate(numbers, start=1):
        reasons = [] if tiers[number] == "none" else [_reason(index)]
        columns = {
            "pseudonym": pseudonym(key, nhs(number)), "practice_code": practices[nhs(number)], "index_date": index,
            "tier": tiers[number], "key_id": key.id, "reasons": reasons, "previous_tier": None, "rising": rank == 1,
        }  # fmt: skip
        row = score_row(rank, len(numbers), **columns)
        row["baseline"] = -2.5 if reasons else None
        row["other_contribution"] = row["raw_score"] + 2.5 - 0.75 if reasons else None
        rows.append(row | changed)
    return rows


def _reason(index: date) -> Row:
    return {
        "code": "emergency_admissions", "text": "2 emergency admissions in the last 12 months", "contribution": 0.75,
        "first_date": date(index.year, 1, 3), "last_date": date(index.year, 8, 14), "source": "admissions",
    }  # fmt: skip


def _vouch_for(run: Path, pack: Path) -> None:
    manifest = {
        "run_id": hashlib.sha256((run / "scores.parquet").read_bytes()).hexdigest()[:16],
        "inputs": {path.name: _sha256(path) for path in sorted(pack.glob("*.parquet"))},
        "outputs": {
            path.name: {"sha256": _sha256(path), "bytes": path.stat().st_size} for path in sorted(run.glob("*.parquet"))
        },
    }
    (run / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
