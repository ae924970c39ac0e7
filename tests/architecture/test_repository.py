"""What may and may not be in the repository."""

import hashlib
import json
import re
import tomllib

from interfaces.codes.nhs_number import NhsNumber
from tests.architecture.source import ROOT, committed_files, named

TEXT = {".py", ".md", ".toml", ".csv", ".json", ".txt", ".sh", ".html", ".css", ".lock", ".yml", ""}
TEN_DIGITS = re.compile(r"(?<![\d.])\d{3}[ -]?\d{3}[ -]?\d{4}(?![\d.])")


def texts():
    for path in committed_files():
        if path.suffix in TEXT and path.name != "test_repository.py":
            yield path, path.read_text(encoding="utf-8", errors="replace")


def is_real_nhs_number(digits):
    try:
        NhsNumber.parse(digits, synthetic=False)
    except ValueError:
        return False
    return True


def test_every_nhs_number_in_the_repository_is_of_the_synthetic_range():
    """A ten-digit string that passes for a real person's number must not be here, by accident or otherwise.

    Code lists, models and locks are full of long numbers that are something else (SNOMED codes, hashes),
    so they are left out by folder; data about people is never kept in those.
    """
    left_out = (
        "config/codelists/",
        "models/",
        "requirements",
        "stratify/report/static/",
        "caseload/static/",
        "caseload/common_passwords",
    )
    found = [
        named(path)
        for path, text in texts()
        if not named(path).startswith(left_out)
        and any(is_real_nhs_number(re.sub(r"\D", "", hit)) for hit in TEN_DIGITS.findall(text))
    ]
    assert found == []


def test_no_file_names_a_package_registry():
    host = re.compile(r"pypi\.org|pythonhosted|registry\.npmjs|deb\.debian\.org")
    assert [named(p) for p, text in texts() if host.search(text)] == []


def test_every_pinned_package_has_hashes():
    for lock in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / lock).read_text(encoding="utf-8")
        pins = re.findall(r"^([a-zA-Z0-9_.\[\]-]+==\S+.*?)(?=^\S|\Z)", text, flags=re.M | re.S)
        assert pins
        assert [pin.split("==")[0] for pin in pins if "--hash=sha256:" not in pin] == []


def test_no_machine_path_is_written_down():
    path = re.compile(r"(?<![\w.])/(work|root|home/\w+)/")
    assert [named(p) for p, text in texts() if path.search(text)] == []


def test_every_code_list_says_where_it_is_from_and_matches_its_hash():
    index = tomllib.loads((ROOT / "config/codelists/index.toml").read_text(encoding="utf-8"))
    lists = {entry["name"]: entry for entry in index["codelist"]}
    files = {path.stem: path for path in (ROOT / "config/codelists").glob("*.csv")}
    assert set(lists) == set(files)
    for name, entry in lists.items():
        content = files[name].read_bytes()
        assert entry["source"], name
        assert entry["date"], name
        assert hashlib.sha256(content).hexdigest() == entry["sha256"], name
        assert content.decode().strip().count("\n") == entry["count"], name


def test_every_shipped_model_has_a_card_an_evaluation_and_matching_checksums():
    folders = [path.parent for path in (ROOT / "models").glob("*/*/manifest.json")]
    assert folders
    for folder in folders:
        lines = (folder / "checksums.sha256").read_text(encoding="utf-8").splitlines()
        sums = {name: digest for digest, name in (line.split(maxsplit=1) for line in lines)}
        assert {"model.txt", "manifest.json", "card.md", "evaluation.json"} <= set(sums)
        for name, digest in sums.items():
            assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, f"{folder.name}/{name}"
        if json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["demonstration"]:
            assert "not for care" in (folder / "card.md").read_text(encoding="utf-8")
