"""The addresses of FHIR R4. Every one of them is for a program with a token, but for what says what there is.

Missing and forbidden are the same answer to the byte. What a kind of resource can be asked is said by
`caseload.queries.outward.resources.RESOURCES` and `interfaces.fhir.search_parameters`; nothing here knows one by name but where
something is written.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from flask import Blueprint, Response, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.routing import BaseConverter

from caseload.api.addresses import FHIR, fhir_base
from caseload.api.asking import Asking, needs
from caseload.api.cursors import opened
from caseload.api.finding import all_versions, answer_question, open_kind, outward, read_one
from caseload.api.negotiation import settle_form
from caseload.api.problems import ErrorCode, Problem
from caseload.api.questions import Question, question_of
from caseload.api.sending import answer
from caseload.api.versions import answer_version
from caseload.pages.request import moment
from caseload.queries.outward.wanted import Interaction
from interfaces.fhir.bundle import Links, history

pages = Blueprint("api", __name__, url_prefix=FHIR)
View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


class Kind(BaseConverter):
    """A kind of resource in an address, served or not."""

    regex = "[A-Z][A-Za-z]{1,39}"


class LogicalId(BaseConverter):
    """An id as FHIR R4 has them (Data Types, id)."""

    regex = r"[A-Za-z0-9\-.]{1,64}"


PARTS: dict[str, type[BaseConverter]] = {"kind": Kind, "id": LogicalId}
"""What the parts of these addresses can be; anything else is no address."""

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def at(rule: str, method: str = "GET", *, token: bool = True) -> Callable[[View], View]:
    """An address for programs: no permission of a page decides there, but a token, its scopes and the role behind it.

    Without `token` it says what there is, to everybody.
    """

    def marked(view: View) -> View:
        view.permission = None  # type: ignore[attr-defined]
        view.programs = token  # type: ignore[attr-defined]
        pages.add_url_rule(rule, view_func=view, methods=[method], provide_automatic_options=False)
        return view

    return marked


@pages.before_request
def settle() -> None:
    """Before every answer: what it may look like. HEAD is not answered: it would be a look that shows nothing."""
    if request.endpoint not in ("api.export_file", "api.file"):  # a file has forms of its own
        settle_form()
    if request.method == "HEAD":
        raise Problem(ErrorCode.UNSUPPORTED_INTERACTION)


@at("/metadata", token=False)
def metadata() -> ResponseReturnValue:
    """What is served, for everybody (FHIR R4, RESTful API, "capabilities")."""
    from caseload.api.describing import capability

    return answer(capability())


@at("/openapi.json", token=False)
def openapi() -> ResponseReturnValue:
    """The same as an OpenAPI description, for everybody."""
    from caseload.api.openapi import description

    return Response(description(), content_type="application/json")


@at("/<kind:resource>")
def search(resource: str) -> ResponseReturnValue:
    """Search by address: with nothing in it that identifies anybody."""
    who = _asking(resource, "s", Interaction.SEARCH)
    if "_cursor" in request.args:
        return answer(answer_question(_going_on(resource, who), who))
    question = question_of(resource, request.args.items(multi=True), in_address=True)
    return answer(answer_question(question, who))


@at("/<kind:resource>/_search", "POST")
def search_by_form(resource: str) -> ResponseReturnValue:
    """Search by a form: the way to ask for somebody by NHS number or name."""
    who = _asking(resource, "s", Interaction.SEARCH)
    question_of(resource, request.args.items(multi=True), in_address=True)  # nobody's own, even beside a form
    if request.mimetype != "application/x-www-form-urlencoded" and request.content_length:
        raise Problem(ErrorCode.UNSUPPORTED_MEDIA_TYPE, "A search is sent as a form.")
    pairs = [*request.args.items(multi=True), *request.form.items(multi=True)]
    return answer(answer_question(question_of(resource, pairs, in_address=False), who))


@at("/<kind:resource>/<id:logical>")
def read(resource: str, logical: str) -> ResponseReturnValue:
    """One resource as it is now."""
    who = _asking(resource, "r", Interaction.READ)
    return answer_version(read_one(open_kind(resource, who), who, logical))


@at("/Binary/<id:logical>")
def file(logical: str) -> ResponseReturnValue:
    """The bytes a DocumentReference points to, for who may read that and has the scope for both."""
    from caseload.api.files import answer_file

    needs("Binary", "r")
    return answer_file(logical, _asking("DocumentReference", "r", Interaction.READ))


@at("/<kind:resource>/<id:logical>/_history")
def versions(resource: str, logical: str) -> ResponseReturnValue:
    """Every version there was of one."""
    who = _asking(resource, "r", Interaction.HISTORY)
    found = all_versions(open_kind(resource, who), who, logical)
    links = Links(f"{fhir_base()}/{resource}/{logical}/_history")
    return answer(history(found, base=fhir_base(), links=links, now=moment()))


@at("/<kind:resource>/<id:logical>/_history/<id:version_name>")
def version(resource: str, logical: str, version_name: str) -> ResponseReturnValue:
    """One version of one."""
    who = _asking(resource, "r", Interaction.VREAD)
    found = all_versions(open_kind(resource, who), who, logical)
    wanted = next((one for one in found if one["meta"]["versionId"] == version_name), None)
    if wanted is None:
        raise Problem(ErrorCode.RESOURCE_NOT_FOUND)
    return answer_version(wanted)


@at("/<kind:resource>/_history")
def changes(resource: str) -> ResponseReturnValue:
    """What changed since a moment: what a partner that keeps copies asks for."""
    from caseload.api.changes import answer_changes

    who = needs(resource, "s")
    outward(resource)
    return answer(answer_changes(resource, who))


@at("/Patient/<id:logical>/$everything")
def everything(logical: str) -> ResponseReturnValue:
    """All that may be sent of somebody."""
    from caseload.api.everything import everything as all_of_it

    who = _asking("Patient", "r", Interaction.READ)
    return answer(all_of_it(logical, who))


@at("/<kind:resource>", "POST")
def create(resource: str) -> ResponseReturnValue:
    """Something new from a partner."""
    from caseload.api.writing import create as written

    who = _asking(resource, "c", Interaction.CREATE)
    return written(resource, who)


@at("/<kind:resource>/<id:logical>", "PUT")
def update(resource: str, logical: str) -> ResponseReturnValue:
    """What a partner says of what it asked for."""
    from caseload.api.writing import update as written

    who = _asking(resource, "u", Interaction.UPDATE)
    return written(resource, logical, who)


@at("/Flag/<id:logical>/$acknowledge", "POST")
def acknowledge(logical: str) -> ResponseReturnValue:
    """A partner has taken a flag over."""
    from caseload.api.writing import acknowledge as written

    who = _asking("Flag", "u", Interaction.READ)
    return written(logical, who)


@at("/$export")
def export() -> ResponseReturnValue:
    """Ask for everything as files (Bulk Data Access)."""
    from caseload.api.bulk import ask

    return ask()


@at("/$export/<int:export_id>")
def export_status(export_id: int) -> ResponseReturnValue:
    """How far that is."""
    from caseload.api.bulk import status

    return status(export_id)


@at("/$export/<int:export_id>", "DELETE")
def export_delete(export_id: int) -> ResponseReturnValue:
    """It is not needed any more."""
    from caseload.api.bulk import delete

    return delete(export_id)


@at("/$export/<int:export_id>/<id:file_name>")
def export_file(export_id: int, file_name: str) -> ResponseReturnValue:
    """One of the files."""
    from caseload.api.bulk import send

    return send(export_id, file_name)


def nothing_here(**_parts: Any) -> ResponseReturnValue:
    """Every other address below FHIR's, and every other way to ask the ones above."""
    ways = _ways()
    if ways:
        raise Problem(ErrorCode.UNSUPPORTED_INTERACTION, headers={"Allow": ", ".join(ways)})
    raise Problem(ErrorCode.UNSUPPORTED_RESOURCE)


def _ways() -> list[str]:
    """The methods by which this address is answered."""
    rules = current_app.url_map.bind("")
    return [one for one in METHODS if rules.match(request.path, method=one)[0] != "api.nothing_here"]


nothing_here.permission = None  # type: ignore[attr-defined]
nothing_here.programs = True  # type: ignore[attr-defined]
pages.add_url_rule(
    "/<path:anything>", view_func=nothing_here, methods=[*METHODS, "OPTIONS"], provide_automatic_options=False
)
pages.add_url_rule("/", view_func=nothing_here, methods=[*METHODS, "OPTIONS"], provide_automatic_options=False)


def _asking(resource: str, letter: str, interaction: Interaction) -> Asking:
    """Who asks, where the resource is served, can be asked this, and the scopes and the role are for it.

    What may be written is for the action to say: 111 may write to a care team and not read what others wrote.
    """
    who = needs(resource, letter)
    if interaction not in outward(resource).interactions:
        raise Problem(ErrorCode.UNSUPPORTED_INTERACTION)
    if interaction not in (Interaction.CREATE, Interaction.UPDATE):
        open_kind(resource, who)
    return who


def _going_on(resource: str, who: Asking) -> Question:
    """The question whose next page this is, from behind the last one."""
    place = opened(request.args["_cursor"], resource, who)
    question = question_of(resource, place.parameters, in_address=False)
    return replace(question, wanted=replace(question.wanted, after=place.after))
