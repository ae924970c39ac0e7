"""What the program measures, on what grounds: every feature, code list and published index, for a reader or a script."""

import json
from pathlib import Path
from typing import Any

from stratify.exceptions import OutputRefused
from stratify.features.catalogue import FEATURES, feature_set_hash, sensitive_groups
from stratify.features.codelists import CodeList, load_codelists
from stratify.features.definition import Feature
from stratify.indices import INDICES, Index
from stratify.indices.index import component_names
from stratify.settings import default_config


def description(config: Path | None = None) -> dict[str, Any]:
    """Every feature, code list and index as plain values; ConfigRefused where a code list is not as it was reviewed."""
    folder = config or default_config()
    sensitive = sensitive_groups(folder)
    return {
        "feature_set_hash": feature_set_hash([feature.name for feature in FEATURES], folder),
        "features": [_feature(feature, sensitive) for feature in FEATURES],
        "codelists": [_codelist(found) for found in load_codelists(folder).values()],
        "indices": [_index(index, folder) for index in INDICES.values()],
    }


def describe(json_path: Path | None = None, config: Path | None = None) -> str:
    """The same as text, one line for each feature, list and index; also written to `json_path` where one is given.

    Raises OutputRefused where that file cannot be written.
    """
    content = description(config)
    if json_path is not None:
        _write(json_path, content)
    lines = [f"{len(content['features'])} features (feature set {content['feature_set_hash'][:12]})", ""]
    group = None
    for entry in content["features"]:
        if entry["group"] != group:
            group = entry["group"]
            lines += ["", f"{group}{'  (never shown as a reason)' if entry['sensitive'] else ''}"]
        lines.append(
            f"  {entry['name']}: {entry['source']}, {_window(entry['window_days'])}, {entry['unit']}. {entry['rationale']}"
        )
    lines += ["", "", f"{len(content['codelists'])} code lists", ""]
    lines += [
        f"  {entry['name']}: {entry['count']} {entry['system']} codes, {entry['source']}, {entry['date']}, sha256 {entry['sha256'][:12]}"
        for entry in content["codelists"]
    ]
    lines += ["", f"{len(content['indices'])} published indices", ""]
    lines += [
        f"  {entry['kind']}: {entry['name']}, {_window(entry['window_days'])}, {entry['unit']}, {len(entry['components'])} components. {entry['source']}."
        for entry in content["indices"]
    ]
    return "\n".join(lines) + "\n"


def _window(days: int | None) -> str:
    return "whole record" if days is None else f"last {days} days"


def _feature(feature: Feature, sensitive: frozenset[str]) -> dict[str, Any]:
    return {
        "name": feature.name,
        "group": feature.group,
        "sensitive": feature.group in sensitive,
        "source": feature.source,
        "window_days": feature.window_days,
        "unit": feature.unit,
        "kind": str(feature.kind),
        "dated_by": feature.dated_by or None,
        "rationale": feature.rationale,
    }


def _codelist(found: CodeList) -> dict[str, Any]:
    return {
        "name": found.name,
        "system": found.system,
        "source": found.source,
        "date": found.date,
        "count": len(found.rows),
        "sha256": found.sha256,
        "note": found.note,
        "removed": list(found.removed),
    }


def _index(index: Index, config: Path) -> dict[str, Any]:
    return {
        "kind": str(index.kind),
        "name": index.name,
        "source": index.source,
        "window_days": index.window_days,
        "unit": index.unit,
        "tables": list(index.tables),
        "components": component_names(index, config),
    }


def _write(path: Path, content: dict[str, Any]) -> None:
    try:
        path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise OutputRefused(
            "a place to write the description", error.strerror or "an error", "Name a file in an existing folder."
        ) from None
