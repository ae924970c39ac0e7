"""The daily e-mail, through a real mail server on this machine: numbers only, one for each user and day."""

import re
import socket
import ssl
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from ipaddress import ip_address

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import select

from caseload.actions.notices import notify
from caseload.actions.tasks import add_rule_task
from caseload.domain.digest import DigestCounts, digest_text
from caseload.domain.words import NoticeKind, TaskKind
from caseload.exceptions import OutputRefused, SettingsRefused
from caseload.intake import digest
from caseload.intake.digest import send_digests
from caseload.settings import Smtp, settings_with
from caseload.tables import DigestSent, User
from tests.support.case_app import NOW, audited
from tests.support.led_cases import opened
from tests.support.patience import PATIENCE

SENDER = "Caretier <caretier@example.org>"


class Postbox:
    """Takes every message but those to the addresses it refuses."""

    def __init__(self):
        self.messages, self.refused, self.envelopes = [], set(), []

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address in self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.envelopes.append((envelope.mail_from, envelope.rcpt_tos))
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


class MailServer(Controller):
    """On a port that is its own from the beginning, and waited for as long as it takes."""

    def __init__(self, postbox, **options):
        self.opened = socket.create_server(("127.0.0.1", 0))
        port = self.opened.getsockname()[1]
        super().__init__(postbox, hostname="127.0.0.1", port=port, ready_timeout=PATIENCE, **options)

    def _create_server(self):
        return self.loop.create_server(self._factory_invoker, sock=self.opened)

    def _trigger_server(self):
        with socket.create_connection((self.hostname, self.port), PATIENCE) as asking:
            asking.recv(1024)


@contextmanager
def mail_server(postbox, **options):
    server = MailServer(postbox, **options)
    server.start()
    try:
        yield server.port
    finally:
        server.stop()


@contextmanager
def port_of_nobody():
    """A port on which nobody listens, and nobody else will."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """A mail server is not away because the machine is busy."""
    monkeypatch.setattr(digest, "_SECONDS", PATIENCE)


@pytest.fixture
def postbox():
    return Postbox()


@pytest.fixture
def port(postbox):
    with mail_server(postbox) as port:
        yield port


def settings_for(port, **smtp):
    return settings_with(
        secret_key="x" * 40,
        public_url="https://caretier.example.org",
        smtp=Smtp(host="127.0.0.1", port=port, sender=SENDER, **smtp),
    )


def wants(store, town, *usernames):
    with store.writing() as session:
        for username in usernames:
            session.get_one(User, town.users[username]).wants_digest = True


def told(store, town, *usernames, number=1):
    with store.writing() as session:
        users = [town.users[username] for username in usernames]
        notify(session, now=NOW, user_ids=users, kind=NoticeKind.PERSON_DIED, person_id=town.people[number])


def sent_days(store):
    with store.reading() as session:
        rows = session.execute(select(DigestSent).order_by(DigestSent.user_id, DigestSent.day)).scalars()
        return [(row.user_id, row.day) for row in rows]


def test_digest_says_how_much_waits_and_nothing_of_any_person(store, town, postbox, port):
    case_id = opened(store, town, 1)
    with store.writing() as session:
        for number, day in enumerate((-1, 0, 0)):
            add_rule_task(
                session, now=NOW, person_id=town.people[1], case_id=case_id, kind=TaskKind.FOLLOW_UP,
                title="Ring Family1", due_on=(NOW + timedelta(days=day)).date(), rule_code="test",
                rule_ref=f"test:{number}", owner_id=town.users["ash.gp"],
            )  # fmt: skip
    wants(store, town, "ash.gp")
    assert send_digests(store, settings_for(port), NOW) == 1
    [message] = postbox.messages
    assert (message["To"], message["From"]) == ("ash.gp@example.org", SENDER)
    text = message.get_content().replace("\r\n", "\n")
    assert "- 1 task is overdue\n- 2 tasks are due today\n- 3 notices are not read\n" in text
    assert "https://caretier.example.org" in text
    everything = postbox.messages[0].as_string()
    for word in ("Family1", "Given1", "FAMILY1", town.nhs_numbers[1], "1941", "Test Street", "ZZ1"):
        assert word not in everything
    assert not re.search(r"\d{3}\s?\d{3}\s?\d{4}", text)
    assert message["Auto-Submitted"] == "auto-generated"
    assert ("digest.send", []) in audited(store)


def test_digest_is_one_for_each_user_and_day(store, town, postbox, port):
    wants(store, town, "ash.gp", "nurse")
    told(store, town, "ash.gp", "nurse")
    settings = settings_for(port)
    assert send_digests(store, settings, NOW) == 2
    assert send_digests(store, settings, NOW + timedelta(hours=10)) == 0
    assert send_digests(store, settings, NOW + timedelta(hours=15)) == 2  # past midnight in London
    assert sent_days(store) == [
        (town.users[username], (NOW + timedelta(days=day)).date())
        for username in ("ash.gp", "nurse") for day in (0, 1)
    ]  # fmt: skip


def test_digest_goes_only_to_who_wants_it_is_active_and_has_something_waiting(store, town, postbox, port):
    wants(store, town, "ash.gp", "nurse", "therapist")
    told(store, town, "ash.gp", "nurse", "consultant")
    with store.writing() as session:
        session.get_one(User, town.users["nurse"]).deactivated_at = NOW
    assert send_digests(store, settings_for(port), NOW) == 1
    assert [recipients for _, recipients in postbox.envelopes] == [["ash.gp@example.org"]]


def test_digest_refused_for_one_address_goes_to_the_others_and_is_tried_again(store, town, postbox, port, caplog):
    wants(store, town, "ash.gp", "nurse")
    told(store, town, "ash.gp", "nurse")
    postbox.refused.add("ash.gp@example.org")
    assert send_digests(store, settings_for(port), NOW) == 1
    assert sent_days(store) == [(town.users["nurse"], NOW.date())]
    assert f"user {town.users['ash.gp']}" in caplog.text
    assert "@" not in caplog.text
    postbox.refused.clear()
    assert send_digests(store, settings_for(port), NOW) == 1
    assert len(postbox.messages) == 2


def test_digest_while_the_server_is_away_is_refused_and_sent_later(store, town, postbox):
    wants(store, town, "ash.gp")
    told(store, town, "ash.gp")
    with port_of_nobody() as port, pytest.raises(OutputRefused, match="a mail server"):
        send_digests(store, settings_for(port), NOW)
    assert sent_days(store) == []
    with mail_server(postbox) as port:
        assert send_digests(store, settings_for(port), NOW) == 1


def test_digest_is_never_sent_in_the_clear_where_encryption_is_asked_for(store, town, postbox, port):
    wants(store, town, "ash.gp")
    told(store, town, "ash.gp")
    with pytest.raises(OutputRefused):
        send_digests(store, settings_for(port, starttls=True), NOW)
    assert postbox.messages == []


@pytest.fixture
def certificate(tmp_path, monkeypatch):
    """A certificate of this machine that the programs of this test trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail server of a test")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    today = datetime.now(UTC)  # noqa: TID251 certificates are checked against the machine's clock
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), today - timedelta(days=1), today + timedelta(days=1)
    )
    signed = made.add_extension(here, critical=False).add_extension(
        x509.BasicConstraints(ca=True, path_length=None), critical=True
    )
    pem = tmp_path / "server.pem"
    pem.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + signed.sign(key, SHA256()).public_bytes(Encoding.PEM)
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


def test_digest_signs_in_over_an_encrypted_connection(store, town, postbox, certificate):
    def right(_server, _session, _envelope, _mechanism, given):
        ok = isinstance(given, LoginPassword) and (given.login, given.password) == (b"caretier", b"right")
        return AuthResult(success=ok, handled=False)

    wants(store, town, "ash.gp")
    told(store, town, "ash.gp")
    options = {"tls_context": certificate, "require_starttls": True, "authenticator": right, "auth_required": True}
    with mail_server(postbox, **options) as port:
        for wrong in ({"password": "wrong"}, {"username": ""}):
            with pytest.raises(OutputRefused):
                send_digests(
                    store,
                    settings_for(port, **{"starttls": True, "username": "caretier", "password": "right", **wrong}),
                    NOW,
                )
        assert sent_days(store) == []
        settings = settings_for(port, starttls=True, username="caretier", password="right")
        assert send_digests(store, settings, NOW) == 1


def test_digest_is_not_sent_to_a_server_whose_certificate_nobody_vouches_for(
    store, town, postbox, certificate, monkeypatch
):
    wants(store, town, "ash.gp")
    told(store, town, "ash.gp")
    monkeypatch.delenv("SSL_CERT_FILE")
    with mail_server(postbox, tls_context=certificate) as port, pytest.raises(OutputRefused):
        send_digests(store, settings_for(port, starttls=True), NOW)
    assert postbox.messages == []


def test_digest_never_sends_a_password_in_the_clear_to_another_machine(store, town):
    smtp = Smtp(host="mail.example.org", sender=SENDER, username="caretier", password="right")
    with pytest.raises(SettingsRefused, match="CARETIER_SMTP__STARTTLS"):
        send_digests(store, settings_with(secret_key="x" * 40, smtp=smtp), NOW)


@pytest.mark.parametrize("smtp", [Smtp(), Smtp(host="127.0.0.1"), Smtp(sender=SENDER)])
def test_digest_without_a_server_or_a_sender_says_what_to_set(store, town, smtp):
    with pytest.raises(SettingsRefused, match="CARETIER_SMTP__HOST"):
        send_digests(store, settings_with(secret_key="x" * 40, smtp=smtp), NOW)


def test_two_runs_at_once_send_it_once(store, town, postbox, port, monkeypatch):
    wants(store, town, "ash.gp")
    told(store, town, "ash.gp")
    settings = settings_for(port)
    counted = digest.digest_counts

    def slow(session, viewer, now):
        counts = counted(session, viewer, now)
        monkeypatch.setattr(digest, "digest_counts", counted)
        assert send_digests(store, settings, now) == 1  # the other run, while this one is still counting
        return counts

    monkeypatch.setattr(digest, "digest_counts", slow)
    assert send_digests(store, settings, NOW) == 0
    assert len(postbox.messages) == 1


def test_digest_text_of_nothing_to_tell_is_never_made():
    assert not DigestCounts().anything
    assert DigestCounts(reviews=1).anything
    assert "- 1 emergency access waits for your review" in digest_text(DigestCounts(reviews=1), NOW.date(), "")
