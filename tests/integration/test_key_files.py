"""The key file: made once, readable by its owner only, never inside the data it protects."""

import hashlib
import os
import stat
from pathlib import Path

import pytest

from stratify.exceptions import KeyRefused, OutputRefused
from stratify.pseudonyms import Key, load_key, make_key
from tests.support.packs import a_pack


def test_made_key_is_loaded_as_it_was_made(tmp_path: Path) -> None:
    made = make_key(tmp_path / "key")
    assert load_key(tmp_path / "key") == made
    assert len(made.secret) == 32


def test_two_keys_are_never_the_same(tmp_path: Path) -> None:
    assert make_key(tmp_path / "one").secret != make_key(tmp_path / "two").secret


def test_key_id_is_the_published_hash(tmp_path: Path) -> None:
    key = make_key(tmp_path / "key", random=lambda size: b"s" * size)
    assert key.id == hashlib.sha256(b"caretier/key-id:" + b"s" * 32).hexdigest()[:8]


def test_key_file_is_for_its_owner_only_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        make_key(tmp_path / "key")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o604, 0o644, 0o602, 0o620, 0o666, 0o755])
def test_key_that_others_may_use_is_refused(tmp_path: Path, mode: int) -> None:
    make_key(tmp_path / "key")
    (tmp_path / "key").chmod(mode)
    with pytest.raises(KeyRefused, match=f"permissions {mode:04o}.*chmod 600"):
        load_key(tmp_path / "key")


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o640])
def test_key_of_its_owner_or_a_service_group_is_accepted(tmp_path: Path, mode: int) -> None:
    made = make_key(tmp_path / "key")
    (tmp_path / "key").chmod(mode)
    assert load_key(tmp_path / "key") == made


def test_existing_key_is_never_overwritten(tmp_path: Path) -> None:
    made = make_key(tmp_path / "key")
    with pytest.raises(OutputRefused, match="overwritten is lost"):
        make_key(tmp_path / "key")
    assert load_key(tmp_path / "key") == made


def test_key_in_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputRefused, match="No such file"):
        make_key(tmp_path / "none" / "key")


def test_missing_key_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(KeyRefused, match="stratify make-key"):
        load_key(tmp_path / "key")


@pytest.mark.parametrize("where", ["key", "deep/er/key"])
def test_key_inside_a_pack_is_refused(tmp_path: Path, where: str) -> None:
    pack = a_pack(tmp_path / "pack")
    (pack / where).parent.mkdir(parents=True, exist_ok=True)
    with pytest.raises(KeyRefused, match="outside the data"):
        make_key(pack / where)
    assert not (pack / where).exists()


@pytest.mark.parametrize("mark", ["zone.json", "scores.parquet", "gp_register.parquet"])
def test_key_moved_into_a_folder_of_data_is_refused(tmp_path: Path, mark: str) -> None:
    make_key(tmp_path / "key")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / mark).touch()
    (tmp_path / "key").rename(tmp_path / "data" / "key")
    with pytest.raises(KeyRefused, match="outside the data"):
        load_key(tmp_path / "data" / "key")


def test_key_inside_a_folder_the_caller_names_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    make_key(tmp_path / "run" / "key")
    with pytest.raises(KeyRefused, match="outside the data"):
        load_key(tmp_path / "run" / "key", outside=[tmp_path / "run"])


def test_key_reached_through_a_link_into_the_data_is_refused(tmp_path: Path) -> None:
    pack = a_pack(tmp_path / "pack")
    make_key(tmp_path / "key")
    (tmp_path / "key").rename(pack / "key")
    (tmp_path / "link").symlink_to(pack / "key")
    with pytest.raises(KeyRefused, match="outside the data"):
        load_key(tmp_path / "link")


@pytest.mark.parametrize("content", [b"", b"hello\n", b"\xff\xfe\x00", b"key-id: 00000000\nsecret: ab\n"])
def test_file_that_is_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key").write_bytes(content)
    (tmp_path / "key").chmod(0o600)
    with pytest.raises(KeyRefused, match="file of another kind"):
        load_key(tmp_path / "key")


def test_altered_key_is_refused_by_its_id(tmp_path: Path) -> None:
    made: Key = make_key(tmp_path / "key", random=lambda size: b"s" * size)
    text = (tmp_path / "key").read_text()
    (tmp_path / "key").write_text(text.replace(made.secret.hex(), "74" * 32))
    with pytest.raises(KeyRefused, match="was altered") as refused:
        load_key(tmp_path / "key")
    assert made.secret.hex() not in str(refused.value)
