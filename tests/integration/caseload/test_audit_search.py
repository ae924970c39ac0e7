"""The information governance officer searches the audit log: by reference, by user, by period, and takes it away."""

import csv
import io
from datetime import datetime, timedelta

import pytest

from caseload.actions.audit import record
from caseload.actions.views import record_view
from caseload.clock import LONDON
from caseload.presenters.audit import audit_lines, csv_lines
from caseload.queries import audit
from caseload.queries.audit import AuditFilter, AuditRow, audit_events, audit_file, person_with_reference
from caseload.tables import Organisation, Person, UserRole
from tests.support.case_app import NOW, audited
from tests.support.packs import nhs


def looked(store, town, username, *numbers, at=NOW):
    with store.writing() as session:
        people = [town.people[number] for number in numbers]
        record_view(session, by=town.viewer(session, username), now=at, page="people.show", people=people)


def found(store, town, by="ig", before=None, limit=50, **wanted):
    with store.reading() as session:
        return audit_events(session, town.viewer(session, by), AuditFilter(**wanted), before=before, limit=limit)


@pytest.fixture
def log(store, town):
    """Six events: looks by two users at several people on two days, and one that concerns nobody."""
    looked(store, town, "ash.gp", 1)
    looked(store, town, "ash.gp", 1, 2)
    looked(store, town, "nurse", 2, at=NOW + timedelta(hours=1))
    with store.writing() as session:
        record(session, "session.begin", by=town.users["nurse"], now=NOW + timedelta(hours=2))
        record(session, "case.open", by=town.users["ash.gp"], now=NOW + timedelta(hours=2), people=[town.people[1]])
    looked(store, town, "ash.gp", 10, at=NOW + timedelta(days=1))
    return town


def numbers(rows):
    return [row.number for row in rows]


def test_audit_search_by_each_filter(store, log):
    gp, nurse, people = log.users["ash.gp"], log.users["nurse"], log.people
    assert numbers(found(store, log)) == [6, 5, 4, 3, 2, 1]
    assert numbers(found(store, log, user_id=nurse)) == [4, 3]
    assert numbers(found(store, log, action="case.open")) == [5]
    assert numbers(found(store, log, person_id=people[2])) == [3, 2]
    assert numbers(found(store, log, person_id=people[1], user_id=gp, action="view")) == [2, 1]
    later = NOW + timedelta(hours=1)
    assert numbers(found(store, log, from_at=later)) == [6, 5, 4, 3]
    assert numbers(found(store, log, until_at=later)) == [2, 1]
    assert numbers(found(store, log, user_id=log.users["admin"])) == []


def test_audit_search_is_paged_by_the_number_of_an_event(store, log):
    first = found(store, log, limit=4)
    assert len(first) == 5
    assert numbers(found(store, log, before=first[3].number, limit=4)) == [2, 1]


def test_audit_search_shows_people_by_reference_only(store, log):
    row = found(store, log)[4]
    assert (row.people, row.elsewhere) == (tuple(sorted([log.people[1], log.people[2]])), 0)
    [line] = audit_lines([row])
    assert line.people == f"Person {log.people[1]}, Person {log.people[2]}"
    assert "people" not in row.detail


def test_audit_search_knows_only_people_of_the_officers_place(store, log):
    with store.writing() as session:
        away = Organisation(code="Y95001", name="Away", kind="practice", sector="health")
        session.add(away)
        session.flush()
        session.get_one(Person, log.people[2]).practice_id = away_id = away.id
    assert numbers(found(store, log)) == [6, 5, 4, 2, 1]
    shared = found(store, log)[3]
    assert (shared.people, shared.elsewhere) == ((log.people[1],), 1)
    with store.reading() as session:
        officer = log.viewer(session, "ig")
        assert person_with_reference(session, officer, nhs(1)) == log.people[1]
        assert person_with_reference(session, officer, nhs(2)) is None
        assert person_with_reference(session, officer, nhs(77)) is None
    with store.writing() as session:
        session.add(
            UserRole(user_id=log.users["admin"], role="ig_officer", place_id=away_id, from_at=NOW - timedelta(1))
        )
    assert numbers(found(store, log, by="admin")) == [4, 3, 2]


@pytest.mark.parametrize("username", ["ash.manager", "integration", "admin"])
def test_audit_search_is_for_information_governance_officers(store, log, client_as, username):
    for url in ("/governance/audit", "/governance/audit.csv", "/governance/emergency"):
        assert client_as(username).get(url).status_code == 404


def test_audit_search_through_the_pages_puts_no_name_or_number_in_an_address(store, log, client_as, get, post):
    client = client_as("ig")
    assert "Opened a case" in get(client, "/governance/audit")
    given = {
        "nhs_number": f" {nhs(2)[:3]} {nhs(2)[3:6]} {nhs(2)[6:]}",
        "username": "nurse",
        "action": "view",
        "from_day-day": "5",
        "from_day-month": "10",
        "from_day-year": "2026",
        "until_day-day": "5",
        "until_day-month": "10",
        "until_day-year": "2026",
    }
    response = post(client, "/governance/audit", given, follow=False)
    person, user = log.people[2], log.users["nurse"]
    expected = f"/governance/audit?user={user}&action=view&from=2026-10-05&until=2026-10-05&person={person}"
    assert (response.status_code, response.location) == (303, expected)
    page = get(client, response.location)
    assert "1 event shown" in page
    for chip in (
        "by nurse",
        "Looked at a page with people",
        "from 5 October 2026",
        "until 5 October 2026",
        f"Person {person}",
    ):
        assert chip in page
    assert not [word for word in ("Family2", "FAMILY2", nhs(2)) if word in page]
    assert audited(store)[-1] == ("audit.search", [person])


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"username": "nobody"}, "There is no user with this username"),
        ({"nhs_number": nhs(77)}, "There is nobody with this NHS number in your area"),
        ({"nhs_number": "12"}, "Enter an NHS number of 10 digits"),
        (
            {
                "from_day-day": "2", "from_day-month": "1", "from_day-year": "2026",
                "until_day-day": "1", "until_day-month": "1", "until_day-year": "2026",
            },
            "The last day must be the same as or after the first day",
        ),
    ],
)  # fmt: skip
def test_audit_search_says_what_is_wrong(log, client_as, post, given, sentence):
    response = post(client_as("ig"), "/governance/audit", given)
    assert response.status_code == 422
    assert sentence in response.text


def test_audit_search_for_somebody_elsewhere_is_not_there(store, log, client_as):
    assert client_as("ig").get("/governance/audit?person=99999").status_code == 404


@pytest.mark.parametrize(
    "query", ["person=nonsense", "person=-1", "user=nonsense", f"user={'9' * 25}", "from=nonsense", "until=2026-02-30"]
)
@pytest.mark.parametrize("address", ["/governance/audit", "/governance/audit.csv"])
def test_a_filter_that_cannot_be_read_searches_nothing(store, log, client_as, address, query):
    client = client_as("ig")
    before = len(audited(store))
    answer = client.get(f"{address}?{query}")
    assert answer.status_code == 422
    assert "has a filter that cannot be read, so nothing was searched" in answer.text
    assert "Opened a case" not in answer.text
    assert len(audited(store)) == before


def test_audit_days_begin_at_midnight_in_london(store, log, client_as, get):
    looked(store, log, "navigator", 1, at=datetime(2026, 10, 6, 0, 30, tzinfo=LONDON))  # still 5 October in UTC
    who, client = f"user={log.users['navigator']}", client_as("ig")
    assert "1 event shown" in get(client, f"/governance/audit?{who}&from=2026-10-06&until=2026-10-06")
    assert "No event fits" in get(client, f"/governance/audit?{who}&from=2026-10-05&until=2026-10-05")


def test_audit_export_is_the_same_rows_and_is_written_down(store, log, client_as):
    response = client_as("ig").get(f"/governance/audit.csv?person={log.people[1]}")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-store"
    rows = list(csv.DictReader(io.StringIO(response.text)))
    assert [row["number"] for row in rows][-3:] == ["5", "2", "1"]
    assert rows[-1]["people"] == str(log.people[1])
    assert rows[-1]["what"] == "Opened the person’s page"
    assert ("audit.export", [log.people[1]]) in audited(store)


def test_audit_export_has_no_cell_a_spreadsheet_takes_for_a_formula():
    nasty = ['=HYPERLINK("x")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"]
    for text in nasty:
        row = AuditRow(1, NOW, 1, text, text, text, None, (), 0, {"code": text})
        cells = next(csv.reader(io.StringIO("".join(list(csv_lines([row]))[1:]))))
        assert cells[2] == f"'{text}"
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in cells)


def test_audit_export_reads_every_event_once_over_its_batches(store, log, monkeypatch):
    monkeypatch.setattr(audit, "_BATCH", 2)
    with store.reading() as session:
        assert numbers(audit_file(session, log.viewer(session, "ig"), AuditFilter())) == [6, 5, 4, 3, 2, 1]
    monkeypatch.setattr(audit, "EXPORT_ROWS", 3)
    with store.reading() as session:
        assert numbers(audit_file(session, log.viewer(session, "ig"), AuditFilter())) == [6, 5, 4]
