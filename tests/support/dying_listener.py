"""A listener that kills itself at its worst moment, without warning, as a machine that loses its power does.

    python -m tests.support.dying_listener DATABASE_URL SECRET PORT MOMENT

MOMENT: `before` a message is stored, `between` its commit and its answer, `acting` before what was made of it is committed,
or `never`.
"""

import os
import signal
import sys

from caseload import clock
from caseload.database import open_database
from caseload.intake.hospital import writer
from caseload.intake.hospital.door import Door
from caseload.intake.hospital.listening import Listener, Port
from caseload.secrets import Secrets
from caseload.store import Store
from tests.support.hospital_listener import FEED, LIMITS, applied


def die(*_arguments, **_told):
    os.kill(os.getpid(), signal.SIGKILL)


def say(_host, number):
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def apply_and_die(session, now, message_id, feed):
    applied(session, now, message_id, feed)
    session.flush()
    die()


if __name__ == "__main__":
    url, secret, port, moment = sys.argv[1:]
    store = Store(open_database(url), Secrets.of(secret))
    apply = apply_and_die if moment == "acting" else applied
    listener = Listener(store, Door([FEED]), LIMITS, now=clock.now, apply=apply)
    if moment == "before":
        writer.store_messages = die
    if moment == "between":
        listener.hall.settle = die
    listener.run(Port("127.0.0.1", int(port)), say)
