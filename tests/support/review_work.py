"""The review in the made-up place, made by the actions, and its pages read."""

import re
from html import unescape

from sqlalchemy import select

from caseload.actions.review import as_marks, confirm, stage
from caseload.domain.proposal_rules import digest_of
from caseload.tables import Proposal, StagedDecision
from tests.support.case_app import NOW
from tests.support.day_work import act


def staged(store, town, practice_id, proposal_ids, decision, *, by="ash.manager", **options):
    """Mark a decision about these proposals; how many."""
    return act(
        store,
        town,
        stage,
        by=by,
        practice_id=practice_id,
        proposal_ids=list(proposal_ids),
        decision=decision,
        **options,
    )


def digest_now(store, town, practice_id):
    """The digest of everything that is marked."""
    with store.reading() as session:
        wanted = select(Proposal, StagedDecision).join(StagedDecision, StagedDecision.proposal_id == Proposal.id)
        return digest_of(as_marks(list(session.execute(wanted.where(StagedDecision.practice_id == practice_id)))))


def decided(store, town, practice_id, *, by="ash.manager", now=NOW):
    """Confirm everything that is marked; how many of each decision."""
    digest = digest_now(store, town, practice_id)
    return act(store, town, confirm, by=by, now=now, practice_id=practice_id, digest=digest)


def names_on(html):
    """The people of a list, in its order."""
    return [unescape(name) for name in re.findall(r'<a href="/people/\d+">([^<]+)</a>', html)]


def row_of(html, number, *, raw=False):
    """The words of a person's row (or its markup)."""
    rows = re.findall(r'<tr role="row" class="nhsuk-table__row.*?</tr>', html, flags=re.S)
    found = next(row for row in rows if f"FAMILY{number}, Given{number}<" in row)
    return found if raw else unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found)))
