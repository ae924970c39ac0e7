"""A process that writes tasks as fast as it can from several threads, and says each one's id once it was answered.

    python -m tests.support.busy_writer DATABASE_URL SECRET USER_ID PERSON_ID

It never ends: whoever began it kills it.
"""

import secrets
import sys
import threading

from caseload import clock
from caseload.actions.once import once
from caseload.actions.tasks import add_task
from caseload.clock import local_day
from caseload.database import open_database
from caseload.domain.words import TaskKind
from caseload.queries.viewers import viewer_of
from caseload.secrets import Secrets
from caseload.store import Store

THREADS = 8


def write(store: Store, user_id: int, person_id: int) -> None:
    while True:
        now = clock.now()
        with store.reading() as session:
            by = viewer_of(session, user_id, now)
        made = once(
            store, add_task, by=by, now=now, key=secrets.token_hex(16), person_id=person_id, kind=TaskKind.OTHER,
            title="Written under load", due_on=local_day(now),
        )  # fmt: skip
        sys.stdout.write(f"{made}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    url, secret, *ids = sys.argv[1:]
    opened = Store(open_database(url), Secrets.of(secret))
    for _ in range(THREADS):
        threading.Thread(target=write, args=(opened, *map(int, ids))).start()
