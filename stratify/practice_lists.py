"""Every practice's own list: its people in a tier, highest risk first."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from stratify.exceptions import InputRefused
from stratify.lists import Column, ListHeading, write_csv, write_xlsx
from stratify.score_table import People, RunFacts
from stratify.spreadsheet import Cell
from stratify.tier_scheme import TIER_WORDS, TIERS, Capacity
from stratify.tiers import NONE

_FILE_NAME = re.compile(r"[A-Za-z0-9]{3,12}")
_FLAGS = {
    "rising": "Rising risk",
    "not_known_to_services": "Not known to services",
    "short_history": "Registered for less than a year",
}
SCORE_WORDS = {
    "model": "fitted model",
    "hfrs": "Hospital Frailty Risk Score",
    "charlson": "Charlson comorbidity index",
    "efi": "electronic frailty index",
}
"""What gave the score, in words."""

Texts = npt.NDArray[np.object_]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class ListKind:
    """One kind of list: the folder it goes in ("" for the lists' own) and whom it holds, in words."""

    folder: str
    whom: str
    spreadsheet: bool


IN_A_TIER = ListKind("", "in the very high, high or moderate tier", spreadsheet=True)
RISING = ListKind("rising", "whose risk has risen markedly since the last run, in a tier or not", spreadsheet=False)
NOT_KNOWN = ListKind("not-known-to-services", "in a tier and not known to services", spreadsheet=False)


@dataclass(frozen=True)
class ListContent:
    """What the lists are made of: everyone, the rank order, words for movement, names, and how people are named.

    `moved` has words per person; `numbers` are NHS numbers of the people `on_lists` gives, in that order, or None for
    pseudonyms.
    """

    people: People
    facts: RunFacts
    order: Places
    moved: Texts
    practices: Mapping[str, str]
    cohort_names: Sequence[str]
    capacity: Capacity
    numbers: npt.NDArray[np.str_] | None
    purpose: str | None


def on_lists(people: People) -> Places:
    """Places of everyone who is on any list, in rising order: in a tier, or rising."""
    return np.nonzero((people.tier < NONE) | people.rising)[0]


def write_practice_lists(folder: Path, content: ListContent) -> int:
    """Writes every practice's lists; returns the number of people on them.

    <practice>.csv and .xlsx hold those in a tier; rising/ and not-known-to-services/ the people of those lists (CSV).
    """
    people = content.people
    folder.mkdir()
    for code in content.practices:
        _check_file_name(code)
    chosen = {IN_A_TIER: people.tier < NONE, RISING: people.rising, NOT_KNOWN: people.not_known_to_services}
    for kind, inside in chosen.items():
        (folder / kind.folder).mkdir(exist_ok=True)
        _write_kind(folder / kind.folder, content, kind, content.order[inside[content.order]])
    return len(on_lists(people))


def _write_kind(folder: Path, content: ListContent, kind: ListKind, rows: Places) -> None:
    columns = _columns(content, rows)
    encoded = content.people.practice_code.take(pa.array(rows)).dictionary_encode()
    number, known = encoded.indices.to_numpy(), encoded.dictionary.to_pylist()
    for code, name in sorted(content.practices.items()):
        mine = np.nonzero(number == known.index(code))[0] if code in known else np.empty(0, np.int64)
        heading = _heading(content, kind, (code, name), len(mine))
        own = _own_columns(content, columns, mine)
        write_csv(folder / f"{code}.csv", heading, own)
        if kind.spreadsheet:
            write_xlsx(folder / f"{code}.xlsx", heading, own)


def show_nhs_number(digits: str) -> str:
    """Ten digits as they are read out: 3-3-4.

    >>> show_nhs_number("9990000018")
    '999 000 0018'
    """
    return f"{digits[:3]} {digits[3:6]} {digits[6:]}"


def percent(probability: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Probabilities as per cent with one decimal, never 0 or 100: nobody is certain."""
    return np.clip(np.round(probability * 100, 1), 0.1, 99.9)


def joined_reasons(people: People) -> Texts:
    """The reasons of everyone listed as one text each, largest first."""
    starts, text = people.reasons.starts.tolist(), people.reasons.text.tolist()
    joined = ["; ".join(text[begin:end]) for begin, end in zip(starts, starts[1:], strict=False)]
    return np.array([*joined, ""], dtype=object)[:-1]


def _columns(content: ListContent, rows: Places) -> dict[str, Texts]:
    """The cells of the people at these places, by title."""
    people = content.people
    words = np.array([TIER_WORDS[tier] for tier in TIERS] + [""], dtype=object)
    return {
        **_person_column(content, rows),
        "Tier": words[people.tier[rows]],
        "Percentile": np.round(people.percentile[rows], 2).astype(object),
        **_score_column(people, rows),
        "Previous tier": words[people.previous_tier[rows]],
        "Movement": content.moved[rows],
        "Flags": _flags(people, rows),
        "Cohorts": _cohorts(people, rows, content.cohort_names),
        "Reasons, largest first": _spread(people.listed, joined_reasons(people), rows),
    }


def _person_column(content: ListContent, rows: Places) -> dict[str, Texts]:
    people = content.people
    if content.numbers is None:
        return {"Pseudonym": people.pseudonym.take(pa.array(rows)).to_numpy(zero_copy_only=False)}
    shown = np.array([show_nhs_number(number) for number in content.numbers.tolist()], dtype=object)
    return {"NHS number": _spread(on_lists(people), shown, rows)}


def _spread(places: Places, texts: Texts, rows: Places) -> Texts:
    """The text of each person at `rows`; empty for those not among `places` (in rising order)."""
    padded = np.append(texts, "")
    at = np.searchsorted(places, rows)
    known = np.append(places, -1)[at] == rows
    return np.where(known, padded[at], "")


def _score_column(people: People, rows: Places) -> dict[str, Texts]:
    if people.probability is None:
        return {"Points": np.round(people.raw[rows], 2).astype(object)}
    return {"Probability (%)": percent(people.probability[rows]).astype(object)}


def _flags(people: People, rows: Places) -> Texts:
    raised = np.array([getattr(people, flag)[rows] for flag in _FLAGS])
    return _joined(raised, list(_FLAGS.values()))


def _cohorts(people: People, rows: Places, names: Sequence[str]) -> Texts:
    return _joined(people.cohorts[:, rows], names)


def _joined(holds: npt.NDArray[np.bool_], names: Sequence[str]) -> Texts:
    """Names that hold for each person as one text; few combinations meet many people, so each is joined once."""
    combination = (holds.T @ (1 << np.arange(len(names), dtype=np.int64))).astype(np.int64)
    distinct, which = np.unique(combination, return_inverse=True)
    texts = ["; ".join(name for bit, name in enumerate(names) if value >> bit & 1) for value in distinct.tolist()]
    return np.array([*texts, ""], dtype=object)[which]


def _own_columns(content: ListContent, columns: Mapping[str, Texts], mine: Places) -> list[Column]:
    widths = {"Tier": 10, "Movement": 20, "Flags": 24, "Cohorts": 30, "Reasons, largest first": 120, "Pseudonym": 34}
    ranks: list[Cell] = list(range(1, len(mine) + 1))
    own = [Column("Rank in practice", 8, ranks), Column("Block", 8, _blocks(content.capacity, len(mine)))]
    return own + [Column(title, widths.get(title, 13), cells[mine].tolist()) for title, cells in columns.items()]


def _blocks(capacity: Capacity, people: int) -> list[Cell]:
    """Number of the block each rank is worked in (D10); none before the first place worked."""
    return [
        (rank - capacity.start) // capacity.block + 1 if rank >= capacity.start else "" for rank in range(1, people + 1)
    ]


def _heading(content: ListContent, kind: ListKind, practice: tuple[str, str], people: int) -> ListHeading:
    facts = content.facts
    return ListHeading(
        practice_code=practice[0],
        practice_name=practice[1],
        index_date=facts.index_date,
        extracted_on=facts.extracted_on,
        score=SCORE_WORDS[facts.score_kind],
        model_version=facts.model_version,
        whom=kind.whom,
        people=people,
        demonstration=facts.demonstration,
        purpose=content.purpose,
    )


def _check_file_name(code: str) -> None:
    if not _FILE_NAME.fullmatch(code):
        raise InputRefused(
            "practice codes of letters and digits, as ODS gives them",
            "a practice with another code",
            "Correct the table of practices: the code becomes the name of a file.",
        )
