"""Who else is using the case database: not while everybody in it gets a new pseudonym.

PostgreSQL locks each of those people until the load ends, and every page somebody opens would wait for one of them while
the load waits for that page's entry in the audit log. SQLite has one writer at a time, and readers keep what they began
with: there others only wait.
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

from caseload.database import APPLICATION, is_sqlite
from caseload.exceptions import RunRefused


def refuse_company(session: Session) -> None:
    """RunRefused on PostgreSQL while another program of ours is connected to the same database.

    A connection pooler in between may hide one, so the how-to page says to stop the app all the same.
    """
    if is_sqlite(session):
        return
    others = session.execute(text(_OTHERS), {"application": APPLICATION}).scalar_one()
    if others:
        raise RunRefused(
            "nobody else at the case database while everybody gets a new pseudonym",
            f"{others:,} connections of the case app or its commands",
            "Stop every `caseload serve` and gunicorn, load again, then start them.",
        )


_OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE application_name = :application AND datname = current_database() AND pid <> pg_backend_pid()
"""
