"""What a program is told when a request could not be answered: always an OperationOutcome, never a page, never a value."""

from flask import current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, TooManyRequests

from caseload.api.problems import BY_STATUS, ErrorCode, Problem
from caseload.api.sending import refusal
from caseload.exceptions import Conflict, NotThere, Refused


def refused(error: Refused) -> ResponseReturnValue:
    """An action's refusal: it carries a sentence for people, which holds nobody's values."""
    if isinstance(error, NotThere):
        return refusal(Problem(ErrorCode.RESOURCE_NOT_FOUND))
    if isinstance(error, Conflict):
        return refusal(Problem(ErrorCode.CONFLICT, error.sentence))
    return refusal(Problem(ErrorCode.NOT_NOW, error.sentence))


def http(error: HTTPException) -> ResponseReturnValue:
    """What the web framework refuses."""
    if error.code is not None and 300 <= error.code < 400:
        return error.get_response()
    if isinstance(error, TooManyRequests):
        return refusal(Problem(ErrorCode.TOO_MANY_REQUESTS, headers={"Retry-After": "60"}))
    if isinstance(error, RequestEntityTooLarge):
        return refusal(Problem(ErrorCode.TOO_LARGE, headers={"Connection": "close"}))
    return refusal(Problem(BY_STATUS.get(error.code or 500, ErrorCode.INTERNAL)))


def fault(error: Exception) -> ResponseReturnValue:
    """A fault of ours: what it was is in the log, without the data."""
    current_app.logger.error("fault %s at %s", type(error).__name__, request.endpoint, exc_info=current_app.debug)
    if current_app.testing:
        raise error
    return refusal(Problem(ErrorCode.INTERNAL))
