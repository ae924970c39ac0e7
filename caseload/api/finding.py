"""Reading and searching: the viewer's own records through `caseload.queries.outward`, and every look written down."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from caseload.api.addresses import fhir_base
from caseload.api.asking import Asking, look_at
from caseload.api.cursors import Place, sealed
from caseload.api.problems import ErrorCode, Problem
from caseload.api.questions import Question
from caseload.domain.scopes import may
from caseload.pages.request import moment
from caseload.queries.outward.resources import RESOURCES
from caseload.queries.outward.wanted import MOST, Found, Outward, Slice, Wanted
from caseload.web import this_app
from interfaces.fhir.bundle import Links, SearchPage, searchset
from interfaces.fhir.including import referenced
from interfaces.fhir.resources import as_json
from interfaces.fhir.values import Json

SUBSETTED = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}
_OF_PATIENT = frozenset({"patient", "subject"})
_ALWAYS = frozenset({"resourceType", "id", "meta"})


def outward(resource: str) -> Outward:
    """How a kind of resource is asked for; UNSUPPORTED_RESOURCE for one that is not served."""
    found = RESOURCES.get(resource)
    if found is None:
        raise Problem(ErrorCode.UNSUPPORTED_RESOURCE)
    return found


def open_kind(resource: str, who: Asking) -> Outward:
    """The same, where the role that is asked with may have it at all; ACCESS_DENIED otherwise."""
    found = outward(resource)
    if not found.open_to(who.viewer):
        raise Problem(ErrorCode.ACCESS_DENIED)
    return found


def read_one(kind: Outward, who: Asking, logical_id: str) -> Json:
    """One resource; NotThere where there is none, or it is not for who asks."""
    with this_app().store.reading() as session:
        found = kind.read(session, who.viewer, moment(), logical_id)
    look_at(set(found.people), kind.resource)
    return as_json(found.record)


def all_versions(kind: Outward, who: Asking, logical_id: str) -> list[Json]:
    """Every version of one resource, the one that holds first; of most there is only that one."""
    with this_app().store.reading() as session:
        if kind.versions is None:
            found: tuple[Found, ...] = (kind.read(session, who.viewer, moment(), logical_id),)
        else:
            found = kind.versions(session, who.viewer, moment(), logical_id)
    look_at(_people(found), kind.resource)
    return [as_json(one.record) for one in found]


def answer_question(question: Question, who: Asking) -> Json:
    """The page of a search as a bundle, with what it is asked to include."""
    kind = open_kind(question.resource, who)
    with this_app().store.reading() as session:
        page = kind.search(session, who.viewer, moment(), question.wanted)
        told_of = _counted(session, kind, question, who) if page.total else set()
        matches = [as_json(one.record) for one in page.found]
        included = _included(session, question, who, matches)
    look_at(_people(page.found) | told_of, question.resource)
    for resource, found in included.items():
        look_at(_people(found), resource)
    others = [as_json(one.record) for found in included.values() for one in found]
    shown = [_part(one, question.elements) for one in matches]
    links = _links(question, who, page)
    return searchset(SearchPage(shown, page.total, others), base=fhir_base(), links=links, now=moment())


def _counted(session: Session, kind: Outward, question: Question, who: Asking) -> set[int]:
    """Whom a bare number tells of, where the question names somebody: as many of them as a page could have."""
    wanted = question.wanted
    if wanted.count or not _names_somebody(question):
        return set()
    return _people(kind.search(session, who.viewer, moment(), replace(wanted, count=MOST, total=False)).found)


def _names_somebody(question: Question) -> bool:
    """Whether it asks of one person or a few: by an id, as the patient, or by what is somebody's own."""
    wanted = question.wanted
    given = wanted.ids is not None or wanted.patient_ids is not None
    return given or question.personal or not _OF_PATIENT.isdisjoint(wanted.filters)


def _included(
    session: Session, question: Question, who: Asking, matches: list[Json]
) -> Mapping[str, tuple[Found, ...]]:
    """What the matches name, as far as who asks may read it: the same question as reading each by its id."""
    found: dict[str, tuple[Found, ...]] = {}
    for resource, ids in sorted(referenced(matches, question.includes).items()):
        kind = RESOURCES.get(resource)
        if kind is None or not kind.open_to(who.viewer) or not may(who.scopes, resource, "r"):
            continue
        wanted = Wanted(ids=tuple(sorted(ids)), count=len(ids), total=False)
        found[resource] = kind.search(session, who.viewer, moment(), wanted).found
    return found


def _links(question: Question, who: Asking, page: Slice) -> Links:
    """Where this page and the next are. What identifies somebody is in neither: the next page's question is sealed."""
    base = f"{fhir_base()}/{question.resource}"
    told = () if question.personal else question.used
    here = f"{base}?{urlencode(told)}" if told else base
    if page.next_after is None:
        return Links(here)
    cursor = sealed(Place(question.resource, question.used, page.next_after), who)
    return Links(here, next=f"{base}?{urlencode({'_cursor': cursor})}")


def _people(found: Iterable[Found]) -> set[int]:
    return {person for one in found for person in one.people}


def _part(resource: Json, elements: frozenset[str]) -> Json:
    """What was asked for of it, marked as not the whole (FHIR R4, Search, "_elements")."""
    if not elements:
        return resource
    kept = {name: value for name, value in resource.items() if name in _ALWAYS or name in elements}
    meta = dict(resource.get("meta", {}))
    return {**kept, "meta": {**meta, "tag": [*meta.get("tag", []), SUBSETTED]}}
