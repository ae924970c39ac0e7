"""Registers as they come: numbers twice, people without a name, texts too long for a column, practices nobody listed."""

from datetime import date

import duckdb
import pytest
from sqlalchemy import select

from caseload.exceptions import RunRefused
from caseload.intake import staging
from caseload.intake.load_run import load_run
from caseload.tables import Person
from interfaces.scores import ScoreHeader, ScoreWriter
from tests.support.case_app import NOW
from tests.support.months import OCTOBER, PLACE, make_month, rewritten
from tests.support.packs import nhs, person, seal, write_table


def load(store, month):
    return load_run(store, month.request, now=NOW)


def one(store, number):
    with store.reading() as session:
        found = session.execute(select(Person).where(Person.nhs_number == nhs(number))).scalar_one()
        session.expunge(found)
        return found


def replaced(month, table, rows):
    """The month with another table in its pack, as if the run had been made from it."""
    write_table(month.pack, table, rows, storage="parquet")
    seal(month.pack, extracted_on=OCTOBER)
    return rewritten(month)


def test_of_a_number_twice_on_the_register_the_latest_registration_counts(store, tmp_path):
    month = make_month(tmp_path / "month", absent=[2], tiers={1: "high"})
    rows = [
        person(nhs(1), "1931-03-02", practice_code="F84001", registered_on="2010-01-01"),
        person(nhs(1), "1931-03-02", practice_code="F84002", registered_on="2026-02-01"),
    ]
    for order in (rows, rows[::-1]):
        load(store, replaced(month, "gp_register", order))
        with store.reading() as session:
            (found,) = session.execute(select(Person)).scalars()
            assert found.practice.code == "F84002"


def test_of_somebody_twice_in_the_demographics_one_row_counts_whatever_its_order(store, tmp_path):
    names = [
        {"nhs_number": nhs(1), "family_name": name, "given_name": "G", "date_of_birth": "1931-03-02", "sex": "2"}
        for name in ("Beta", "Alpha")
    ]
    load(store, replaced(make_month(tmp_path / "month"), "demographics", names))
    assert one(store, 1).family_name == "Alpha"


def test_somebody_without_a_name_is_taken_in_and_says_so(store, tmp_path):
    names = [{"nhs_number": nhs(1), "family_name": "A", "given_name": "B", "date_of_birth": "1931-03-02", "sex": "2"}]
    load(store, replaced(make_month(tmp_path / "month"), "demographics", names))
    found = one(store, 2)
    assert (found.family_name, found.given_name, found.postcode) == ("Name not recorded", "", "")


def test_texts_too_long_for_a_column_are_cut_and_refuse_nobody(store, tmp_path):
    long = {"family_name": "ß" * 150, "given_name": "G" * 150, "address_line": "A" * 400, "phone": "1" * 60}
    load(store, make_month(tmp_path / "month", names={1: {**long, "postcode": "ZZ1 1ZZ and more"}}))
    found = one(store, 1)
    assert [len(found.family_name), len(found.given_name), len(found.address_line), len(found.phone)] == [
        100,
        100,
        300,
        40,
    ]
    assert (found.postcode, len(found.name_key)) == ("ZZ1 1ZZ AN", 210)


def test_rows_the_check_of_the_pack_sets_aside_are_not_taken_in(store, tmp_path):
    month = make_month(tmp_path / "month", tiers={1: "high"}, absent=[2])
    rows = [person(nhs(1), "1931-03-02"), person("9990000000", "1950-01-01"), person(nhs(3), "2031-01-01")]
    load(store, replaced(month, "gp_register", rows))
    with store.reading() as session:
        assert session.execute(select(Person.nhs_number)).scalars().all() == [nhs(1)]


def test_somebody_at_a_practice_the_pack_does_not_list_is_not_here(store, place):
    place.november(register={1: {"practice_code": "Z99999"}}, tiers={2: "high"})
    with store.reading() as session:
        assert place.person(session, 1).deregistered_on == date(2026, 11, 1)


def test_a_run_that_scored_nobody_is_refused(store, tmp_path):
    month = make_month(tmp_path / "month")
    with ScoreWriter(month.run / "scores.parquet", ScoreHeader(PLACE, OCTOBER, demonstration=True)):
        pass
    with pytest.raises(RunRefused, match="one that scored nobody"):
        load(store, rewritten(month))


def test_too_little_memory_is_a_fault_and_not_the_packs(tmp_path, store, monkeypatch):
    month = make_month(tmp_path / "month")

    def exhausted(connection, incoming):
        raise duckdb.OutOfMemoryException

    monkeypatch.setattr(staging, "_STAGES", (("Reading", exhausted),))
    with pytest.raises(duckdb.OutOfMemoryException):
        load(store, month)


def test_progress_is_told_of_every_stage(store, tmp_path):
    told = []
    load_run(store, make_month(tmp_path / "month").request, now=NOW, progress=lambda stage, *_: told.append(stage))
    assert list(dict.fromkeys(told)) == [
        "Checking the run", "Reading the register", "Making pseudonyms", "Reading the scores",
        "Joining names, practices and scores", "Reading hospital stays", "Reading objections",
        "Comparing with what is here", "Taking in people", "Taking in scores", "Taking in hospital stays",
        "Changing the list", "Writing", "Applying the lead rule",
    ]  # fmt: skip
