"""What a score file says of itself, to and from the Parquet file's metadata."""

from datetime import date

from interfaces.exceptions import ScoreFileContents, ScoreFileVersion
from interfaces.scores.contract import VERSION, ScoreHeader

_VERSION_KEY = b"caretier.score_file_version"
_PLACE_KEY = b"caretier.place"
_INDEX_DATE_KEY = b"caretier.index_date"
_DEMONSTRATION_KEY = b"caretier.demonstration"

_AGAIN = "Ask for the run's own scores.parquet, untouched."


def to_metadata(header: ScoreHeader) -> dict[bytes, bytes]:
    """The metadata the writer puts into the file's footer."""
    return {
        _VERSION_KEY: str(VERSION).encode(),
        _PLACE_KEY: header.place.encode(),
        _INDEX_DATE_KEY: header.index_date.isoformat().encode(),
        _DEMONSTRATION_KEY: b"true" if header.demonstration else b"false",
    }


def from_metadata(metadata: dict[bytes, bytes] | None, file_name: str) -> ScoreHeader:
    """The header; ScoreFileVersion for an unknown version, ScoreFileContents for a header that says nothing."""
    entries = metadata or {}
    _check_version(entries.get(_VERSION_KEY), file_name)
    place = entries.get(_PLACE_KEY)
    if not place:
        raise ScoreFileContents(f"{file_name} to name its place", "no place in its metadata", _AGAIN)
    return ScoreHeader(
        place.decode(),
        _index_date(entries.get(_INDEX_DATE_KEY, b""), file_name),
        _demonstration(entries.get(_DEMONSTRATION_KEY), file_name),
    )


def _check_version(version: bytes | None, file_name: str) -> None:
    if version == str(VERSION).encode():
        return
    found = "no version in its metadata" if version is None else f"version {version.decode(errors='replace')[:20]}"
    raise ScoreFileVersion(
        f"{file_name} to be a score file of version {VERSION}",
        found,
        "Read it with the program version that wrote it, or run the month again with this one.",
    )


def _index_date(text: bytes, file_name: str) -> date:
    try:
        return date.fromisoformat(text.decode())
    except ValueError:
        raise ScoreFileContents(f"{file_name} to name its index date", "none in its metadata", _AGAIN) from None


def _demonstration(text: bytes | None, file_name: str) -> bool:
    # A missing mark must never read as "for care".
    if text not in (b"true", b"false"):
        raise ScoreFileContents(
            f"{file_name} to say whether its model is for demonstration only", "neither true nor false", _AGAIN
        )
    return text == b"true"
