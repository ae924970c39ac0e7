"""What a file is, exactly: size, time of change and SHA-256; and whether it stayed so."""

import codecs
import hashlib
from dataclasses import dataclass
from pathlib import Path

_BLOCK = 1 << 20


@dataclass(frozen=True)
class Fingerprint:
    """One file's size in bytes, modification time in nanoseconds, SHA-256 and, for text, its first bad byte.

    `not_utf8_at` is the offset of the first byte that is not UTF-8 text (None where all of it is, or
    where text was not asked about).
    """

    size: int
    changed_ns: int
    sha256: str
    not_utf8_at: int | None = None


class _Utf8Watch:
    """Follows a stream of bytes and remembers where it stopped being UTF-8 text."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._seen = 0
        self.bad_at: int | None = None

    def feed(self, block: bytes, *, final: bool = False) -> None:
        if self.bad_at is not None:
            return
        pending = len(self._decoder.getstate()[0])
        zero = block.find(0)  # legal UTF-8, but no text file holds one: a UTF-16 export or a damaged disk block does
        found = [self._seen + zero] if zero >= 0 else []
        try:
            self._decoder.decode(block, final)
        except UnicodeDecodeError as error:
            found.append(self._seen - pending + error.start)
        self.bad_at = min(found, default=None)
        self._seen += len(block)


def fingerprint(path: Path, *, text: bool = False) -> Fingerprint:
    """The fingerprint of a file, in one pass over its bytes; with `text` its encoding is checked too.

    Raises OSError where the file cannot be read.
    """
    before = path.stat()
    digest, watch = hashlib.sha256(), _Utf8Watch()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
            if text:
                watch.feed(block)
    if text:
        watch.feed(b"", final=True)
    return Fingerprint(before.st_size, before.st_mtime_ns, digest.hexdigest(), watch.bad_at)


def parts_sha256(parts: dict[str, str]) -> str:
    """One SHA-256 for a folder of parts: over the lines "<sha256>  <name>" in the order of the names.

    The same as `sha256sum *.parquet | sha256sum` inside the folder, in the C locale.
    """
    lines = "".join(f"{parts[name]}  {name}\n" for name in sorted(parts))
    return hashlib.sha256(lines.encode()).hexdigest()
