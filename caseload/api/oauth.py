"""The addresses of OAuth 2: tokens given and given back, and what a program may know of them beforehand.

A program's proof and the code it brings are in the body; nothing of them is ever in an address.
"""

import json

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from caseload.api.addresses import fhir_base, root, token_url
from caseload.api.problems import ErrorCode, Problem
from caseload.domain.client_rules import SIGNATURES
from caseload.pages.request import open_to_everyone

pages = Blueprint("oauth", __name__)


@pages.post("/oauth2/token")
@open_to_everyone
def token() -> ResponseReturnValue:
    """A token for a proof, or for a code and a proof (RFC 6749, 4.1.3 and 4.4)."""
    from caseload.api.oauth_server import answer_token

    _check_form()
    return answer_token()


@pages.post("/oauth2/revoke")
@open_to_everyone
def revoke() -> ResponseReturnValue:
    """A token is given back (RFC 7009)."""
    from caseload.api.oauth_server import answer_revocation

    _check_form()
    return answer_revocation()


@pages.get("/.well-known/smart-configuration")
@pages.get("/fhir/R4/.well-known/smart-configuration", endpoint="configuration_of_base")
@open_to_everyone
def configuration() -> ResponseReturnValue:
    """What a program asks first (SMART App Launch 2, "Conformance")."""
    from caseload.api.describing import scopes_supported

    content = {
        "issuer": root(),
        "authorization_endpoint": f"{root()}/oauth2/authorize",
        "token_endpoint": token_url(),
        "revocation_endpoint": f"{root()}/oauth2/revoke",
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": list(SIGNATURES),
        "grant_types_supported": ["authorization_code", "client_credentials"],
        "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": scopes_supported(),
        "capabilities": ["client-confidential-asymmetric", "permission-v2"],
        "fhir_base_url": fhir_base(),
    }
    return Response(json.dumps(content), content_type="application/json")


def _check_form() -> None:
    """Everything is in the body, as a form; in an address it would be in logs."""
    if request.query_string:
        raise Problem(ErrorCode.INVALID_PARAMETER, "Nothing may be in the address.")
    if request.mimetype != "application/x-www-form-urlencoded":
        raise Problem(ErrorCode.UNSUPPORTED_MEDIA_TYPE, "The body has to be a form.")
