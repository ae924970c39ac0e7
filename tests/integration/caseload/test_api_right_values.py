"""What can be said of a request or a message in one right way only: said so it is taken and comes back, said otherwise it is refused."""

import re

import pytest

from caseload.domain.words import Role
from caseload.queries.holders import holders_over
from caseload.tables import Notice, Organisation, PartnerMessage, Person, Task, User
from tests.integration.caseload.test_api_writes import message_of, put, rows, task_of
from tests.support.api_at_work import Api
from tests.support.api_programs import northern_system
from tests.support.case_app import NOW


@pytest.fixture
def partner(store, town, app, work):
    return Api(app, northern_system(store, town))


def issue_of(answer):
    (issue,) = answer.json["issue"]
    return answer.status_code, issue["details"]["coding"][0]["code"], issue.get("expression"), issue["diagnostics"]


def addressed(person_id, *references, **more):
    return message_of(person_id, recipient=[{"reference": one} for one in references], **more)


def recipients(answer):
    return [one["reference"] for one in answer.json["recipient"]]


def told(store):
    """Who has a notice of a message."""
    return {one.user_id for one in rows(store, Notice) if one.kind.value == "partner_wrote"}


def reached(store, town, work):
    """Everybody a message about the person is for, as references: the lead, the navigators of their place, the practice."""
    with store.reading() as session:
        practice = session.get_one(Person, work.person_id).practice_id
        navigators = holders_over(session, NOW, practice, Role.NAVIGATOR)
    people = {town.users[work.lead], town.users["navigator"]}
    assert town.users["navigator"] in navigators
    return [*(f"Practitioner/{one}" for one in sorted(people)), f"Organization/{practice}"]


def test_a_message_says_whom_it_is_for_where_it_would_go_there_anyway(store, town, partner, work):
    team = f"CareTeam/{work.case_id}"
    bare = put(partner, "/Communication", message_of(work.person_id))
    assert recipients(bare) == [team]
    everybody = told(store)
    for one in (team, f"http://localhost/fhir/R4/{team}"):
        made = put(partner, "/Communication", addressed(work.person_id, one))
        assert (made.status_code, recipients(made)) == (201, [team]), made.text
    for one in reached(store, town, work):
        made = put(partner, "/Communication", addressed(work.person_id, one))
        assert (made.status_code, recipients(made)) == (201, [team, one]), made.text
        assert recipients(partner.get(f"/Communication/{made.json['id']}")) == [team, one]
    assert told(store) == everybody
    assert town.users[work.lead] in everybody


def test_the_page_of_messages_says_whom_one_is_for(store, town, client_as, get, partner, work):
    lead, *_, practice = reached(store, town, work)
    for one in (None, lead, practice):
        more = addressed(work.person_id, one) if one else message_of(work.person_id)
        assert put(partner, "/Communication", more).status_code == 201
    with store.reading() as session:
        employer = session.get_one(Organisation, int(practice.partition("/")[2])).name
        colleague = session.get_one(User, int(lead.partition("/")[2])).display_name
    html = get(client_as("navigator"), f"/people/{work.person_id}/messages")
    sent = re.findall(r"<p>Sent [^<]*?(?:am|pm)( to [^<,]+)?<", html)
    assert sent[:3] == [f" to {employer}", f" to {colleague}", ""]


def test_a_message_for_anybody_else_is_refused_in_words(store, town, partner, work):
    others = [
        f"CareTeam/{work.case_id + 1}", "CareTeam/None", f"Practitioner/{town.users['birch.gp']}", "Practitioner/999999",
        f"Organization/{town.places['COUNCIL']}", f"Patient/{work.person_id}", "x",
    ]  # fmt: skip
    for one in others:
        status, code, where, words = issue_of(put(partner, "/Communication", addressed(work.person_id, one)))
        assert (status, code, where) == (422, "NOT_KEPT", ["Communication.recipient"]), one
        assert "lead" in words
        assert one not in words
    assert rows(store, PartnerMessage) == []
    assert told(store) == set()


def test_a_second_recipient_is_refused_by_its_place(store, town, partner, work):
    answer = put(partner, "/Communication", addressed(work.person_id, *reached(store, town, work)[:2]))
    assert issue_of(answer)[:3] == (422, "NOT_KEPT", ["Communication.recipient[1]"])


def test_the_same_message_for_somebody_else_is_another_message(store, town, partner, work):
    number = {"identifier": [{"system": "urn:x", "value": "77"}]}
    lead, *_, practice = reached(store, town, work)
    first = put(partner, "/Communication", addressed(work.person_id, lead, **number))
    for same in (addressed(work.person_id, lead, **number), message_of(work.person_id, **number)):
        again = put(partner, "/Communication", same)
        assert (again.status_code, again.headers["Location"]) == (200, first.headers["Location"])
    assert issue_of(put(partner, "/Communication", addressed(work.person_id, practice, **number)))[:2] == (
        409,
        "CONFLICT",
    )
    assert len(rows(store, PartnerMessage)) == 1


SAME_AS_LEFT_OUT = [
    {"priority": "routine"},
    {"for": {"reference": "Patient/{person}", "type": "Patient"}},
    {"requester": {"reference": "Organization/{trust}", "type": "Organization"}},
]


def filled(changed, **values):
    return {
        name: {key: text.format(**values) for key, text in part.items()} if isinstance(part, dict) else part
        for name, part in changed.items()
    }


def test_what_a_request_says_anyway_may_be_said(town, partner, work):
    kind = {"coding": [{"system": "urn:caretier:codes:task-kind", "code": "partner_request"}]}
    made = put(partner, "/Task", task_of(work.person_id, identifier=None, code=kind))
    assert made.status_code == 201, made.text
    (coding,) = made.json["code"]["coding"]
    assert coding == {**kind["coding"][0], "display": coding["display"]}
    for changed in SAME_AS_LEFT_OUT:
        said = filled(changed, person=work.person_id, trust=town.places["TRUST"])
        made = put(partner, "/Task", task_of(work.person_id, identifier=None, **said))
        assert made.status_code == 201, made.text
    subject = {"reference": f"Patient/{work.person_id}", "type": "Patient"}
    assert put(partner, "/Communication", message_of(work.person_id, subject=subject)).status_code == 201


SAID_WRONGLY = [
    ({"priority": "urgent"}, "NOT_KEPT", "Task.priority"),
    ({"for": {"reference": "Patient/{person}", "type": "Group"}}, "NOT_KEPT", "Task.for.type"),
    ({"code": {"coding": [{"system": "urn:x", "code": "partner_request"}]}}, "INVALID_RESOURCE", "Task.code.coding.system"),
    ({"code": {"text": "x"}}, "NOT_KEPT", "Task.code.text"),
]  # fmt: skip


def test_what_a_request_says_otherwise_than_it_is_is_refused(store, partner, work):
    for changed, code, where in SAID_WRONGLY:
        body = task_of(work.person_id, **{
            name: {**part, "reference": f"Patient/{work.person_id}"} if name == "for" else part for name, part in changed.items()
        })  # fmt: skip
        assert issue_of(put(partner, "/Task", body))[:3] == (422, code, [where])
    assert [one for one in rows(store, Task) if one.kind.value == "partner_request"] == []


def test_a_request_said_as_routine_and_read_again_is_no_change(partner, work):
    made = put(partner, "/Task", task_of(work.person_id))
    body = {**made.json, "priority": "routine", "for": {**made.json["for"], "type": "Patient"}}
    same = put(partner, f"/Task/{made.json['id']}", body, "PUT", **{"If-Match": made.headers["ETag"]})
    assert (same.status_code, same.headers["ETag"]) == (200, made.headers["ETag"])
