"""What every request and every answer is held to: forms that are ours, rates, headers, a nonce for every script."""

from urllib.parse import urlsplit

from flask import Flask, Response, current_app, flash, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix

from caseload.pages.templating import csp_nonce
from caseload.settings import Settings
from caseload.sign_in.drafts import form_page, keep_draft
from caseload.web import for_programs, this_app

LIMITS: dict[tuple[str, str], str] = {
    ("sign_in.show", "POST"): "60 per minute",
    ("sign_in.code", "POST"): "60 per minute",
    ("sign_in.with_provider", "GET"): "60 per minute",
    ("sign_in.returned", "GET"): "60 per minute",
    ("account.password", "POST"): "10 per minute",
    ("account.second_factor", "POST"): "10 per minute",
    ("search.find", "POST"): "60 per minute",
    ("emergency.open_record", "POST"): "10 per minute",
    ("let_in.answer", "POST"): "30 per minute",
}
"""How often one address (before signing in) or one user (after) may ask; a practice is one address on its network."""

_TOKENS = frozenset({"oauth.token", "oauth.revoke"})

_LARGEST_FORM = 1_048_576

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; script-src 'self' 'nonce-{nonce}'; base-uri 'none'; form-action 'self'{targets}; "
    "frame-ancestors 'none'"
)
_FOR_PROGRAMS = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
"""An answer to a program is never a page, whatever a browser makes of it."""

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def protect(app: Flask) -> None:
    """Hold an application to all of it. Its sessions have to be there already."""
    with app.app_context():
        settings, secret = this_app().settings, this_app().store.secrets.web
    app.secret_key = secret
    app.config.update(WTF_CSRF_TIME_LIMIT=None, WTF_CSRF_CHECK_DEFAULT=False, MAX_CONTENT_LENGTH=_LARGEST_FORM)
    _behind_proxies(app, settings)
    csrf = CSRFProtect(app)
    Limiter(_asker, app=app, default_limits=[_limit], default_limits_per_method=True, storage_uri=settings.rate_storage)

    @app.before_request
    def form_is_ours() -> ResponseReturnValue | None:
        return _form_is_ours(csrf)

    app.after_request(_with_headers)


def _behind_proxies(app: Flask, settings: Settings) -> None:
    """Believe the address, scheme and host as told by so many proxies, and no host but the public one."""
    hops = settings.behind_proxies
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    host = urlsplit(settings.public_url).hostname
    if host:
        app.config["TRUSTED_HOSTS"] = [host]
        app.register_error_handler(SecurityError, _not_our_name)


def _not_our_name(_error: SecurityError) -> ResponseReturnValue:
    """In plain text: a page of ours cannot name its own addresses when it is asked for under somebody else's."""
    return "This is not the address of this service.", 400, {"Content-Type": "text/plain; charset=utf-8"}


def _form_is_ours(csrf: CSRFProtect) -> ResponseReturnValue | None:
    """Refuse a form that was not made for this session; after the session's end keep what was typed and ask to sign in."""
    if not current_app.config["WTF_CSRF_ENABLED"] or request.endpoint is None or for_programs(request.path):
        return None
    if request.method == "POST" and _session_ended() and keep_draft():
        flash("You were signed out before this was saved. Sign in again and what you typed will be there.", "draft")
        return redirect(url_for("sign_in.show", next=form_page()))
    csrf.protect(apply_exemptions=True)
    return None


def _session_ended() -> bool:
    return g.get("viewer") is None and getattr(session, "lapsed_user_id", None) is not None


def _asker() -> str:
    viewer = g.get("viewer")
    return f"user {viewer.user_id}" if viewer is not None else f"address {request.remote_addr}"


def _limit() -> str:
    if request.endpoint in _TOKENS:
        return f"{this_app().settings.api_tokens_per_minute} per minute"
    return LIMITS.get((request.endpoint or "", request.method), "")


def _with_headers(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _policy()
    response.headers.update(_HEADERS)
    if this_app().settings.secure_cookies:
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response


def _policy() -> str:
    """`form_targets` is where else a form of this page may lead: to the program that somebody is asked to let in."""
    if for_programs(request.path):
        return _FOR_PROGRAMS
    targets = g.get("form_targets")
    return _POLICY.format(nonce=csp_nonce(), targets=f" {targets}" if targets else "")
