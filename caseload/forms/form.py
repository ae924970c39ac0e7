"""The form every page's form is made of: what was typed and not taken is in its fields again, with what was wrong."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from flask import g, has_request_context, request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms.fields import Field

from caseload.exceptions import Refused
from caseload.forms.field_words import FieldWords

_MACHINERY = frozenset({"csrf_token", "form_key", "row_version"})
_NEVER_FROM_A_DRAFT = frozenset({"HiddenField", "PasswordField"})


class Form(FlaskForm):
    """A form that is protected against forgery, and starts from its user's draft where they have one of this page.

    The draft comes before what the page would begin with. Hidden fields are never taken from a draft: they are the
    page's own, and say how things stand now. Neither are secrets.
    """

    refused_as: ClassVar[Mapping[str, str]] = {}
    """What a field is called here that an action names otherwise when it refuses what was typed into it."""

    kept: ClassVar[bool] = True
    """Whether a draft of it is worth keeping: not where no page begins with it, as in the rows of a board."""

    class Meta(FlaskForm.Meta):
        """Where a form's fields come from, and in which words they say what is wrong."""

        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Field:
            """A field of the form, whose own sentences are ours."""
            field = super().bind_field(form, unbound_field, options)
            field._translations = FieldWords(field)
            return field

        def wrap_formdata(self, form: "Form", formdata: Any) -> Any:
            """What was sent; on a page that is only looked at, the draft, if it is of this form."""
            sent = super().wrap_formdata(form, formdata)
            looked_at = sent is None and has_request_context() and request.method == "GET"
            return _draft_of(form) if looked_at else sent

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._began: Mapping[str, Any] | None = None
        if has_request_context():
            forms_here().append(self)

    @classmethod
    def fields_at(cls, where: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
        """The fields that only the page at an address gives it, unbound; `where` is what the address names.

        For a form that was sent (`names`) and never made: it says what was typed by these fields' labels.
        """
        return {}

    def began_with(self, data: Mapping[str, Any]) -> None:
        """Say what the page had filled in before anybody typed, so that nothing of it counts as typed."""
        self._began = data

    @property
    def typed_into(self) -> frozenset[str]:
        """The fields somebody can have typed into; none of what is hidden, secret or as the page had filled it in."""
        fields = {name: field for name, field in self._fields.items() if field.type not in _NEVER_FROM_A_DRAFT}
        began = self._began
        untouched = {name for name in fields if began is not None and fields[name].data == began.get(name)}
        return frozenset(fields.keys() - _MACHINERY - untouched) if self.kept else frozenset()

    def validate(self, *arguments: Any, **options: Any) -> bool:
        """Whether the form can be taken; an action that has just refused what one field says is that field's error."""
        valid = super().validate(*arguments, **options)
        refused: Refused | None = g.get("refused")
        if not valid or refused is None:
            return bool(valid)
        field = self.field_of(refused)
        if field is None:
            return True
        field.errors = [*field.errors, refused.sentence.removesuffix(".")]
        return False

    def field_of(self, refused: Refused) -> Field | None:
        """The field an action refused; None where the refusal is of none, or of none of this form."""
        return self._fields.get(self.refused_as.get(refused.field, refused.field))


def forms_here() -> list[Form]:
    """The forms this request has made: they know what their fields and choices are called."""
    made: list[Form] = g.setdefault("forms_here", [])
    return made


def _draft_of(form: Form) -> MultiDict[str, str] | None:
    kept: dict[str, list[str]] | None = g.get("typed_before")
    typed_into = {name for name, field in form._fields.items() if field.type not in _NEVER_FROM_A_DRAFT} - _MACHINERY
    ours = {name: values for name, values in (kept or {}).items() if name.partition("-")[0] in typed_into}
    return MultiDict((name, value) for name, values in ours.items() for value in values) if ours else None
