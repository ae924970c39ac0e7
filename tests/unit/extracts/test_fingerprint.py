"""Fingerprints and the hash of a folder of parts."""

import hashlib
from pathlib import Path

from interfaces.extracts.fingerprint import fingerprint, parts_sha256


def test_fingerprint_is_size_time_and_sha256(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"abc")
    found = fingerprint(path)
    assert (found.size, found.changed_ns) == (3, path.stat().st_mtime_ns)
    assert found.sha256 == hashlib.sha256(b"abc").hexdigest()
    assert found.not_utf8_at is None


def test_letter_cut_by_the_end_of_a_block_is_still_text(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"x" * ((1 << 20) - 1) + "é".encode() + b"y")
    assert fingerprint(path, text=True).not_utf8_at is None


def test_letter_cut_by_the_end_of_the_file_is_not_text(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"x" * (1 << 20) + "é".encode()[:1])
    assert fingerprint(path, text=True).not_utf8_at == 1 << 20


def test_bad_byte_in_a_later_block_is_placed(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"x" * ((1 << 20) + 5) + b"\xe9 and more")
    assert fingerprint(path, text=True).not_utf8_at == (1 << 20) + 5


def test_parts_are_hashed_as_sha256sum_lists_them() -> None:
    listed = "aa  part-0.parquet\nbb  part-1.parquet\n"
    assert parts_sha256({"part-1.parquet": "bb", "part-0.parquet": "aa"}) == hashlib.sha256(listed.encode()).hexdigest()
