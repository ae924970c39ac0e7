"""A key nothing reads is refused with its file and the nearest there is, and never ignored."""

import shutil
from pathlib import Path

import pytest

from caseload.app import create_app
from caseload.database import open_database
from caseload.exceptions import SettingsRefused
from caseload.lead_rules import read_lead_rules, rules_in
from caseload.secrets import Secrets
from caseload.settings import settings_with
from caseload.store import Store

CONFIG = Path(__file__).resolve().parents[3] / "config"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A configuration folder of its own, read instead of the program's."""
    for name in ("caseload.toml", "cohort_blocks.toml", "lead_rules.toml", "questionnaires.toml"):
        shutil.copy(CONFIG / name, tmp_path / name)
    monkeypatch.setenv("CARETIER_CONFIG", str(tmp_path))
    read_lead_rules.cache_clear()
    yield tmp_path
    read_lead_rules.cache_clear()


def change(file, old, new):
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def provider(text):
    return f'[[oidc]]\nname = "cis2"\nlabel = "NHS"\nmetadata_url = "https://x"\nclient_id = "c"\n{text}\n\n[smtp]'


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("page_rows = 50", "page_row = 50", "page_row (the nearest there is: page_rows)"),
        ('host = ""', 'hots = ""', "smtp.hots (the nearest there is: smtp.host)"),
        ("[smtp]", provider('role_claim = "r"'), "oidc.role_claim (the nearest there is: oidc.roles_claim)"),
        ("[smtp]", "[smpt]", "smpt (the nearest there is: smtp)"),
        ('username = ""', "threads = 4", "smtp.threads (the nearest there is: threads, which stands before the first"),
        ("threads = 8", "threads = 8\nkwxz = 1", "kwxz (nothing there is has a name like it)"),
    ],
)
def test_an_unknown_setting_is_refused_with_the_nearest(folder, old, new, said):
    change(folder / "caseload.toml", old, new)
    with pytest.raises(SettingsRefused) as refused:
        settings_with()
    assert said in str(refused.value)
    assert str(folder / "caseload.toml") in str(refused.value)


def test_every_unknown_setting_is_named_at_once(folder):
    change(folder / "caseload.toml", "page_rows = 50", "page_row = 50\ncolour = 1")
    with pytest.raises(SettingsRefused, match=r"page_row .*; colour "):
        settings_with()


def test_words_of_a_provider_are_no_settings(folder):
    change(folder / "caseload.toml", "[smtp]", provider('roles = { "clinician" = "lead" }'))
    assert settings_with().oidc[0].roles == {"clinician": "lead"}


def test_a_file_that_is_no_toml_is_refused(folder):
    change(folder / "caseload.toml", "page_rows = 50", "page_rows 50")
    with pytest.raises(SettingsRefused, match=r"caseload\.toml: .*line"):
        settings_with()


def test_without_a_file_the_program_has_its_own_values(folder):
    (folder / "caseload.toml").unlink()
    assert settings_with().page_rows == 50


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("age_bound =", "age_bond =", "age_bond (the nearest there is: age_bound)"),
        ("[need.medical]", "[need.medicine]", "need.medicine (the nearest there is: need.medical)"),
        ('code = "VH"', 'cod = "VH"', "very_high.cod (the nearest there is: very_high.code)"),
        ("doctor = [", "docter = [", "stands_for.docter (the nearest there is: stands_for.doctor)"),
        ("very_high = 4", "very_hihg = 4", "weights.very_hihg (the nearest there is: weights.very_high)"),
    ],
)
def test_an_unknown_key_of_the_lead_rule_is_refused_with_the_nearest(folder, old, new, said):
    change(folder / "lead_rules.toml", old, new)
    with pytest.raises(SettingsRefused) as refused:
        rules_in(folder / "lead_rules.toml")
    assert said in str(refused.value)
    assert str(folder / "lead_rules.toml") in str(refused.value)


def test_a_lead_rule_that_is_wrong_stops_the_start(folder):
    change(folder / "lead_rules.toml", "age_bound =", "age_bond =")
    store = Store(open_database("sqlite://"), Secrets.of("a secret that only tests know, long enough"))
    with pytest.raises(SettingsRefused, match="age_bond"):
        create_app(settings_with(), store=store)
