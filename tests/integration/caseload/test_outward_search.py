"""Searching: every declared parameter against the JSON itself, pages that never shift, versions, merged records, refusals."""

from datetime import datetime

import pytest

from caseload.domain.words import TaskKind, TaskState
from caseload.exceptions import NotThere
from caseload.queries.outward.resources import RESOURCES
from caseload.queries.outward.wanted import Wanted
from caseload.tables import Task
from interfaces.fhir.code_systems import ODS_CODE
from interfaces.fhir.search_parameters import PARAMETERS, parameters_of
from interfaces.fhir.search_values import ParamKind, parse_filter
from tests.support.case_app import NOW
from tests.support.fhir_search_oracle import LONDON, dated, pointers, tokens, values_at
from tests.support.outward_work import outside_on

pytestmark = pytest.mark.slow

BY_KIND = [(kind, name) for kind, params in PARAMETERS.items() for name in (one.name for one in params)]
COUNTED = 3
"""Of how many values of a parameter the total is asked for as well: it is one more statement of the same conditions."""
LARGEST = str(2**31 - 1)
"""The largest row id a database of either kind keeps."""
BY_THE_PLAN = ("Provenance", "patient")
"""The person is not named in the resource: the plan it is about is theirs."""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def outside(request, tmp_path_factory):
    """The place, once for all tests here: what they write they do not ask of one another."""
    with outside_on(request.param, tmp_path_factory.mktemp("outside")) as made:
        yield made


class Reader:
    """Somebody who asks: who they are, and all they can be sent of a kind, is found out once."""

    def __init__(self, outside, name):
        self.outside, self.name, self.viewer, self.sent = outside, name, outside.viewer(name), {}
        self.people = tuple(one.record.id for one in outside.page(name, "Patient").found)

    def every(self, kind):
        """All resources of a kind as JSON."""
        if kind not in self.sent:
            self.sent[kind] = self.outside.sent(self.name, kind)
        return self.sent[kind]


@pytest.fixture(scope="module")
def reader(outside):
    """The manager of a practice, who may be sent every kind."""
    return Reader(outside, "ash.manager")


@pytest.fixture
def searched(outside, reader):
    """A function: the ids a search by one parameter answers. All of a test's are asked in one transaction."""
    with outside.store.reading() as session:

        def found(kind, name, text, modifier="", *, total=True):
            chosen = parse_filter(parameters_of(kind)[name].kind, modifier, text, LONDON)
            people = reader.people if kind == "AuditEvent" else None
            wanted = Wanted(patient_ids=people, filters={name: (chosen,)}, count=500, total=total)
            page = RESOURCES[kind].search(session, reader.viewer, NOW, wanted)
            assert page.total == (len(page.found) if total else None)
            return {one.record.id for one in page.found}

        yield found


@pytest.mark.parametrize(("kind", "name"), BY_KIND, ids=lambda part: part)
def test_every_parameter_finds_what_has_its_value(outside, reader, searched, kind, name):
    """Each value that stands in the JSON is asked for, and finds exactly the resources it stands in."""
    param = parameters_of(kind)[name]
    every = reader.every(kind)
    assert every
    if (kind, name) == BY_THE_PLAN:
        assert searched(kind, name, str(outside.person(1))) != set()
        return
    asked = {one for resource in every for one in questions(resource, param)}
    assert asked or name in ("partof", "diagnosis")
    for number, text in enumerate(sorted(asked)):
        expected = {one["id"] for one in every if fits(one, param, text)}
        assert searched(kind, name, text, total=number < COUNTED) == expected, text


def questions(resource, param):
    """What can be asked by this parameter, made of what the resource says."""
    for value in values_at(resource, param.path):
        if param.kind is ParamKind.TOKEN:
            for system, code in tokens(value):
                yield code
                yield f"{system}|{code}" if system else f"http://nobody|{code}"
        elif param.kind is ParamKind.REFERENCE:
            for kind, logical_id in pointers(value):
                if kind == param.target:
                    yield from (logical_id, f"{kind}/{logical_id}", f"Library/{logical_id}")
        elif param.kind is ParamKind.DATE:
            parts = value.values() if isinstance(value, dict) else [value]
            for part in parts:
                yield from (f"{prefix}{part[:10]}" for prefix in ("", "ne", "gt", "lt", "ge", "le"))
        elif param.kind is ParamKind.NUMBER:
            yield from (f"{value:.0f}", f"gt{value:.0f}", f"le{value:.0f}")
        else:
            yield from written(value)


def written(value):
    if isinstance(value, str):
        yield value[:4].upper()
    elif "text" in value:
        yield value["text"][:5].lower()
    else:
        yield value["family"].upper()


def fits(resource, param, text):
    """Whether the resource has it, by the words of the standard."""
    if param.kind is ParamKind.DATE:
        return dated(resource, param, text)
    found = values_at(resource, param.path)
    if param.kind is ParamKind.TOKEN:
        system, bar, code = text.rpartition("|")
        pairs = {pair for value in found for pair in tokens(value)}
        return (system, code) in pairs if bar else code in {one for _, one in pairs}
    if param.kind is ParamKind.REFERENCE:
        kind, slash, logical_id = text.rpartition("/")
        return (kind if slash else param.target, logical_id) in {pair for value in found for pair in pointers(value)}
    if param.kind is ParamKind.NUMBER:
        return any(numbered(value, text) for value in found)
    return any(begins(value, text) for value in found)


def numbered(value, text):
    if text.startswith("gt"):
        return value > float(text[2:])
    if text.startswith("le"):
        return value <= float(text[2:])
    return float(text) - 0.5 <= value < float(text) + 0.5


def begins(value, text):
    if isinstance(value, str):
        return value.lower().startswith(text.lower())
    parts = [value.get("text", ""), value.get("family", ""), *value.get("given", ())]
    return any(part.lower().startswith(text.lower()) for part in parts)


@pytest.mark.parametrize(("kind", "name"), BY_KIND, ids=lambda part: part)
def test_missing_and_its_opposite_are_everything(reader, searched, kind, name):
    """Every parameter takes :missing, and what is missing and what is not make the whole."""
    everybody = {one["id"] for one in reader.every(kind)}
    there, not_there = (searched(kind, name, text, "missing") for text in ("false", "true"))
    assert there | not_there == everybody
    assert there & not_there == set()


def test_not_is_everything_else(reader, searched):
    everybody = {one["id"] for one in reader.every("Task")}
    open_ones = searched("Task", "status", "requested")
    assert open_ones
    assert searched("Task", "status", "requested", "not") == everybody - open_ones


@pytest.mark.parametrize(
    ("kind", "name", "modifier", "text", "fitting"),
    [
        ("Patient", "family", "exact", "Family1", lambda one: one["name"][0]["family"] == "Family1"),
        ("Patient", "family", "exact", "family1", lambda one: False),
        ("Patient", "family", "contains", "LY1", lambda one: "ly1" in one["name"][0]["family"].lower()),
        ("Patient", "given", "contains", "iven", lambda one: True),
        ("Patient", "name", "contains", "iven1", lambda one: "iven1" in one["name"][0]["given"][0]),
        ("Patient", "name", "", "'’-", lambda one: False),
        ("Organization", "name", "exact", "Ash Surgery", lambda one: one["name"] == "Ash Surgery"),
        ("Organization", "name", "contains", "SURGERY", lambda one: "Surgery" in one["name"]),
        ("Organization", "name", "contains", "%", lambda one: False),
        ("Organization", "identifier", "", f"{ODS_CODE}|", lambda one: one["identifier"][0]["system"] == ODS_CODE),
        ("Task", "code", "", "urn:caretier:codes:task-kind|", lambda one: True),
        ("Task", "code", "", "http://nobody|", lambda one: False),
        ("Task", "status", "", "nothing", lambda one: False),
        ("Flag", "code", "", "urn:caretier:codes:flag|", lambda one: True),
        ("Goal", "lifecycle-status", "not", "active", lambda one: one["lifecycleStatus"] != "active"),
        ("RiskAssessment", "probability", "", "ne50", lambda one: not 49.5 <= percent(one) < 50.5),
        ("RiskAssessment", "probability", "", "lt50", lambda one: percent(one) < 50),
        ("RiskAssessment", "probability", "", "ge50", lambda one: percent(one) >= 50),
        ("RiskAssessment", "method", "not", "demo-1", lambda one: False),
        ("Task", "owner", "", "x", lambda one: False),
    ],
)  # fmt: skip
def test_a_search_of_another_form(reader, searched, kind, name, modifier, text, fitting):
    expected = {one["id"] for one in reader.every(kind) if fitting(one)}
    assert searched(kind, name, text, modifier) == expected


def percent(resource):
    return resource["prediction"][0]["probabilityDecimal"]


@pytest.mark.parametrize("kind", RESOURCES)
def test_what_changed_since_and_until_a_moment_is_by_its_own_last_update(outside, reader, kind):
    every = {one["id"]: one["meta"].get("lastUpdated") for one in reader.every(kind)}
    moments = sorted({datetime.fromisoformat(at) for at in every.values() if at})
    people = reader.people if kind == "AuditEvent" else None
    for at in moments[:3] + moments[-2:]:
        for name in ("since", "until"):
            found = {one.record.id for one in outside.found("ash.manager", kind, patient_ids=people, **{name: at})}
            fitting = {
                key
                for key, text in every.items()
                if text
                and (datetime.fromisoformat(text) >= at if name == "since" else datetime.fromisoformat(text) <= at)
            }
            assert found == fitting, name


@pytest.mark.parametrize("kind", RESOURCES)
def test_pages_together_are_everything_once(outside, kind):
    people = (str(outside.person(1)),) if kind == "AuditEvent" else None
    whole = outside.page("ash.manager", kind, patient_ids=people)
    ids = [one.record.id for one in whole.found]
    after, walked = None, []
    while True:
        page = outside.page("ash.manager", kind, patient_ids=people, after=after, count=2)
        assert page.total == whole.total == len(ids)
        walked += [one.record.id for one in page.found]
        assert len(page.found) <= 2
        after = page.next_after
        if after is None:
            break
    assert walked == ids
    assert outside.page("ash.manager", kind, patient_ids=people, count=0).found == ()


@pytest.mark.parametrize("kind", RESOURCES)
def test_a_page_after_nothing_known_is_never_the_first_again(outside, kind):
    people = (str(outside.person(1)),) if kind == "AuditEvent" else None
    unknown = ("x", "9" * 11, "-", f"{LARGEST}-{LARGEST}", LARGEST)
    for after in (*unknown, *(() if kind == "Goal" else ("1-2-3-4",))):
        assert outside.page("ash.manager", kind, patient_ids=people, after=after).found == (), after


@pytest.mark.parametrize("kind", RESOURCES)
def test_one_is_read_by_its_id_and_a_made_up_id_finds_nothing(outside, kind):
    viewer = outside.viewer("ash.manager")
    with outside.store.reading() as session:
        for found in outside.found("ash.manager", kind)[:3]:
            assert RESOURCES[kind].read(session, viewer, NOW, found.record.id).record == found.record
        for made_up in ("0", "999999", "x", "1-999999", "١", "1-pdf-1", "-", "-1", str(2**31), "a" * 64):
            with pytest.raises(NotThere):
                RESOURCES[kind].read(session, viewer, NOW, made_up)


def test_a_page_does_not_shift_when_rows_come_in_between(outside, reader):
    reader.sent.pop("Task", None)  # there is another from here on
    first = outside.page("ash.manager", "Task", count=3)
    with outside.store.writing() as session:
        session.add(
            Task(
                person_id=outside.person(1), kind=TaskKind.OTHER, title="New", due_on=NOW.date(), state=TaskState.OPEN,
                owner_id=outside.work.town.users["ash.gp"], created_at=NOW,
            )
        )  # fmt: skip
        done = session.get_one(Task, int(first.found[0].record.id))
        done.detail = "Changed meanwhile"
    second = outside.page("ash.manager", "Task", count=500, after=first.next_after)
    seen = [one.record.id for one in (*first.found, *second.found)]
    assert len(seen) == len(set(seen)) == first.total + 1


def test_a_goal_that_is_gone_does_not_start_the_pages_again(outside):
    goals = outside.page("ash.manager", "Goal").found
    assert len(goals) > 1
    case = goals[0].record.id.split("-")[0]
    following = outside.page("ash.manager", "Goal", after=f"{case}-gone").found
    assert [one.record.id for one in following] == [
        one.record.id for one in goals if one.record.id.split("-")[0] != case
    ]
