"""Records that were merged into others, and who they are now, through any number of merges."""

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import CTE, select
from sqlalchemy.orm import Session, aliased

from caseload.tables import Person


@cache
def kept_as() -> CTE:
    """`old_id` -> `kept_id` for every record that was merged, every step of a chain of merges with its own row."""
    step = select(Person.id.label("old_id"), Person.merged_into_id.label("kept_id")).where(
        Person.merged_into_id.is_not(None)
    )
    chain = step.cte(recursive=True)
    following = aliased(Person)
    return chain.union(
        select(chain.c.old_id, following.merged_into_id).where(
            following.id == chain.c.kept_id, following.merged_into_id.is_not(None)
        )
    )


def merged_records(session: Session, kept: Collection[int]) -> list[tuple[int, int, str]]:
    """Each record that became one of these people: its id, whose it is now, and its pseudonym; in the order of ids."""
    if not kept:
        return []
    chain = kept_as()
    wanted = (
        select(chain.c.old_id, chain.c.kept_id, Person.pseudonym)
        .join(Person, Person.id == chain.c.old_id)
        .where(chain.c.kept_id.in_(sorted(kept)))
        .order_by(chain.c.old_id)
    )
    found: list[Any] = list(session.execute(wanted))
    return [(row[0], row[1], row[2]) for row in found]
