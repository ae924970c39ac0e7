"""Every feature there is, in a fixed order, and how a set of them is told from another.

A model remembers the names and the hash of the features it was fitted on; the hash changes with a name, a
line of SQL, a code list or a unit, so that a model never meets numbers that mean something else.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from pathlib import Path

from stratify.exceptions import InputRefused
from stratify.features import (
    alcohol,
    avoidable_admissions,
    cancer,
    community_care,
    conditions,
    demography,
    ed_attendances,
    emergency_admissions,
    falls,
    frailty_signs,
    gp_contacts,
    measurements,
    medicines,
    mental_health_care,
    outpatients,
    planned_admissions,
    polypharmacy,
    published_scores,
    season,
    self_harm,
    smoking,
    social_care,
    social_situation,
)
from stratify.features.definition import Feature, Kind
from stratify.features.moment import TIMELESS
from stratify.features.reference import ReferenceTable, lists_used, reference_tables
from stratify.features.stages import Stage
from stratify.features.statements import plan, stages_for
from stratify.settings import default_config, read_toml

_IDEAS = (
    demography,
    season,
    emergency_admissions,
    planned_admissions,
    ed_attendances,
    outpatients,
    gp_contacts,
    conditions,
    frailty_signs,
    falls,
    avoidable_admissions,
    alcohol,
    self_harm,
    cancer,
    smoking,
    measurements,
    medicines,
    polypharmacy,
    community_care,
    mental_health_care,
    social_care,
    social_situation,
    published_scores,
)

FEATURES: tuple[Feature, ...] = tuple(feature for idea in _IDEAS for feature in idea.FEATURES)
"""The catalogue."""

GROUPS: tuple[str, ...] = tuple(dict.fromkeys(feature.group for feature in FEATURES))
"""The groups of features that reasons are given by, in the order of the catalogue."""

IN_YEARS: frozenset[str] = frozenset(feature.name for feature in FEATURES if feature.kind is Kind.FIRST)
"""The features that count years back from the index date; other dates count days."""

_BY_NAME = {feature.name: feature for feature in FEATURES}


def feature_names(tables_present: Collection[str]) -> list[str]:
    """The features that a pack with these event tables gives, in the order of the catalogue."""
    return [feature.name for feature in FEATURES if set(feature.tables) <= set(tables_present)]


def features_named(names: Sequence[str], tables_present: Collection[str] | None = None) -> tuple[Feature, ...]:
    """The features of these names, in their order.

    Raises InputRefused for a name the catalogue does not hold, or one whose table is not among those present.
    """
    if unknown := [name for name in names if name not in _BY_NAME]:
        raise InputRefused(
            "features of the catalogue",
            f"{unknown[0]}, which it does not hold",
            "See `stratify describe` for the names.",
        )
    found = tuple(_BY_NAME[name] for name in names)
    present = set(tables_present) if tables_present is not None else None
    lacking = [feature for feature in found if present is not None and not set(feature.tables) <= present]
    if lacking:
        raise InputRefused(
            f"a pack with {' and '.join(lacking[0].tables)}, which {lacking[0].name} is measured on",
            f"only {', '.join(sorted(present or ()))}",
            "Add the table to the pack, or use a model fitted without it.",
        )
    return found


def groups_of(names: Sequence[str]) -> tuple[str, ...]:
    """The group of each feature, in the order of the names."""
    return tuple(feature.group for feature in features_named(names))


def sensitive_groups(config: Path | None = None) -> frozenset[str]:
    """The groups that features.toml says are never shown as a reason."""
    content = read_toml((config or default_config()) / "features.toml")
    return frozenset(content.get("sensitive", {}).get("groups", ()))


def stages_of(features: Iterable[Feature]) -> tuple[Stage, ...]:
    """The stages that features are measured over, in an order in which they can be made."""
    return stages_for({name for feature in features for name in feature.relation.stages})


def references_of(features: Iterable[Feature]) -> frozenset[str]:
    """The names of the reference tables that features and their stages join."""
    listed = list(features)
    direct = {name for feature in listed for name in feature.relation.references}
    return frozenset(direct | {name for stage in stages_of(listed) for name in stage.references})


def feature_set_hash(names: Sequence[str], config: Path | None = None) -> str:
    """SHA-256 over the names in order, their SQL, and the code lists and units they rest on."""
    return _hash(tuple(names), (config or default_config()).resolve())


def codelist_hashes(names: Sequence[str], config: Path | None = None) -> dict[str, str]:
    """SHA-256 of each code list that the features of these names rest on, by the list's name."""
    place = (config or default_config()).resolve()
    return {found.name: found.sha256 for found in lists_used(place, _tables_used(features_named(names), place))}


@cache
def _hash(names: tuple[str, ...], config: Path) -> str:
    features = features_named(names)
    tables = _tables_used(features, config)
    content = {
        "features": [[f.name, f.unit, f.window_days, f.measure.scale, repr(f.measure.empty)] for f in features],
        "statements": [[s.sql(TIMELESS), [sorted(cells.items()) for cells in s.cells]] for s in plan(features)],
        "stages": [[stage.name, TIMELESS.fill(stage.sql)] for stage in stages_of(features)],
        "references": [[table.name, table.sql] for table in tables],
        "codelists": [[found.name, found.sha256] for found in lists_used(config, tables)],
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _tables_used(features: Sequence[Feature], config: Path) -> tuple[ReferenceTable, ...]:
    wanted = references_of(features)
    return tuple(table for table in reference_tables(config) if table.name in wanted)
