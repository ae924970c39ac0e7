"""The hooks around every page: permission before it, its looks at people written after it."""

from flask import Flask, Response, g

from caseload.pages.request import check_permission, write_looks

_FORM_AGAIN = (409, 422)
"""A form that was not taken, or was overtaken, is shown again with the person it is about: that is a look too."""


def register_looks(app: Flask) -> None:
    """Check before, write after: a page whose looks cannot be written is not sent."""
    app.before_request(check_permission)

    @app.after_request
    def written(response: Response) -> Response:
        if response.status_code < 400 or response.status_code in _FORM_AGAIN:
            write_looks()
        if g.get("viewer") is not None:
            response.headers["Cache-Control"] = "no-store"
        return response
