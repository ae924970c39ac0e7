"""A listener that speaks TLS, and one that lets in only who has a certificate."""

import ssl

import pytest

from caseload.exceptions import SettingsRefused
from caseload.intake.hospital.tls import TlsFiles, tls_context, tls_files
from interfaces.hl7v2.mllp import framed
from tests.support.certificates import Authority
from tests.support.hl7_messages import sent
from tests.support.hospital_listener import Sender, kept, listening
from tests.support.patience import PATIENCE, until


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """Nobody is turned away because the machine is busy."""
    from caseload.intake.hospital import listening as module

    monkeypatch.setattr(module, "_HANDSHAKE_SECONDS", PATIENCE)


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


@pytest.fixture
def ours(authority):
    return authority.certify("listener")


def wrapped(authority, certificate=None):
    context = ssl.create_default_context(cafile=authority.file)
    if certificate:
        context.load_cert_chain(*certificate)
    return lambda plain: context.wrap_socket(plain, server_hostname="127.0.0.1")


def test_messages_over_tls(store, authority, ours):
    with (
        listening(store, tls=tls_context(TlsFiles(*ours))) as running,
        Sender(running, wrap=wrapped(authority)) as sender,
    ):
        sender.send(b"".join(framed(sent(control_id=f"C{n}")) for n in range(300)))
        assert [sender.answer().msa_2 for _ in range(300)] == [f"C{n}" for n in range(300)]
        assert sender.socket.version() in ("TLSv1.2", "TLSv1.3")
    assert len(kept(store)) == 300


def test_who_speaks_no_tls_does_no_harm(store, authority, ours):
    with listening(store, tls=tls_context(TlsFiles(*ours))) as running:
        with Sender(running) as plain:
            plain.send(framed(sent(control_id="plain")))
            with pytest.raises((OSError, AssertionError)):
                assert plain.answer()
        with Sender(running, wrap=wrapped(authority)) as sender:
            assert sender.tell(sent()).msa_1 == "AA"
    assert [row[0] for row in kept(store)] == ["M1"]


def test_only_who_has_a_certificate_of_the_authority_is_let_in(store, authority, ours, tmp_path):
    context = tls_context(TlsFiles(*ours, authority.file))
    other = Authority(tmp_path, "somebody else")
    with listening(store, tls=context) as running:
        for certificate in (None, other.certify("stranger")):
            assert is_turned_away(running, wrapped(authority, certificate))
        with Sender(running, wrap=wrapped(authority, authority.certify("hospital"))) as sender:
            assert sender.tell(sent()).msa_1 == "AA"
    assert [row[0] for row in kept(store)] == ["M1"]


def is_turned_away(running, wrap):
    """In the handshake, or when something is sent after it: that depends on the version of TLS."""
    try:
        with Sender(running, wrap=wrap) as stranger:
            return stranger.tell(sent(control_id="stranger")) is None
    except OSError:
        return True


def test_being_stopped_over_tls(store, authority, ours):
    with (
        listening(store, tls=tls_context(TlsFiles(*ours))) as running,
        Sender(running, wrap=wrapped(authority)) as sender,
    ):
        assert sender.tell(sent()).msa_1 == "AA"
        running.listener.stop()
        assert sender.answer() is None
        assert until(lambda: running.listener.metrics.value("connections") == 0)


def test_a_version_of_tls_that_is_too_old(ours):
    assert tls_context(TlsFiles(*ours)).minimum_version == ssl.TLSVersion.TLSv1_2


def test_files_that_belong_together(ours, authority):
    assert tls_files(None, None, None) is None
    assert tls_files(*ours, authority.file) == TlsFiles(*ours, authority.file)
    for some in ((ours[0], None, None), (None, ours[1], None), (None, None, authority.file)):
        with pytest.raises(SettingsRefused, match="--tls-key"):
            tls_files(*some)


def test_files_that_cannot_be_used(ours, authority, tmp_path):
    (tmp_path / "empty").write_text("")
    other = authority.certify("other")
    for files in (
        TlsFiles(tmp_path / "none", ours[1]),
        TlsFiles(ours[0], other[1]),
        TlsFiles(tmp_path / "empty", ours[1]),
        TlsFiles(*ours, tmp_path / "empty"),
    ):
        with pytest.raises(SettingsRefused, match="--tls-cert"):
            tls_context(files)
