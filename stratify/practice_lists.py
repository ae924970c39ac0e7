"""Every practice's own list: its people in a tier, highest risk first."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from stratify.exceptions import InputRefused
from stratify.lists import Cell, Column, ListHeading, write_csv, write_xlsx
from stratify.score_table import People, RunFacts
from stratify.tier_scheme import TIER_WORDS, TIERS, Capacity

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
class ListContent:
    """What the lists are made of: everyone, the rank order, words for movement, names, and how people are named.

    `moved` has words per person; `numbers` are NHS numbers of `people.listed` in its order, or None for pseudonyms.
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


def write_practice_lists(folder: Path, content: ListContent, scratch: Path) -> int:
    """Writes <practice>.csv and .xlsx for every practice; returns the number of rows in all."""
    folder.mkdir()
    columns = _columns(content)
    codes = content.people.practice_code.to_numpy(zero_copy_only=False)[_listed_in_order(content)]
    for code, name in sorted(content.practices.items()):
        _check_file_name(code)
        mine = np.nonzero(codes == code)[0]
        heading = _heading(content, code, name, len(mine))
        own = _own_columns(content, columns, mine)
        write_csv(folder / f"{code}.csv", heading, own)
        write_xlsx(folder / f"{code}.xlsx", heading, own, scratch)
    return len(codes)


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


def _listed_in_order(content: ListContent) -> Places:
    """Places of everyone in a tier, in rank order."""
    return content.order[content.people.tier[content.order] < len(TIERS) - 1]


def _columns(content: ListContent) -> dict[str, Texts]:
    """The cells of everybody listed, by title, in rank order."""
    people, rows = content.people, _listed_in_order(content)
    place = np.searchsorted(people.listed, rows)
    words = np.array([TIER_WORDS[tier] for tier in TIERS] + [""], dtype=object)
    person = ("Pseudonym", people.pseudonym.to_numpy(zero_copy_only=False)[rows])
    if content.numbers is not None:
        numbers = np.array([show_nhs_number(number) for number in content.numbers] + [""], dtype=object)
        person = ("NHS number", numbers[place])
    return {
        person[0]: person[1],
        "Tier": words[people.tier[rows]],
        "Percentile": np.round(people.percentile[rows], 2).astype(object),
        **_score_column(people, rows),
        "Previous tier": words[people.previous_tier[rows]],
        "Movement": content.moved[rows],
        "Flags": _flags(people, rows),
        "Cohorts": _cohorts(people, rows, content.cohort_names),
        "Reasons, largest first": joined_reasons(people)[place],
    }


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


def _heading(content: ListContent, code: str, name: str, people: int) -> ListHeading:
    facts = content.facts
    return ListHeading(
        practice_code=code,
        practice_name=name,
        index_date=facts.index_date,
        extracted_on=facts.extracted_on,
        score=SCORE_WORDS[facts.score_kind],
        model_version=facts.model_version,
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
