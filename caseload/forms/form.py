"""The form every page's form is made of: what was typed before the session ended is in its fields again."""

from typing import Any

from flask import g, request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict

_MACHINERY = frozenset({"csrf_token", "form_key", "row_version"})


class Form(FlaskForm):
    """A form that is protected against forgery, and starts from its user's draft where they have one of this page.

    Hidden fields are never taken from a draft: they are the page's own, and say how things stand now.
    """

    class Meta(FlaskForm.Meta):
        """Where a form's fields come from."""

        def wrap_formdata(self, form: "Form", formdata: Any) -> Any:
            """What was sent; on a page that is only looked at, the draft, if it is of this form."""
            sent = super().wrap_formdata(form, formdata)
            return _draft_of(form) if sent is None and formdata is not None and request.method == "GET" else sent


def _draft_of(form: Form) -> MultiDict[str, str] | None:
    kept: dict[str, list[str]] | None = g.get("typed_before")
    typed_into = {name for name, field in form._fields.items() if field.type != "HiddenField"} - _MACHINERY
    ours = {name: values for name, values in (kept or {}).items() if name.partition("-")[0] in typed_into}
    return MultiDict((name, value) for name, values in ours.items() for value in values) if ours else None
