"""A process that closes meetings one after the other in several threads, and says each one's id once it was answered.

python -m tests.support.busy_closer DATABASE_URL SECRET USER_ID MEETING_ID…
"""

import secrets
import sys
import threading
from queue import Empty, SimpleQueue

from caseload.actions.mdt_closing import close_meeting
from caseload.actions.once import once
from caseload.database import open_database
from caseload.queries.viewers import viewer_of
from caseload.secrets import Secrets
from caseload.store import Store
from caseload.tables import MdtMeeting
from tests.support.case_app import NOW

THREADS = 4


def close_all(store: Store, user_id: int, meetings: SimpleQueue) -> None:
    while True:
        try:
            meeting_id = meetings.get_nowait()
        except Empty:
            return
        with store.reading() as session:
            by = viewer_of(session, user_id, NOW)
            version = session.get_one(MdtMeeting, meeting_id).row_version
        once(
            store, close_meeting, by=by, now=NOW, key=secrets.token_hex(16), meeting_id=meeting_id, row_version=version
        )
        sys.stdout.write(f"{meeting_id}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    url, secret, user, *ids = sys.argv[1:]
    opened, waiting = Store(open_database(url), Secrets.of(secret)), SimpleQueue()
    for one in ids:
        waiting.put(int(one))
    for _ in range(THREADS):
        threading.Thread(target=close_all, args=(opened, int(user), waiting)).start()
