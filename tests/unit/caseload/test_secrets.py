"""One secret, a key for each purpose, and a file nobody else can read."""

import os
import stat

import pytest

from caseload.exceptions import OutputRefused, SettingsRefused
from caseload.secrets import Secrets, load_secrets, make_secret
from caseload.settings import settings_with

LONG = "a secret that only tests know, long enough"


def settings_of(tmp_path, secret=""):
    return settings_with(database_url=f"sqlite:///{tmp_path}/case.sqlite", secret_key=secret)


def test_keys_are_of_their_purpose_and_of_the_secret():
    one, same, other = Secrets.of(LONG), Secrets.of(LONG), Secrets.of(LONG + "!")
    assert one == same
    keys = {one.audit, one.totp, one.web.encode(), other.audit, other.totp, other.web.encode()}
    assert len(keys) == 6
    assert all(len(key) >= 32 for key in keys)


def test_keys_are_not_shown():
    shown = repr(Secrets.of(LONG))
    assert shown == "Secrets()"


def test_secret_of_the_environment_is_used_before_the_file(tmp_path):
    (tmp_path / "case.sqlite.secret").write_text("f" * 64, encoding="ascii")
    assert load_secrets(settings_of(tmp_path, LONG)) == Secrets.of(LONG)


def test_secret_that_was_made_is_the_one_that_is_loaded(tmp_path):
    path = tmp_path / "case.sqlite.secret"
    make_secret(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(path.read_text(encoding="ascii")) == 64
    assert load_secrets(settings_of(tmp_path)) == Secrets.of(path.read_text(encoding="ascii"))


def test_secret_that_is_there_is_never_replaced(tmp_path):
    path = tmp_path / "case.sqlite.secret"
    make_secret(path)
    before = path.read_bytes()
    make_secret(path)
    assert path.read_bytes() == before


def test_two_secrets_are_two_secrets(tmp_path):
    make_secret(tmp_path / "one")
    make_secret(tmp_path / "two")
    assert (tmp_path / "one").read_bytes() != (tmp_path / "two").read_bytes()


def test_secret_cannot_be_made_where_nothing_can_be_written(tmp_path):
    with pytest.raises(OutputRefused, match="a place for the secret"):
        make_secret(tmp_path / "no such folder" / "secret")


def test_missing_secret_is_refused_and_says_what_to_run(tmp_path):
    with pytest.raises(SettingsRefused, match=r"Found none\. Run `caseload init"):
        load_secrets(settings_of(tmp_path))


def test_short_secret_is_refused_and_not_repeated(tmp_path):
    with pytest.raises(SettingsRefused, match="Found a shorter one") as caught:
        load_secrets(settings_of(tmp_path, "short-secret"))
    assert "short-secret" not in str(caught.value)


@pytest.mark.parametrize("mode", [0o604, 0o602, 0o620, 0o601, 0o666])
def test_secret_that_others_may_read_or_change_is_refused(tmp_path, mode):
    path = tmp_path / "case.sqlite.secret"
    make_secret(path)
    path.chmod(mode)
    with pytest.raises(SettingsRefused, match="chmod 600"):
        load_secrets(settings_of(tmp_path))


def test_secret_that_cannot_be_read_is_refused(tmp_path):
    os.mkdir(tmp_path / "case.sqlite.secret", 0o700)
    with pytest.raises(SettingsRefused, match="a secret that can be read"):
        load_secrets(settings_of(tmp_path))


def test_postgresql_has_its_secret_in_the_environment_only():
    with pytest.raises(SettingsRefused, match="CARETIER_SECRET_KEY"):
        load_secrets(settings_with(database_url="postgresql://localhost/case", secret_key=""))
