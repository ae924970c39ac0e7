"""The daily e-mail: numbers only, one for each user and day, through the mail server of the settings."""

import logging
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid, parseaddr

from sqlalchemy.exc import IntegrityError

from caseload.actions.digests import claim_digest, release_digest
from caseload.clock import local_day
from caseload.domain.digest import SUBJECT, DigestCounts, digest_text
from caseload.exceptions import OutputRefused, SettingsRefused
from caseload.queries.digests import digest_counts, wanting_digest
from caseload.queries.viewers import viewer_of
from caseload.settings import Settings
from caseload.settings import Smtp as Server
from caseload.store import Store

_log = logging.getLogger(__name__)
_SECONDS = 30
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
_ONE_MESSAGE = (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, smtplib.SMTPNotSupportedError)
"""What a server refuses of one message; anything else it would say of the next one too."""


def send_digests(store: Store, settings: Settings, now: datetime) -> int:
    """Send today's e-mail to everyone who wants it, has not had it, and has something waiting; answers how many.

    One that the mail server refuses is tried again at the next run. SettingsRefused without a server or a sender,
    OutputRefused where the server cannot be reached or refuses us.
    """
    _check(settings.smtp)
    waiting = list(_waiting(store, now))
    if not waiting:
        return 0
    sent = 0
    with _server(settings.smtp) as server:
        for user_id, email, counts in waiting:
            sent += _send(store, server, now, user_id, _message(settings, now, email, counts))
    return sent


def _check(server: Server) -> None:
    if not server.host or not parseaddr(server.sender)[1]:
        raise SettingsRefused(
            "a mail server and a sender for the daily e-mail",
            "none" if not server.host else "no sender",
            "Set CARETIER_SMTP__HOST and CARETIER_SMTP__SENDER, or [smtp] in config/caseload.toml.",
        )
    if server.username and not server.starttls and server.host not in _HERE:
        raise SettingsRefused(
            "an encrypted connection for signing in to the mail server",
            "a password that would be sent in the clear",
            "Set CARETIER_SMTP__STARTTLS=true.",
        )


def _waiting(store: Store, now: datetime) -> Iterator[tuple[int, str, DigestCounts]]:
    with store.reading() as session:
        for user_id, email in wanting_digest(session, local_day(now)):
            viewer = viewer_of(session, user_id, now)
            counts = DigestCounts() if viewer is None else digest_counts(session, viewer, now)
            if counts.anything:
                yield user_id, email, counts


@contextmanager
def _server(settings: Server) -> Iterator[smtplib.SMTP]:
    try:
        with smtplib.SMTP(settings.host, settings.port, timeout=_SECONDS) as server:
            if settings.starttls:
                server.starttls(context=ssl.create_default_context())
            if settings.username:
                server.login(settings.username, settings.password.get_secret_value())
            yield server
    except (OSError, smtplib.SMTPException) as error:
        raise OutputRefused(
            "a mail server that takes the daily e-mail",
            f"one that does not ({type(error).__name__})",
            "Check [smtp] in the settings; who was not sent theirs is sent it at the next run.",
        ) from None


def _send(store: Store, server: smtplib.SMTP, now: datetime, user_id: int, message: EmailMessage) -> bool:
    day = local_day(now)
    try:
        with store.writing() as session:
            claim_digest(session, now=now, user_id=user_id, day=day)
    except IntegrityError:
        return False  # another run is sending it
    try:
        server.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        with store.writing() as session:
            release_digest(session, now=now, user_id=user_id, day=day)
        if not isinstance(error, _ONE_MESSAGE):
            raise
        _log.warning("the daily e-mail of user %d was refused (%s)", user_id, type(error).__name__)
        return False
    return True


def _message(settings: Settings, now: datetime, email: str, counts: DigestCounts) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["Subject"] = SUBJECT
    message["From"] = settings.smtp.sender
    message["To"] = email
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=parseaddr(settings.smtp.sender)[1].rpartition("@")[2] or "localhost")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(digest_text(counts, local_day(now), settings.public_url))
    return message
