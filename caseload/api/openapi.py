"""The OpenAPI description of the API: made from the same tables that answer it, and the same bytes every time.

OpenAPI 3.0.3. What a resource looks like is FHIR's to say and is not repeated here.
"""

import json
from functools import cache
from typing import Any

from caseload.api.problems import MEANINGS
from caseload.api.taken import CHANGED, LISTS, REPLACED, TAKEN, Need, Taken
from caseload.queries.outward.resources import RESOURCES
from caseload.queries.outward.wanted import MOST, Interaction, Outward
from interfaces.fhir.search_parameters import Param, includes_of, parameters_of
from interfaces.fhir.search_values import ParamKind

Json = dict[str, Any]
_FHIR = "application/fhir+json"
_READ = (400, 401, 403, 404, 405, 406, 422, 429)
_WRITE = (*_READ, 409, 412, 413, 415, 428)
_KEY = "The same request again under the same key has no effect; another request under it is refused"
_FORMS = {
    ParamKind.TOKEN: "a code, or system|code",
    ParamKind.REFERENCE: "an id, or Type/id",
    ParamKind.DATE: "a date or moment, after eq, ne, gt, lt, ge or le if any",
    ParamKind.STRING: "the beginning of a text",
    ParamKind.NUMBER: "a number, after eq, ne, gt, lt, ge or le if any",
}
_ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[A-Za-z0-9.-]{1,64}$"}}


@cache
def description() -> str:
    """The whole of it, as text."""
    return json.dumps(_described(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _described() -> Json:
    paths: Json = {"/metadata": {"get": _open("What is served", "CapabilityStatement")}}
    for name, kind in sorted(RESOURCES.items()):
        paths.update(_of_kind(name, kind))
    paths.update(_operations())
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "Caretier FHIR R4 API",
            "version": "4.0.1",
            "description": "Flags, care plans and what belongs to them, for partners’ programs. Tokens: OAuth 2, see "
            "/.well-known/smart-configuration. Every refusal is an OperationOutcome with a code that stays.",
        },
        "servers": [{"url": "/fhir/R4"}],
        "security": [{"oauth": []}],
        "paths": paths,
        "components": _components(),
    }


def _of_kind(name: str, kind: Outward) -> Json:
    """The addresses of one kind of resource."""
    here, one = f"/{name}", f"/{name}/{{id}}"
    paths: Json = {here: {}, one: {}}
    if Interaction.SEARCH in kind.interactions:
        paths[here]["get"] = _search(name, [one for one in parameters_of(name).values() if not one.personal])
        paths[f"{here}/_search"] = {"post": _search_by_form(name)}
    if Interaction.READ in kind.interactions:
        versions = [_header("If-None-Match", "The ETag that is known already")]
        paths[one]["get"] = _operation(
            f"Read a {name}", name, _READ, [_ID, *versions], also={"304": "It is known already"}
        )
    if Interaction.CREATE in kind.interactions:
        keys = [
            _header("Idempotency-Key", _KEY),
            _header("If-None-Exist", "identifier=system|value"),
        ]
        paths[here]["post"] = _write(f"Add a {name}", name, keys, also={"201": "It was made"}, body=_body(name))
    if Interaction.UPDATE in kind.interactions:
        headers = [_header("If-Match", "The ETag of what was read"), _header("Idempotency-Key", _KEY)]
        said = ", ".join(one.path for one in CHANGED[name])
        body = _object(f"As it was read but for {said}; anything else that is changed is refused (NOT_CHANGEABLE)")
        paths[one]["put"] = _write(f"Change a {name}", name, [_ID, *headers], body=body)
    if Interaction.HISTORY in kind.interactions:
        paths[f"{one}/_history"] = {"get": _operation(f"Every version of a {name}", "Bundle", _READ, [_ID])}
    if Interaction.VREAD in kind.interactions:
        version = {**_ID, "name": "version"}
        paths[f"{one}/_history/{{version}}"] = {
            "get": _operation(
                f"One version of a {name}", name, _READ, [_ID, version], also={"304": "It is known already"}
            )
        }
    return {path: ways for path, ways in paths.items() if ways}


def _operations() -> Json:
    since = _query("_since", "A moment: what changed since")
    after = _query("_after", "The number in the link to go on from")
    export = {"name": "export", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}
    file = {"name": "file", "in": "path", "required": True, "schema": {"type": "string"}}
    types = _query("_type", "Kinds of resources, with commas between")
    feeds = {
        f"/{name}/_history": {"get": _operation(f"What changed of {name}s", "Bundle", _READ, [since, after, _count()])}
        for name in ("CarePlan", "Flag")
    }
    return {
        **feeds,
        "/Binary/{id}": {"get": _copy()},
        "/Patient/{id}/$everything": {
            "get": _operation(
                "All that may be sent of somebody", "Bundle", _READ, [_ID, since, types, _count(), _cursor()]
            )
        },
        "/Flag/{id}/$acknowledge": {"post": _acknowledge()},
        "/$export": {
            "get": _file("Ask for everything as files", [since, types, _query("_outputFormat", "ndjson")], "202", _READ)
        },
        "/$export/{export}": {
            "get": _file("How far an export is", [export], "200", _READ),
            "delete": _file("Delete an export", [export], "202", _READ),
        },
        "/$export/{export}/{file}": {"get": _file("One file of an export", [export, file], "200", (*_READ, 410))},
    }


def _copy() -> Json:
    """The one answer that is not FHIR, unless that is asked for."""
    known = _header("If-None-Match", "The ETag that is known already")
    accept = _header("Accept", "application/fhir+json for the resource; the file itself otherwise")
    read = _operation(
        "The copy a DocumentReference points to",
        "Binary",
        _READ,
        [_ID, known, accept],
        also={"304": "It is known already"},
    )
    files = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in ("application/pdf", "text/plain")}
    read["responses"]["200"]["content"].update(files)
    return read


def _acknowledge() -> Json:
    """Its body may be left out."""
    headers = [_header("If-Match", "The ETag of what was read"), _header("Idempotency-Key", _KEY)]
    operation = _write(
        "Say that a flag was taken over, in the version that was read",
        "Flag",
        [_ID, *headers],
        body=_body("Parameters"),
    )
    return {**operation, "requestBody": {**operation["requestBody"], "required": False}}


def _search(name: str, parameters: list[Param]) -> Json:
    asked = [_query(one.name, f"{one.meaning}: {_FORMS[one.kind]}") for one in parameters]
    more = [
        _count(),
        _cursor(),
        _query("_summary", "count for the number only"),
        _query("_elements", "Parts, with commas between"),
    ]
    includes = includes_of(name)
    if includes:
        more.append(_query("_include", f"One of {', '.join(includes)}"))
    handling = _header("Prefer", "handling=strict to have unknown parameters refused")
    return _operation(f"Search {name}s", "Bundle", _READ, [*asked, *more, handling])


def _search_by_form(name: str) -> Json:
    fields = {one.name: {"type": "string", "description": one.meaning} for one in parameters_of(name).values()}
    fields["_count"] = {"type": "string"}
    form = {"application/x-www-form-urlencoded": {"schema": {"type": "object", "properties": fields}}}
    operation = _operation(f"Search {name}s by a form", "Bundle", (*_READ, 413, 415), [])
    return {**operation, "requestBody": {"content": form}}


def _operation(
    summary: str, schema: str, refusals: tuple[int, ...], parameters: list[Json], also: Json | None = None
) -> Json:
    answered = {"200": {"description": summary, "content": {_FHIR: {"schema": _ref(schema)}}}}
    others = {code: {"description": words} for code, words in (also or {}).items()}
    return {"summary": summary, "parameters": parameters, "responses": {**answered, **others, **_refused(refusals)}}


def _write(
    summary: str, schema: str, parameters: list[Json], also: Json | None = None, body: Json | None = None
) -> Json:
    content = {"required": True, "content": {_FHIR: {"schema": body or {"type": "object"}}}}
    return {**_operation(summary, schema, _WRITE, parameters, also), "requestBody": content}


def _body(resource: str) -> Json:
    """What can be sent of a resource: an element that is not in it is refused by its name."""
    replaced = ", ".join(REPLACED)
    made = _object(f"Each of these is kept. Replaced: {replaced}. Anything else is refused (NOT_KEPT)")
    made["properties"]["resourceType"] = {"type": "string", "enum": [resource]}
    made["required"] = ["resourceType"]
    for one in TAKEN[resource]:
        _put(made, one.path.split("."), one)
    return made


def _put(into: Json, path: list[str], one: Taken) -> None:
    name, *rest = path
    if one.need is Need.ALWAYS or one.need is Need.WITH_ITS_PARENT and not rest:
        into["required"] = sorted({*into.get("required", ()), name})
    if not rest:
        longest = {"minLength": 1, "maxLength": one.longest} if one.longest else {}
        only = {"enum": [one.only]} if one.only else {}
        into["properties"][name] = {"type": "string", "description": one.meaning, **longest, **only}
        return
    inner = into["properties"].setdefault(
        name, {"type": "array", "maxItems": 1, "items": _object()} if name in LISTS else _object()
    )
    _put(inner["items"] if name in LISTS else inner, rest, one)


def _object(description: str = "") -> Json:
    return {"type": "object", "properties": {}, **({"description": description} if description else {})}


def _file(summary: str, parameters: list[Json], status: str, refusals: tuple[int, ...]) -> Json:
    answered = {
        status: {"description": summary},
        **({"202": {"description": "It is being made"}} if status == "200" else {}),
    }
    return {"summary": summary, "parameters": parameters, "responses": {**answered, **_refused(refusals)}}


def _open(summary: str, schema: str) -> Json:
    """For everybody, without a token."""
    return {**_operation(summary, schema, (405, 406), []), "security": []}


def _refused(codes: tuple[int, ...]) -> Json:
    words = {status: sorted(code.value for code, one in MEANINGS.items() if one.status == status) for status in codes}
    return {
        str(status): {"description": ", ".join(words[status]), "content": {_FHIR: {"schema": _ref("OperationOutcome")}}}
        for status in sorted(set(codes))
    }


def _ref(schema: str) -> Json:
    named = schema if schema in ("Bundle", "OperationOutcome", "CapabilityStatement") else "Resource"
    return {"$ref": f"#/components/schemas/{named}"}


def _query(name: str, meaning: str) -> Json:
    return {"name": name, "in": "query", "description": meaning, "schema": {"type": "string"}}


def _header(name: str, meaning: str) -> Json:
    return {"name": name, "in": "header", "description": meaning, "schema": {"type": "string"}}


def _count() -> Json:
    return {"name": "_count", "in": "query", "schema": {"type": "integer", "minimum": 0, "maximum": MOST}}


def _cursor() -> Json:
    return _query("_cursor", "What the link to the next page has")


def _components() -> Json:
    def resource(*kinds: str) -> Json:
        kind = {"type": "string", **({"enum": list(kinds)} if kinds else {})}
        return {"type": "object", "required": ["resourceType"], "properties": {"resourceType": kind}}

    flows = {"clientCredentials": {"tokenUrl": "/oauth2/token", "scopes": {}}}
    return {
        "securitySchemes": {"oauth": {"type": "oauth2", "flows": flows}},
        "schemas": {
            "Resource": resource(),
            "Bundle": resource("Bundle"),
            "CapabilityStatement": resource("CapabilityStatement"),
            "OperationOutcome": resource("OperationOutcome"),
        },
    }
