"""Secondary diagnoses of spells: the comorbidities a coder would write down, frailty codes of older people, and the rest."""

import numpy as np

from stratify.synthetic.arrays import Ints
from stratify.synthetic.cause_list import FRAILTY_CODES, INCIDENTAL_CODES
from stratify.synthetic.condition_list import CONDITIONS
from stratify.synthetic.setting import Setting
from stratify.synthetic.spell_rows import Spells

COMORBIDITY_CODED = 0.72
"""Share of a person's conditions that a spell's coding takes up; assumption."""


def secondary_codes(
    setting: Setting, spells: Spells, primary: tuple[str, ...], generator: np.random.Generator
) -> list[str | None]:
    """Per spell, ICD-10 codes joined by ';', or None; never the primary diagnosis again."""
    written: list[list[str]] = [[primary[code]] for code in spells.primary.tolist()]
    coded = np.where(spells.day_case == 1, 0.35, np.where(spells.cause < 0, 0.6, 1.0)) * COMORBIDITY_CODED
    for row, condition in enumerate(CONDITIONS):
        ill = setting.course.onset[row, spells.person] < spells.day
        rows = np.flatnonzero(ill & (generator.random(len(ill)) < coded))
        pick = generator.integers(0, len(condition.icd10), len(rows)) * (generator.random(len(rows)) < 0.5)
        _add(written, rows, [condition.icd10[p] for p in pick.tolist()])
    _frailty(setting, spells, written, generator)
    for code, share in INCIDENTAL_CODES:
        rows = np.flatnonzero((spells.cause >= 0) & (generator.random(len(written)) < 0.10 * share))
        _add(written, rows, [code] * len(rows))
    return [";".join(codes[1:]) if len(codes) > 1 else None for codes in written]


def _frailty(setting: Setting, spells: Spells, written: list[list[str]], generator: np.random.Generator) -> None:
    age = (spells.day - setting.people.birth[spells.person]) / 365.25
    frail = np.where((spells.cause >= 0) & (age >= 60), np.clip(spells.lost / 100, 0, 1.4), 0.0)
    for code, readiness in FRAILTY_CODES:
        rows = np.flatnonzero(generator.random(len(frail)) < 0.42 * readiness * frail)
        _add(written, rows, [code] * len(rows))
    alone = np.flatnonzero((spells.alone == 1) & (spells.cause >= 0) & (generator.random(len(frail)) < 0.18))
    _add(written, alone, ["Z602"] * len(alone))


def _add(written: list[list[str]], rows: Ints, codes: list[str]) -> None:
    for row, code in zip(rows.tolist(), codes, strict=True):
        if code not in written[row] and len(written[row]) < 20:
            written[row].append(code)
