"""Where the API is, as programs are told: under the public address where one is set, else where it was asked for."""

from flask import request

from caseload.web import this_app

FHIR = "/fhir/R4"


def root() -> str:
    """Scheme and host, without a slash at the end."""
    return (this_app().settings.public_url or request.url_root).rstrip("/")


def fhir_base() -> str:
    """The base that addresses of resources start with."""
    return f"{root()}{FHIR}"


def token_url() -> str:
    """Where tokens are asked for: the audience of every signed proof."""
    return f"{root()}/oauth2/token"
