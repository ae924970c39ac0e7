"""A load that fails or is killed in the middle never was."""

import os
import signal
import subprocess
import sys
import textwrap

import pytest
from sqlalchemy import func, select

from caseload.audit_chain import verify
from caseload.exceptions import RunRefused
from caseload.intake import load_run as loading
from caseload.intake.load_run import load_run
from caseload.tables import Encounter, Organisation, Person, Proposal, RiskRun, RiskScore
from interfaces.exceptions import PackRefused
from tests.integration.caseload.conftest import SECRET
from tests.support.case_app import NOW
from tests.support.months import make_month
from tests.support.packs import admission, nhs

STAGES = ["take_places", "take_people", "take_objections", "take_scores", "take_stays", "take_list", "answer_changes"]

KILLED = textwrap.dedent("""
    import sys, time
    from datetime import datetime, UTC
    from pathlib import Path
    from caseload.database import open_database
    from caseload.intake import load_run as loading
    from caseload.intake.incoming import LoadRequest
    from caseload.secrets import Secrets
    from caseload.store import Store

    url, secret, stage, run, pack, key = sys.argv[1:]
    done = getattr(loading, stage)

    def stopped(*arguments, **more):
        done(*arguments, **more)
        print("here", flush=True)
        time.sleep(600)

    setattr(loading, stage, stopped)
    store = Store(open_database(url), Secrets.of(secret))
    loading.load_run(store, LoadRequest(Path(run), Path(pack), Path(key)), now=datetime.now(UTC))
""")


def counts(store):
    with store.reading() as session:
        return {
            table.__tablename__: session.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (Organisation, Person, RiskRun, RiskScore, Encounter, Proposal)
        }


def month_of(folder):
    return make_month(folder / "month", admissions=[admission(nhs(1), "2026-09-14")])


@pytest.mark.parametrize("stage", STAGES)
def test_a_fault_in_the_middle_leaves_nothing_behind(store, tmp_path, monkeypatch, stage):
    def fails(*arguments, **more):
        raise ZeroDivisionError

    month = month_of(tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr(loading, stage, fails)
        with pytest.raises(ZeroDivisionError):
            load_run(store, month.request, now=NOW)
    assert set(counts(store).values()) == {0}
    assert load_run(store, month.request, now=NOW).scores == 12


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["take_people", "take_scores", "take_list"])
def test_a_load_killed_in_the_middle_leaves_nothing_behind(store, database_url, tmp_path, stage):
    month = month_of(tmp_path)
    arguments = [database_url, SECRET, stage, month.run, month.pack, month.key_file]
    command = [sys.executable, "-c", KILLED, *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "here\n"
        os.kill(process.pid, signal.SIGKILL)
    assert set(counts(store).values()) == {0}
    assert load_run(store, month.request, now=NOW).scores == 12
    with store.reading() as session:
        assert verify(session, store.secrets.audit).events == 1


def test_of_two_loads_at_once_one_is_refused_and_keeps_nothing(store, tmp_path, monkeypatch):
    """The other load commits between the reading and the writing of this one."""
    first, second = month_of(tmp_path / "one"), make_month(tmp_path / "two", tiers={1: "high", 12: "none"})
    note = loading.note_kept

    def meanwhile(session, connection):
        note(session, connection)
        monkeypatch.setattr(loading, "note_kept", note)
        load_run(store, first.request, now=NOW)

    monkeypatch.setattr(loading, "note_kept", meanwhile)
    with pytest.raises(RunRefused, match="only one taking in a run"):
        load_run(store, second.request, now=NOW)
    assert counts(store)["risk_run"] == 1
    assert counts(store)["person"] == 12


def test_the_same_run_loaded_twice_at_once_is_taken_in_once(store, tmp_path, monkeypatch):
    month = month_of(tmp_path)
    note = loading.note_kept
    other = []

    def meanwhile(session, connection):
        note(session, connection)
        monkeypatch.setattr(loading, "note_kept", note)
        other.append(load_run(store, month.request, now=NOW))

    monkeypatch.setattr(loading, "note_kept", meanwhile)
    again = load_run(store, month.request, now=NOW)
    assert (again.again, other[0].again) == (True, False)
    assert counts(store)["risk_run"] == 1


def test_a_pack_changed_while_it_is_read_is_refused(store, tmp_path, monkeypatch):
    month = month_of(tmp_path)
    read = loading.read_incoming

    def then_changed(request):
        incoming = read(request)
        (month.pack / "admissions.parquet").write_bytes((month.pack / "practices.parquet").read_bytes())
        return incoming

    monkeypatch.setattr(loading, "read_incoming", then_changed)
    with pytest.raises(PackRefused, match="changed meanwhile"):
        load_run(store, month.request, now=NOW)
    assert set(counts(store).values()) == {0}
