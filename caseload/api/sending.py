"""An answer to a program: FHIR JSON with what belongs to every answer."""

import json
from collections.abc import Mapping

from flask import Flask, Response, request

from caseload.api.negotiation import answer_form, correlation_id, request_id
from caseload.api.problems import Problem
from caseload.web import for_programs
from interfaces.fhir.outcome import outcome
from interfaces.fhir.values import Json


def answer(content: Json, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """One resource, or a bundle."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status, dict(headers or {}), content_type=f"{answer_form()}; charset=utf-8")


def refusal(problem: Problem) -> Response:
    """The OperationOutcome of a problem. The same problem is the same bytes, whatever was asked for."""
    return answer(outcome(problem.issues), problem.status, problem.headers)


def name_requests(app: Flask) -> None:
    """Give every answer to a program the name its request had."""

    @app.after_request
    def named(response: Response) -> Response:
        if for_programs(request.path):
            response.headers["X-Request-ID"] = request_id()
            if correlation_id():
                response.headers["X-Correlation-ID"] = correlation_id()
        return response
