"""config/caseload.toml says what holds: every setting, with the value the program has by itself."""

import tomllib
from pathlib import Path

from caseload.settings import OidcProvider, Settings

FILE = Path(__file__).resolve().parents[3] / "config" / "caseload.toml"
SECRETS = {"secret_key", "oidc_secrets"}


def test_the_file_says_what_the_program_does_by_itself() -> None:
    said = tomllib.loads(FILE.read_text(encoding="utf-8"))
    smtp = said.pop("smtp")
    by_itself = {name: field.default for name, field in Settings.model_fields.items()}
    assert said == {name: by_itself[name] for name in said}
    assert smtp == {name: getattr(by_itself["smtp"], name) for name in smtp}


def test_the_file_names_every_setting_but_the_secrets() -> None:
    said = tomllib.loads(FILE.read_text(encoding="utf-8"))
    assert set(Settings.model_fields) - set(said) == SECRETS | {"oidc"}
    assert set(said["smtp"]) == set(type(Settings.model_fields["smtp"].default).model_fields) - {"password"}


def test_the_example_of_a_provider_names_everything_one_can_have() -> None:
    lines = FILE.read_text(encoding="utf-8").splitlines()
    example = {line.removeprefix("# ").split(" =")[0] for line in lines if line.startswith("# ") and " = " in line}
    assert set(OidcProvider.model_fields) <= example
