"""Whether the files are the ones the manifest describes, are text where they should be, and stay still."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from interfaces.exceptions import PackRefused
from interfaces.extracts import csv_file
from interfaces.extracts.fingerprint import Fingerprint, fingerprint, parts_sha256
from interfaces.extracts.layout import Storage
from interfaces.extracts.opening import csv_refusal
from interfaces.extracts.pack import Pack
from interfaces.extracts.refusal import Refusal
from interfaces.extracts.source import TableSource

Fingerprints = Mapping[Path, Fingerprint]


def take_fingerprints(source: TableSource, known: Fingerprints) -> dict[Path, Fingerprint]:
    """Fingerprints of the table's files, those already known left alone. Raises OSError."""
    text = source.files.storage is Storage.CSV
    return {path: known[path] if path in known else fingerprint(path, text=text) for path in source.files.paths}


def encoding_refusal(source: TableSource, prints: Fingerprints) -> Refusal | None:
    """The refusal of a CSV file that is not UTF-8, with its first row; None where it is."""
    path = source.files.paths[0]
    if source.files.storage is not Storage.CSV or prints[path].not_utf8_at is None:
        return None
    fault = csv_file.first_fault(path, len(source.header))
    if fault is None:
        fault = csv_file.CsvFault("not_utf8", 0, "UTF-8 text", "bytes of another encoding")
    return csv_refusal(fault, source.name, source.files.name)


def manifest_refusals(pack: Pack, source: TableSource, prints: Fingerprints, rows: int) -> Iterator[Refusal]:
    """Where the table is not the one its manifest describes: other bytes, other number of rows."""
    told = pack.manifest.tables.get(source.name)
    if told is None:
        return
    if told.sha256 is not None and told.sha256 != _sha256(source, prints):
        yield Refusal(
            "hash_differs",
            "the SHA-256 of the manifest",
            "another one: the file was changed or damaged after the manifest was written",
            "Fetch the file again, or ask the supplier for a manifest that fits it.",
            source.name,
            source.files.name,
        )
    if told.rows is not None and told.rows != rows:
        yield Refusal(
            "rows_differ",
            f"as many rows as the manifest says, {told.rows:,}",
            f"{rows:,}",
            "Ask the supplier to send the table and its manifest again.",
            source.name,
            source.files.name,
        )


def change_refusals(pack: Pack, prints: Fingerprints) -> Iterator[Refusal]:
    """Files that are no longer what they were when the check began. Reads every byte again."""
    for source in pack.tables.values():
        for path in source.files.paths:
            if path in prints and _changed(path, prints[path]):
                yield changed_refusal(source, path.name)


def require_unchanged(folder: Path, files: Mapping[str, str]) -> None:
    """PackRefused where a file of the pack is no longer what the check saw; asked after its last reading.

    `files` are SHA-256 by file name inside the pack, as a PackReport has them. Reads every byte again.
    """
    for name, sha256 in files.items():
        path = folder / name
        if not path.is_file() or fingerprint(path).sha256 != sha256:
            raise PackRefused(
                "files of the pack that stay as they are while they are read",
                f"{name}, which was changed or removed meanwhile",
                "Wait until the transfer of the pack is complete, then start again.",
            )


def changed_refusal(source: TableSource, file: str) -> Refusal:
    """The refusal of a file that changed while the check was reading it."""
    return Refusal(
        "changed_while_read",
        "files that stay as they are during the check",
        "one that was changed or removed meanwhile",
        "Wait until the transfer of the pack is complete, then check it again.",
        source.name,
        file,
    )


def _changed(path: Path, before: Fingerprint) -> bool:
    try:
        status = path.stat()
        if (status.st_size, status.st_mtime_ns) != (before.size, before.changed_ns):
            return True
        # A clock of coarse steps, or a copy that keeps times, hides a change from the two above.
        return fingerprint(path).sha256 != before.sha256
    except OSError:
        return True


def _sha256(source: TableSource, prints: Fingerprints) -> str:
    if source.files.storage is Storage.PARTS:
        return parts_sha256({path.name: prints[path].sha256 for path in source.files.paths})
    return prints[source.files.paths[0]].sha256
