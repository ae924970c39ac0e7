"""The whole way on every database: sent, stored, answered, acted on."""

from collections import Counter

import pytest

from interfaces.hl7v2.mllp import framed
from tests.support.hl7_messages import sent
from tests.support.hospital_listener import Sender, kept, listening
from tests.support.patience import until


@pytest.mark.slow
def test_messages_of_one_live_listener_are_stored_and_acted_on(store):
    """The whole way on this database, with pipelining."""
    with listening(store) as running, Sender(running) as first, Sender(running) as second:
        for sender, name in ((first, "A"), (second, "B")):
            sender.send(b"".join(framed(sent(control_id=f"{name}{n}")) for n in range(40)))
        for sender, name in ((first, "A"), (second, "B")):
            answers = [sender.answer() for _ in range(40)]
            assert [(one.msa_1, one.msa_2) for one in answers] == [("AA", f"{name}{n}") for n in range(40)]
        assert first.tell(sent(control_id="A1")).msa_1 == "AA"
        assert first.tell(sent(control_id="A1", pid={5: "OTHER"})).msa_1 == "AE"
        assert until(lambda: Counter(row[1] for row in kept(store)) == {"applied": 80, "held": 1})
