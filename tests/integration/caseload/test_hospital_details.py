"""What a hospital says of a person's own record: deaths, moves and details, only what its rules allow and only what is newer."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from caseload.tables import Notice, Person, PersonEvent, RiskRun, Task
from tests.support.case_app import NOW, audited
from tests.support.hospital_work import EVERYTHING, START, HospitalWork
from tests.support.plan_work import PlanWork

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TODAY = date(2026, 10, 5)
NEW = {5: "NEWNAME^ADA^^^^^L", 8: "2", 11: "9 New Road^^Testham^^ZZ9 9ZZ^^H", 13: "01632960999"}


@pytest.fixture
def hospital(store, town):
    return HospitalWork(store, town, demographics=list(EVERYTHING))


def events(hospital, number=1):
    with hospital.store.reading() as session:
        wanted = (
            select(PersonEvent).where(PersonEvent.person_id == hospital.town.people[number]).order_by(PersonEvent.id)
        )
        return [
            (one.kind, one.before, one.after, one.message_id is not None) for one in session.execute(wanted).scalars()
        ]


DEATHS = {
    "PID-29": ("A31", {"visit": None, "pid": {29: "20261004", 30: "Y"}}, date(2026, 10, 4)),
    "PID-30 alone": ("A31", {"visit": None, "pid": {30: "Y"}}, TODAY),
    "PID-29 alone": ("A08", {"pid": {29: "20261003"}}, date(2026, 10, 3)),
    "discharged by death": ("A03", {"pv1": {36: "4", 45: "20261004223000"}}, date(2026, 10, 4)),
}


@pytest.mark.parametrize(("trigger", "fields", "day"), DEATHS.values(), ids=DEATHS)
def test_a_death_is_written_once_with_what_follows_from_it(store, town, hospital, trigger, fields, day):
    PlanWork(store, town)
    hospital.tell("A01", at=START - DAY)
    first = hospital.tell(trigger, **fields)
    assert hospital.about(first)[0] == "applied"
    assert hospital.person(1).date_of_death == day
    assert events(hospital) == [("died", {"date_of_death": None}, {"date_of_death": day.isoformat()}, True)]
    with store.reading() as session:
        task = session.execute(select(Task).where(Task.kind == "after_death")).scalar_one()
        assert task.due_on == TODAY
        told = session.execute(select(Notice.user_id).where(Notice.kind == "person_died")).scalars().all()
        assert sorted(told) == sorted(town.users[name] for name in ("ash.gp", "navigator", "social.worker"))
    assert ("person.told", [town.people[1]]) in audited(store)
    hospital.tell(trigger, **fields, at=START + HOUR)
    assert len(events(hospital)) == 1


def test_a_death_is_not_taken_from_a_feed_that_may_not_say_so(store, town):
    hospital = HospitalWork(store, town, demographics=[])
    message_id = hospital.tell("A03", pid={29: "20261004", 30: "Y"}, pv1={36: "4"})
    assert hospital.about(message_id)[0] == "applied"
    assert hospital.person(1).date_of_death is None


@pytest.mark.parametrize("day", ["20261101", "19400101"])
def test_a_date_of_death_that_cannot_be_waits(hospital, day):
    assert hospital.about(hospital.tell("A31", visit=None, pid={29: day, 30: "Y"}))[:2] == ("held", "death_date")
    assert hospital.person(1).date_of_death is None


def test_a_death_is_never_undone_by_a_message(hospital):
    hospital.tell("A01", at=START - DAY)
    hospital.tell("A03", pv1={36: "4"})
    later = {"at": START + HOUR, "visit": None}
    assert hospital.about(hospital.tell("A31", **later))[0] == "applied"  # absent
    assert hospital.about(hospital.tell("A31", **later, pid={30: "N"}))[0] == "applied"  # what many feeds always say
    assert hospital.about(hospital.tell("A31", **later, pid={29: '""'}))[1] == "death_taken_back"
    assert hospital.about(hospital.tell("A31", **later, pid={30: '""'}))[1] == "death_taken_back"
    before = {"at": START - 2 * DAY, "visit": None}
    assert hospital.about(hospital.tell("A31", **before, pid={30: '""'}))[0] == "applied"
    assert hospital.about(hospital.tell("A13", at=START, told=START + HOUR))[1] == "death_taken_back"
    assert hospital.about(hospital.tell("A08", at=START + HOUR, pv1={36: '""'}))[1] == "death_taken_back"
    assert hospital.person(1).date_of_death == TODAY
    assert hospital.stays()[0][1] == "finished"
    assert len(events(hospital)) == 1


def test_a_cancel_that_came_before_the_death_holds_it_off(hospital):
    hospital.tell("A01", at=START - DAY)
    hospital.tell("A13", at=START, told=START + HOUR)
    hospital.tell("A03", at=START, pv1={36: "4"})
    assert hospital.person(1).date_of_death is None
    assert hospital.stays()[0][1] == "in-progress"


def test_details_are_taken_with_their_history(hospital):
    before = hospital.person(1)
    hospital.tell("A31", visit=None, pid=NEW)
    person = hospital.person(1)
    told = {
        "family_name": "NEWNAME",
        "given_name": "ADA",
        "address_line": "9 New Road, Testham",
        "postcode": "ZZ9 9ZZ",
        "phone": "01632960999",
    }
    assert {name: getattr(person, name) for name in told} == told
    assert person.name_key == "newname ada"
    was = {name: getattr(before, name) for name in told}
    assert events(hospital) == [("details_changed", was, told, True)]
    with hospital.store.reading() as session:
        assert session.execute(select(PersonEvent.at)).scalar_one() == START


def test_null_deletes_and_absent_leaves_alone(hospital):
    hospital.tell("A31", visit=None, pid={13: '""'})
    assert (hospital.person(1).phone, hospital.person(1).address_line) == ("", "1 Test Street")
    hospital.tell("A31", visit=None, at=START + HOUR, pid={11: '""'})
    assert (hospital.person(1).address_line, hospital.person(1).postcode) == ("", "")
    hospital.tell("A31", visit=None, at=START + 2 * HOUR, pid={5: '""'})
    assert hospital.person(1).family_name == "Family1"


@pytest.mark.parametrize("allowed", [one for one in EVERYTHING if one in ("name", "address", "phone")])
def test_only_what_the_feeds_rules_allow_is_taken(store, town, allowed):
    hospital = HospitalWork(store, town, demographics=[allowed])
    hospital.tell("A31", visit=None, pid=NEW)
    changed = {name for _, _, after, _ in events(hospital) for name in after}
    assert changed == {
        "name": {"family_name", "given_name"}, "address": {"address_line", "postcode"}, "phone": {"phone"},
    }[allowed]  # fmt: skip


def test_nothing_is_taken_from_a_sensitive_stay_or_to_a_restricted_record(hospital):
    hospital.tell("A08", pid=NEW, pv1={16: "S"})
    hospital.tell("A08", at=START + HOUR, pid=NEW)  # the same visit, which was said to be sensitive
    hospital.tell("A01", visit="V9", at=START + HOUR, pv1={16: "R"})
    assert hospital.tell("A31", person=4, visit=None, pid=NEW)
    assert events(hospital) == events(hospital, 4) == []


def test_what_is_older_than_what_is_known_is_not_taken(store, hospital, town):
    hospital.tell("A31", visit=None, pid={13: "01632960111"}, at=START)
    hospital.tell("A31", visit=None, pid={13: "01632960000"}, at=START - HOUR)
    assert hospital.person(1).phone == "01632960111"
    hospital.tell(
        "A31", visit=None, pid={11: "Old^^^^ZZ8 8ZZ^^H"}, at=NOW - 5 * DAY
    )  # before the register was extracted
    assert hospital.person(1).postcode == "ZZ1 1ZZ"
    with store.writing() as session:
        run = session.execute(select(RiskRun).order_by(RiskRun.id.desc()).limit(1)).scalar_one()
        session.add(
            PersonEvent(
                person_id=town.people[1], kind="details_changed", at=NOW, run_id=run.id, after={"postcode": "x"}
            )
        )
    hospital.tell(
        "A31", visit=None, pid={11: "2 New^^^^ZZ7 7ZZ^^H"}, at=NOW - 2 * DAY
    )  # since the extract, before its load
    assert hospital.person(1).postcode == "ZZ7 7ZZ"


def test_a_move_to_a_practice_here_is_a_move_and_elsewhere_a_departure(store, town, hospital):
    plans = PlanWork(store, town)
    hospital.tell("A31", visit=None, pd1={3: "^^Y90002"})
    assert hospital.person(1).practice_id == town.places["Y90002"]
    hospital.tell("A31", visit=None, pd1={3: "^^Z99999"}, at=START + HOUR)
    assert hospital.person(1).deregistered_on == TODAY
    hospital.tell("A31", visit=None, pd1={3: "^^Z99999"}, at=START + 2 * DAY)
    assert hospital.person(1).deregistered_on == TODAY
    assert [kind for kind, *_ in events(hospital)] == ["moved_practice", "left"]
    with store.reading() as session:
        assert len(session.execute(select(Task).where(Task.kind == "after_move")).all()) == 2
    assert plans.case_id


@pytest.mark.parametrize("code", ["V81997", "V81998", "V81999"])
def test_the_codes_of_no_practice_say_nothing(hospital, code):
    assert hospital.about(hospital.tell("A31", visit=None, pd1={3: f"^^{code}"}))[0] == "applied"
    assert hospital.person(1).deregistered_on is None
    assert events(hospital) == []


@pytest.mark.parametrize(
    ("told", "line", "postcode"),
    [("7 New Road^^Testham^^^^H", "7 New Road, Testham", ""), ("^^^^ZZ7 7ZZ^^H", "", "ZZ7 7ZZ")],
)
def test_an_address_told_in_part_keeps_nothing_of_the_one_before(hospital, told, line, postcode):
    hospital.tell("A31", visit=None, pid={11: told})
    assert (hospital.person(1).address_line, hospital.person(1).postcode) == (line, postcode)


def test_the_two_parts_of_an_address_are_as_new_as_each_other(hospital):
    hospital.tell("A31", visit=None, pid={11: "1 First^^^^ZZ7 7ZZ^^H"}, at=START)
    hospital.tell("A31", visit=None, pid={11: "2 Third^^^^ZZ7 7ZZ^^H"}, at=START + 2 * HOUR)
    hospital.tell("A31", visit=None, pid={11: "3 Second^^^^ZZ8 8ZZ^^H"}, at=START + HOUR)
    assert (hospital.person(1).address_line, hospital.person(1).postcode) == ("2 Third", "ZZ7 7ZZ")
    hospital.tell("A31", visit=None, pid={11: f"{'9' * 301}^^^^ZZ9 9ZZ^^H"}, at=START + 3 * HOUR)  # no column holds it
    assert (hospital.person(1).address_line, hospital.person(1).postcode) == ("2 Third", "ZZ7 7ZZ")


def test_nothing_is_taken_from_a_sensitive_message_that_names_no_visit(hospital):
    hospital.tell("A31", pid=NEW, pv1={16: "S"})
    hospital.tell("A28", pid=NEW, pv1={16: "R", 19: ""}, at=START + HOUR)
    hospital.tell("A08", pid=NEW, pv1={16: "V", 19: ""}, at=START + HOUR)
    assert events(hospital) == []
    hospital.tell("A08", pid=NEW, pv1={16: "N", 19: ""}, at=START + 2 * HOUR)
    assert len(events(hospital)) == 1


def test_nothing_of_a_person_is_in_the_audit_log(store, hospital):
    hospital.tell("A31", visit=None, pid=NEW, local="A77")
    with store.reading() as session:
        from caseload.tables import AuditEvent

        text = " ".join(session.execute(select(AuditEvent.detail)).scalars())
    for value in ("NEWNAME", "New Road", "01632960999", "A77", hospital.town.nhs_numbers[1], "1941"):
        assert value not in text


def test_the_dead_are_not_written_to(hospital):
    message_id = hospital.tell("A31", person=5, visit=None, pid=NEW)
    assert hospital.about(message_id)[0] == "applied"
    assert events(hospital, 5) == []
    with hospital.store.reading() as session:
        assert session.get_one(Person, hospital.town.people[5]).phone == "01632 960000"
