"""The nightly files of the practices: whom they name, whole or not there, once a day, written down before they can be taken."""

import csv
import hashlib
import json
import os
from datetime import date, timedelta
from pathlib import Path

import pytest

from caseload.actions.consent import record_consent
from caseload.domain.consent_rules import ConsentHow
from caseload.domain.gp_file import NAMES
from caseload.domain.words import ConsentPurpose, ConsentState
from caseload.exceptions import OutputRefused
from caseload.intake import gp_files
from caseload.intake.gp_files import MANIFEST, write_gp_files
from caseload.tables import AuditEvent, Person
from tests.support.case_app import NOW, audited
from tests.support.flag_work import SAYS, FlagWork

DAY = date(2026, 10, 5)


@pytest.fixture
def work(store, town):
    """Person 1 with a case, a plan, a yes and a flag."""
    work = FlagWork(store, town)
    work.set()
    return work


@pytest.fixture
def write(store, settings, tmp_path):
    """A function: write the files of a day into the folder of this test."""

    def written(day=DAY, now=NOW, folder=tmp_path / "gp"):
        return write_gp_files(store, folder, day, now=now, bounds=settings)

    return written


def rows(files, code="Y90001"):
    text = (files.folder / f"{code}.csv").read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def test_the_file_says_who_is_in_care_coordination_and_what_is_told(work, write, town):
    files = write()
    (row,) = rows(files)
    assert row == {
        "nhs_number": town.nhs_numbers[1], "family_name": "Family1", "given_name": "Given1",
        "date_of_birth": row["date_of_birth"], "tier": "very_high", "tier_as_at": "2026-10-01", "case_state": "open",
        "lead": "Ash Gp", "navigator": "", "plan_active_since": "2026-10-03", "plan_review": "2027-01-04",
        "flag": f"{SAYS['said']} (ring Ash GP, 020 7946 0000, Monday to Friday, 8am to 6pm)",
        "flag_review": "2027-01-04", "last_contact": "",
    }  # fmt: skip
    date.fromisoformat(row["date_of_birth"])
    assert tuple(row) == NAMES


def test_every_practice_has_a_file_and_the_manifest_counts_it(work, write):
    files = write()
    assert (files.practices, files.people, files.made) == (3, 1, True)
    manifest = json.loads((files.folder / MANIFEST).read_text())
    assert manifest["day"] == "2026-10-05"
    assert [(one["practice"], one["people"]) for one in manifest["files"]] == [
        ("Y90001", 1), ("Y90002", 0), ("Y90003", 0),
    ]  # fmt: skip
    for one in manifest["files"]:
        assert hashlib.sha256((files.folder / one["file"]).read_bytes()).hexdigest() == one["sha256"]
    assert rows(files, "Y90002") == []


def test_lines_are_those_of_rfc_4180_in_utf_8_with_its_mark(work, write):
    content = (write().folder / "Y90001.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbfnhs_number,")
    assert content.count(b"\r\n") == 2
    assert b"\n" not in content.replace(b"\r\n", b"")


def test_no_cell_begins_as_a_formula(work, write):
    work.person(family_name="=HYPERLINK(1)", given_name="Ann, “Annie”")
    (row,) = rows(write())
    assert (row["family_name"], row["given_name"]) == ("'=HYPERLINK(1)", "Ann, “Annie”")


def test_files_are_for_nobody_else_on_the_machine(work, write):
    folder = write().folder
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_everybody_in_a_file_is_in_the_audit_log(work, write, store):
    write()
    assert [people for action, people in audited(store) if action == "gp_file.make"] == [[work.person_id], [], []]
    with store.reading() as session:
        details = [json.loads(row.detail) for row in session.query(AuditEvent).filter_by(action="gp_file.make")]
    assert {one["day"] for one in details} == {"2026-10-05"}
    assert all(len(one["sha256"]) == 64 for one in details)


# Of whom nothing is said


@pytest.mark.parametrize("purpose", ["care_coordination", "sharing_health"])
def test_who_said_no_is_in_no_file(work, write, purpose):
    work.say(purpose, "refused")
    assert rows(write()) == []


@pytest.mark.parametrize(
    "values", [{"restricted": True}, {"date_of_death": date(2026, 10, 1)}, {"deregistered_on": date(2026, 10, 1)}]
)
def test_restricted_records_and_who_died_or_left_are_in_no_file(work, write, values):
    work.person(**values)
    assert rows(write()) == []


def test_an_objection_to_scores_leaves_the_tier_out(work, write):
    work.say("risk_stratification", "refused")
    (row,) = rows(write())
    assert (row["tier"], row["tier_as_at"]) == ("", "")


def test_a_score_that_is_too_old_is_left_out(work, write):
    (row,) = rows(write(DAY + timedelta(days=58), NOW + timedelta(days=58)))
    assert row["tier"] == "very_high"
    (row,) = rows(write(DAY + timedelta(days=59), NOW + timedelta(days=59)))
    assert row["tier"] == ""


def test_a_flag_past_its_date_is_left_out_and_its_ending_written_down(work, write):
    flag_id = work.set(code="door", said="Cannot come to the door.", review_on=date(2026, 10, 6))
    (row,) = rows(write(DAY + timedelta(days=2), NOW + timedelta(days=2)))
    assert "door" not in row["flag"]
    assert SAYS["said"] in row["flag"]
    assert work.stands(flag_id) == ("inactive", "review_date_passed")


# Whole or not there, once a day


def test_a_second_run_of_the_day_changes_nothing(work, write, store):
    before = {path: path.read_bytes() for path in write().folder.iterdir()}
    events = len(audited(store))
    work.say("care_coordination", "refused")
    events = len(audited(store))
    again = write(now=NOW + timedelta(hours=2))
    assert not again.made
    assert {path: path.read_bytes() for path in again.folder.iterdir()} == before
    assert len(audited(store)) == events
    assert rows(write(DAY + timedelta(days=1), NOW + timedelta(days=1))) == []


def test_a_folder_that_was_changed_is_refused(work, write):
    folder = write().folder
    with (folder / "Y90001.csv").open("ab") as stream:
        stream.write(b"one more\r\n")
    with pytest.raises(OutputRefused):
        write()


def test_a_folder_of_somebody_elses_is_refused(work, write, tmp_path):
    (tmp_path / "file").write_text("here")
    with pytest.raises(OutputRefused):
        write(folder=tmp_path / "file")


@pytest.mark.parametrize("step", ["_write_down", "_settle", "rename"])
def test_nothing_half_written_is_left_by_a_program_that_ends_before_its_end(
    work, write, store, tmp_path, monkeypatch, step
):
    """Whatever step it does not come back from, the day's folder is not there; the next run makes it whole."""

    class Killed(BaseException):
        pass

    def killed(*_arguments, **_options):
        raise Killed

    where = (os, "rename") if step == "rename" else (gp_files, step)
    with monkeypatch.context() as patched:
        patched.setattr(*where, killed)
        with pytest.raises(Killed):
            write()
    assert not (tmp_path / "gp" / "2026-10-05").exists()
    files = write()
    assert files.made
    assert len(rows(files)) == 1
    assert [path.name for path in (tmp_path / "gp").iterdir() if not path.name.startswith(".writing")] == ["2026-10-05"]


def test_it_is_in_the_audit_log_before_it_has_its_name(work, write, store, monkeypatch):
    seen = []
    rename = os.rename

    def renamed(before, after):
        seen.append([action for action, _ in audited(store)].count("gp_file.make"))
        rename(before, after)

    monkeypatch.setattr(os, "rename", renamed)
    write()
    assert seen == [3]


def test_who_says_no_while_files_are_made_is_in_none(work, write, store, town, monkeypatch):
    made = gp_files._made

    def made_slowly(*arguments):
        files = made(*arguments)
        if not [people for action, people in audited(store) if action == "consent.refused"]:
            with store.writing() as session:
                record_consent(
                    session, by=town.viewer(session, "ash.manager"), now=NOW, person_id=work.person_id, seen_id=0,
                    purpose=ConsentPurpose.CARE_COORDINATION, state=ConsentState.REFUSED, how=ConsentHow.SAID,
                )  # fmt: skip
        return files

    monkeypatch.setattr(gp_files, "_made", made_slowly)
    files = write()
    assert rows(files) == []
    assert [people for action, people in audited(store) if action == "gp_file.make"] == [[], [], []]


def test_answers_that_never_settle_are_told(work, write, store, monkeypatch):
    def restless(*_arguments):
        raise gp_files._AnsweredMeanwhileError

    monkeypatch.setattr(gp_files, "_write_down", restless)
    with pytest.raises(OutputRefused, match="again and again"):
        write()
    assert [action for action, _ in audited(store) if action == "gp_file.make"] == []


def test_names_of_files_say_nothing_of_anybody(work, write, town, store):
    names = {path.name for path in Path(write().folder).iterdir()}
    assert names == {"Y90001.csv", "Y90002.csv", "Y90003.csv", MANIFEST}
    with store.reading() as session:
        assert session.get_one(Person, work.person_id).nhs_number not in (write().folder / MANIFEST).read_text()
