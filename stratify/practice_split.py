"""Which practices teach, which choose and which judge: decided by a hash, so that every fit decides alike."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Part(StrEnum):
    """What a practice's people are used for."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


@dataclass(frozen=True)
class SplitRule:
    """The shares of people whose practices teach and choose (the rest judges), and how few practices are too few."""

    train_share: float
    validation_share: float
    fewest_practices: int
    seed: int

    @property
    def shares(self) -> dict[Part, float]:
        rest = 1 - self.train_share - self.validation_share
        return {Part.TRAIN: self.train_share, Part.VALIDATION: self.validation_share, Part.TEST: rest}


@dataclass(frozen=True)
class Split:
    """The part of each practice; of each person, by a hash of the pseudonym, where there are too few practices."""

    rule: SplitRule
    practices: Mapping[str, Part] | None

    @property
    def by_practice(self) -> bool:
        return self.practices is not None

    def codes(self) -> dict[str, list[str]]:
        """The codes of the practices of each part, in order; none where people were split."""
        known = self.practices or {}
        return {part.value: sorted(code for code, own in known.items() if own is part) for part in Part}

    def parts(self, practices: NDArray[Any], pseudonyms: NDArray[Any]) -> NDArray[np.str_]:
        """The part of every person. A practice that had nobody when the split was made teaches."""
        names = practices if self.practices is not None else pseudonyms
        codes, member = np.unique(names.astype(np.str_), return_inverse=True)
        own = [self._part(code) for code in codes.tolist()]
        return np.asarray(own, dtype=np.str_)[member]

    def _part(self, name: str) -> str:
        if self.practices is not None:
            return self.practices.get(name, Part.TRAIN).value
        place = int(_hashed(name, self.rule.seed)[:13], 16) / 16**13
        if place < self.rule.train_share:
            return Part.TRAIN.value
        return (Part.VALIDATION if place < self.rule.train_share + self.rule.validation_share else Part.TEST).value


def split_practices(practices: NDArray[Any], rule: SplitRule) -> Split:
    """Split the practices of these people, so that the parts hold about their share of people.

    Practices come in the order of a hash of their code and the seed; each goes where most people are wanting.
    """
    codes, sizes = np.unique(practices.astype(np.str_), return_counts=True)
    if len(codes) < rule.fewest_practices:
        return Split(rule, None)
    wanting = {part: share * len(practices) for part, share in rule.shares.items()}
    chosen: dict[str, Part] = {}
    for code, size in sorted(
        zip(codes.tolist(), sizes.tolist(), strict=True), key=lambda found: _hashed(found[0], rule.seed)
    ):
        part = max(wanting, key=lambda part: wanting[part])
        wanting[part] -= size
        chosen[code] = part
    return Split(rule, dict(sorted(chosen.items())))


def _hashed(name: str, seed: int) -> str:
    return hashlib.sha256(f"{seed}:{name}".encode()).hexdigest()
