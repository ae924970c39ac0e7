"""Files of messages taken in: stored, acted on, reported, and nothing twice."""

import pytest

from caseload.domain.arrivals import ArrivalOutcome
from caseload.domain.border_words import MessageState
from caseload.exceptions import RunRefused, SettingsRefused
from caseload.intake.hospital import replay as module
from caseload.intake.hospital.door import Door
from caseload.intake.hospital.replay import ReplayRequest, processes_for, replay
from interfaces.hl7v2.mllp import framed
from interfaces.progress import silent
from tests.support.case_app import NOW
from tests.support.hl7_messages import sent
from tests.support.hospital_listener import FEED, kept

LIMIT = 100_000


@pytest.fixture(autouse=True)
def acting(monkeypatch):
    """What is stored is only marked: what a message does has tests of its own."""
    from tests.support.hospital_listener import applied

    monkeypatch.setattr(module, "apply_stored", applied)


@pytest.fixture
def take(store, settings, tmp_path):
    def taken(*contents, only=""):
        files = []
        for number, content in enumerate(contents):
            files.append(tmp_path / f"{number}.hl7")
            files[-1].write_bytes(content)
        request = ReplayRequest(tuple(files), LIMIT)
        return replay(store, Door([FEED], only), settings, request, now=lambda: NOW, progress=silent)

    return taken


def messages(*numbers, **told):
    return [sent(control_id=f"C{n}", **told) for n in numbers]


def test_messages_of_several_files_in_their_order(store, take):
    done = take(b"".join(messages(1, 2)), b"".join(map(framed, messages(3, 4))))
    assert [row[:2] for row in kept(store)] == [(f"C{n}", "applied") for n in (1, 2, 3, 4)]
    assert (done.outcomes, done.states) == ({ArrivalOutcome.TAKEN: 4}, {MessageState.APPLIED: 4})
    assert done.is_clean
    assert done.lines() == [
        "Messages: 4 taken, 0 here already, 0 refused.",
        "Acted on now: 4 applied.",
    ]


def test_the_same_files_again_do_nothing(store, take):
    content = b"".join(messages(*range(450)))
    take(content)
    rows = kept(store)
    done = take(content)
    assert done.outcomes == {ArrivalOutcome.HERE_ALREADY: 450}
    assert done.is_clean
    assert done.lines()[-1] == "Acted on now: none."
    assert kept(store) == rows


def test_what_came_on_the_wire_is_found_in_a_file_with_other_line_ends(store, take):
    take(b"".join(map(framed, messages(1, 2))))
    assert take(b"".join(messages(1, 2, end="\n"))).outcomes == {ArrivalOutcome.HERE_ALREADY: 2}


def test_what_is_refused_is_counted_by_reason_and_kept(store, take):
    bad = sent(control_id="B", pid={7: "x"})
    large = sent(control_id="L", extra=("NTE|1||" + "x" * LIMIT,))
    done = take(b"an export\r" + b"".join(messages(1)) + bad + bad + large + sent(control_id="C1", pid={5: "OTHER"}))
    assert not done.is_clean
    assert done.lines() == [
        "Messages: 1 taken, 0 here already, 4 refused.",
        "  refused: 2 date",
        "  refused: 1 key_used",
        "  refused: 1 too_large",
        "  10 bytes belong to no message.",
        "Acted on now: 1 applied.",
    ]
    assert [row[:3] for row in kept(store)] == [
        ("C1", "applied", ""),
        ("B", "held", "date"),
        ("C1", "held", "key_used"),
    ]


def test_one_feed_only(store, take):
    assert take(b"".join(messages(1)), only="royal").is_clean
    assert take(sent(control_id="2"), only="other").reasons == {"sender": 1}


def test_a_replay_that_was_stopped_goes_on(store, take, monkeypatch):
    """Between two batches: what was stored is found, the rest is stored now."""
    storing, left = module.store_all, [1]

    def stopping(*arguments):
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return storing(*arguments)

    content = b"".join(messages(*range(450)))
    monkeypatch.setattr(module, "store_all", stopping)
    with pytest.raises(KeyboardInterrupt):
        take(content)
    assert {row[1] for row in kept(store)} == {"received"}
    monkeypatch.setattr(module, "store_all", storing)
    done = take(content)
    assert done.outcomes == {ArrivalOutcome.HERE_ALREADY: 200, ArrivalOutcome.TAKEN: 250}
    assert done.states == {MessageState.APPLIED: 450}


def test_a_database_that_does_not_answer(take, monkeypatch):
    monkeypatch.setattr(module, "store_all", lambda _store, arrivals, _now: [None] * len(arrivals))
    with pytest.raises(SettingsRefused, match="replay the same files again"):
        take(sent())


def test_a_file_that_is_not_there(store, settings, tmp_path):
    request = ReplayRequest((tmp_path / "none",), LIMIT)
    with pytest.raises(RunRefused):
        replay(store, Door([FEED]), settings, request, now=lambda: NOW, progress=silent)


def test_how_many_processes(store):
    if store.engine.dialect.name == "sqlite":
        assert [processes_for(store, wanted) for wanted in (None, 4)] == [1, 1]
    else:
        assert processes_for(store, 4) == 4
        assert 1 <= processes_for(store, None) <= 8
