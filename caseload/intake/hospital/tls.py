"""TLS for a listener: its certificate, and the authority that its senders' certificates must come from."""

import ssl
from dataclasses import dataclass
from pathlib import Path

from caseload.exceptions import SettingsRefused


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """PEM files. With `authority`, only senders with a certificate of it are let in."""

    certificate: Path
    key: Path
    authority: Path | None = None


def tls_files(certificate: Path | None, key: Path | None, authority: Path | None) -> TlsFiles | None:
    """The files that were named; None where none was. SettingsRefused where one that is needed is missing."""
    if certificate is None and key is None and authority is None:
        return None
    if certificate is None or key is None:
        raise SettingsRefused(
            "a certificate and its key", "only a part of them", "Name --tls-cert and --tls-key; --tls-ca is optional."
        )
    return TlsFiles(certificate, key, authority)


def tls_context(files: TlsFiles) -> ssl.SSLContext:
    """TLS 1.2 or newer. SettingsRefused where a file cannot be used."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(files.certificate, files.key, password=lambda: "")
        if files.authority is not None:
            context.load_verify_locations(files.authority)
            context.verify_mode = ssl.CERT_REQUIRED
    except (OSError, ssl.SSLError, ValueError) as error:
        raise SettingsRefused(
            "a certificate, its key without a password, and an authority in PEM files",
            f"one that cannot be used ({type(error).__name__})",
            "Check what --tls-cert, --tls-key and --tls-ca name.",
        ) from None
    return context
