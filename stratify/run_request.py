"""What a monthly run is asked for, and everything that is read before the first record: configuration, score, key."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path

from interfaces.extracts.feeds import PackRules, read_rules
from interfaces.extracts.pack import Pack, open_pack
from stratify.artefact import load_model
from stratify.cohorts import CohortBook, read_cohorts
from stratify.exceptions import InputRefused, KeyRefused, ModelRefused
from stratify.features.catalogue import (
    FEATURES,
    GROUPS,
    IN_YEARS,
    codelist_hashes,
    feature_names,
    feature_set_hash,
    sensitive_groups,
)
from stratify.identification_log import stated_purpose
from stratify.population import read_purpose
from stratify.pseudonyms import Key, load_key
from stratify.reasons.book import ReasonBook, check_words, read_reasons
from stratify.score_table import RunFacts
from stratify.scorers import ModelScorer, Scorer, index_scorer
from stratify.tier_scheme import TierScheme, read_scheme

_KNOWN = frozenset(feature.name for feature in FEATURES)


@dataclass(frozen=True)
class RunRequest:
    """The options of a run. `who` and `now` are needed only with a `purpose`, for the log of identifications."""

    pack_folder: Path
    index_date: date
    key_file: Path
    out: Path
    model_folder: Path | None
    score: str | None
    previous: Path | None
    seed: int
    threads: int
    memory: str | None
    allow_gap: Sequence[str]
    purpose: str | None
    objections_for: str | None
    keep_zone: Path | None
    config: Path
    who: str
    now: datetime | None


@dataclass(frozen=True)
class Setting:
    """A run's request with everything it names read and checked."""

    request: RunRequest
    pack: Pack
    rules: PackRules
    key: Key
    scorer: Scorer
    scheme: TierScheme
    cohorts: CohortBook
    reasons: ReasonBook
    purpose: str | None
    objections_for: str

    @property
    def facts(self) -> RunFacts:
        """What is the same for everyone in the run."""
        manifest = self.pack.manifest
        return RunFacts(
            place=manifest.place,
            index_date=self.request.index_date,
            extracted_on=manifest.extracted_on,
            score_kind=self.scorer.kind,
            model_version=self.scorer.version,
            feature_set_hash=self.scorer.feature_set_hash,
            key_id=self.key.id,
            tier_method=self.scheme.method.value,
            demonstration=self.scorer.demonstration,
            synthetic=manifest.synthetic,
        )

    def names_to_read(self, tables: Sequence[str]) -> tuple[str, ...]:
        """The scorer's features first, then those of rules and words that a pack with these tables can give."""
        own = tuple(self.scorer.names)
        wanted = self.cohorts.names() | (self.reasons.names() if self.scorer.kind == "model" else frozenset())
        others = wanted & set(feature_names(tables)) - set(own)
        return own + tuple(sorted(others))


def prepare(request: RunRequest) -> Setting:
    """Reads and checks everything a request names; refuses before any record is read."""
    config = request.config
    pack = open_pack(request.pack_folder, configured=config / "feeds")
    _refuse_dates(request.index_date, pack.manifest.extracted_on)
    reasons = read_reasons(config, IN_YEARS, sensitive_groups(config))
    check_words(reasons, GROUPS, _KNOWN)
    folders = [request.pack_folder, request.out, *filter(None, (request.model_folder, request.previous))]
    return Setting(
        request=request,
        pack=pack,
        rules=read_rules(config / "feeds.toml").allowing(request.allow_gap),
        key=load_key(request.key_file, outside=folders),
        scorer=_scorer(request),
        scheme=read_scheme(config),
        cohorts=read_cohorts(config, _KNOWN),
        reasons=reasons,
        purpose=_purpose(request),
        objections_for=read_purpose(request.objections_for, config).code,
    )


LATEST_DAYS = 31
"""A pack serves the month after its extraction: later, people would look well because their data are missing."""


def _refuse_dates(index_date: date, extracted_on: date) -> None:
    if (index_date - extracted_on).days > LATEST_DAYS:
        raise InputRefused(
            f"an index date at most {LATEST_DAYS} days after the extraction on {extracted_on}",
            f"{index_date}",
            "Give an earlier --index, or a later pack.",
        )


def _scorer(request: RunRequest) -> Scorer:
    if (request.model_folder is None) == (request.score is None):
        raise InputRefused(
            "either a model or a published index to score with",
            "both" if request.score else "neither",
            "Give --model FOLDER, or --score hfrs, charlson or efi.",
        )
    if request.model_folder is not None:
        lists = partial(codelist_hashes, config=request.config)
        model = load_model(request.model_folder, hash_features=_hash_with(request.config), hash_lists=lists)
        return ModelScorer(model)
    return index_scorer(str(request.score), request.config)


def _hash_with(config: Path) -> Callable[[Sequence[str]], str]:
    """The hash of features as this configuration's code lists define them."""

    def hashed(names: Sequence[str]) -> str:
        if unknown := [name for name in names if name not in _KNOWN]:
            raise ModelRefused(
                "features this program knows",
                f"{unknown[0]}, which it does not",
                "Use the version that fitted the model.",
            )
        return feature_set_hash(names, config)

    return hashed


def _purpose(request: RunRequest) -> str | None:
    if request.purpose is None:
        return None
    if not request.who.strip() or request.now is None:
        raise KeyRefused(
            "the name of whoever asks for NHS numbers",
            "none",
            "Set CARETIER_USER or run under your own name; it is kept in the log beside the key.",
        )
    return stated_purpose(request.purpose)
