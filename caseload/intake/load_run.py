"""Taking in a run: scores become history, the register's people are brought up to date, the list changes. All or nothing.

What is read from files is read and checked before the case database is locked. Everything is written in one transaction,
so a load that is stopped in the middle never was.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

import duckdb
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from caseload.actions.aftermath import answer_changes
from caseload.actions.audit import record
from caseload.actions.leads import propose_leads_everywhere
from caseload.actions.notices import notify
from caseload.actions.plan_reviews import review_after_discharges
from caseload.database import is_sqlite
from caseload.domain.list_changes import LIST_CHANGE_WORDS
from caseload.domain.person_changes import PERSON_CHANGE_WORDS
from caseload.domain.words import NoticeKind, Role
from caseload.exceptions import RunRefused
from caseload.hospital_effects import read_hospital_rules
from caseload.hospital_feeds import read_hospital_feeds
from caseload.intake.company import refuse_company
from caseload.intake.incoming import Incoming, LoadRequest, read_incoming
from caseload.intake.missing import refuse_missing
from caseload.intake.objections import ObjectionsTaken, take_objections
from caseload.intake.people import (
    PeopleTaken,
    Taken,
    merged_astray,
    note_known,
    renew_merges,
    renew_pseudonyms,
    take_members,
    take_people,
)
from caseload.intake.places import take_places
from caseload.intake.proposals import ListTaken, take_list
from caseload.intake.scores import take_scores, who_objects
from caseload.intake.staging import staged
from caseload.intake.stays import StaysTaken, note_kept, take_stays
from caseload.intake.waiting_messages import act_on_waiting_messages
from caseload.lead_rules import read_lead_rules
from caseload.queries.holders import holders_over
from caseload.store import Store
from caseload.tables import RiskRun
from interfaces.exceptions import KeyRefused
from interfaces.extracts.integrity import require_unchanged
from interfaces.progress import Progress, silent

_ROOM = (
    "PRAGMA cache_size = -40000"  # KiB: what is added lies all over the indexes, and would be written many times over
)


@dataclass(frozen=True, slots=True)
class Latest:
    """What a load of the newest month did besides adding scores."""

    practices: int
    people: PeopleTaken
    objections: ObjectionsTaken
    stays: StaysTaken
    listed: ListTaken
    cases_told: int
    merged_astray: int


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was taken in. `latest` is None where only scores were: a month older than one taken in before.

    `again` is true where the run had been taken in already, and nothing was done.
    """

    place: str
    index_date: date
    scored: int
    scores: int = 0
    again: bool = False
    latest: Latest | None = None
    lead_proposals: int = 0
    messages: int = 0

    def lines(self) -> Iterator[str]:
        """The same for people."""
        month = f"{self.index_date.day} {self.index_date:%B %Y}"
        if self.again:
            yield f"The run of {self.place} for {month} was taken in before. Nothing was changed."
            return
        yield f"Taken in: {self.place}, index date {month}. {self.scores:,} scores of {self.scored:,}."
        if self.latest is None:
            yield "A later month was here already, so only its scores were taken in, of people who are known."
            return
        yield from _latest_lines(self.latest)
        if self.lead_proposals:
            yield f"{self.lead_proposals:,} cases have another lead proposed by the rule. Nobody was named."
        if self.messages:
            yield f"{self.messages:,} messages of hospitals that waited for people now here were acted on."


def load_run(store: Store, request: LoadRequest, *, now: datetime, progress: Progress = silent) -> Loaded:
    """Take in a run with the pack it was made from; the same run again does nothing.

    Of a month before the latest one taken in, where the request allows it, only scores are: they become history. Raises
    RunRefused, PackError, ScoreFileError and KeyRefused; then the case database is as it was.
    """
    progress("Checking the run")
    read_lead_rules()  # needed at the very end, when the load could not be refused any more
    feeds = read_hospital_feeds(request.feeds_file)
    read_hospital_rules()
    incoming = read_incoming(request)
    with store.reading() as session:
        if _before(session, incoming):
            return _again(incoming)
        newest = _fits(session, incoming)
        if request.new_key:
            refuse_company(session)
    with staged(incoming, progress) as connection:
        require_unchanged(incoming.pack.folder, incoming.pack_files)
        progress("Comparing with what is here")
        with store.reading() as session:
            note_known(session, connection)
            note_kept(session, connection)
        if newest:
            refuse_missing(connection, request.allow_leavers, request.leavers_percent)
        try:
            with store.writing() as session:
                loaded = _take(session, connection, incoming, now=now, progress=progress)
        except (IntegrityError, StaleDataError):
            raise RunRefused(
                "to be the only one taking in a run",
                "another load, or somebody's change, at the same moment",
                "Nothing was kept of this load. Start it again.",
            ) from None
    loaded = _with_leads(store, loaded, now, progress)
    if loaded.latest is None:
        return loaded
    return replace(loaded, messages=act_on_waiting_messages(store, feeds, now=now, progress=progress))


def _with_leads(store: Store, loaded: Loaded, now: datetime, progress: Progress) -> Loaded:
    """The rule looks at every case again, in a transaction of its own: nobody has to wait for both at once.

    Should it be stopped here, the load is complete, and `caseload propose-leads` does the same every night.
    """
    if loaded.latest is None:
        return loaded
    progress("Applying the lead rule")
    with store.writing() as session:
        return replace(loaded, lead_proposals=propose_leads_everywhere(session, now=now))


def _take(
    session: Session,
    connection: duckdb.DuckDBPyConnection,
    incoming: Incoming,
    *,
    now: datetime,
    progress: Progress,
) -> Loaded:
    # Asked again: another load may have come first while this one was reading.
    if _before(session, incoming):
        return _again(incoming)
    newest = _fits(session, incoming)
    if incoming.request.new_key:
        refuse_company(session)
    if renew_merges(session, connection):
        note_kept(session, connection)
    if is_sqlite(session):
        session.connection().exec_driver_sql(_ROOM)
    run = _add_run(session, incoming, now)
    latest = None
    if newest:
        if incoming.request.new_key:
            progress("Giving everybody a new pseudonym")
            renew_pseudonyms(session, connection, incoming.key)
        latest, scores = _take_newest(session, connection, run, progress)
    else:
        take_members(session, connection)
        scores = take_scores(session, connection, run.id, who_objects(session), progress)
    _tell_audit(session, run, latest, scores, now)
    progress("Writing")
    return Loaded(run.place, run.index_date, run.people, scores, latest=latest)


def _take_newest(
    session: Session, connection: duckdb.DuckDBPyConnection, run: RiskRun, progress: Progress
) -> tuple[Latest, int]:
    now = run.loaded_at
    practices = take_places(session, connection)
    people = take_people(session, connection, Taken(run.id, now, run.extracted_on), progress)
    take_members(session, connection)
    objections = take_objections(session, connection, now, run.extracted_on)
    objecting = who_objects(session)
    scores = take_scores(session, connection, run.id, objecting, progress)
    stays = take_stays(session, connection, progress)
    progress("Changing the list")
    listed = take_list(session, run, objecting, now)
    cases = answer_changes(session, people.changes, now)
    review_after_discharges(session, now)
    for practice_id in listed.joined:
        reviewers = holders_over(session, now, practice_id, Role.PRACTICE)
        notify(session, now=now, user_ids=reviewers, kind=NoticeKind.NEW_LIST)
    return Latest(practices, people, objections, stays, listed, cases, merged_astray(connection)), scores


def _before(session: Session, incoming: Incoming) -> bool:
    same = select(RiskRun.id).where(RiskRun.scores_sha256 == incoming.scores_sha256)
    return session.execute(same).first() is not None


def _again(incoming: Incoming) -> Loaded:
    return Loaded(incoming.place, incoming.index_date, incoming.scores.rows, again=True)


def _fits(session: Session, incoming: Incoming) -> bool:
    """Whether this is the newest month; RunRefused or KeyRefused where it may not follow what was taken in before."""
    last = session.execute(
        select(RiskRun).order_by(RiskRun.index_date.desc(), RiskRun.id.desc()).limit(1)
    ).scalar_one_or_none()
    if last is None:
        return True
    _refuse_other_series(last, incoming)
    newest = incoming.index_date >= last.index_date and incoming.extracted_on >= last.extracted_on
    if not newest and not incoming.request.older:
        raise RunRefused(
            f"a run for {last.index_date.isoformat()} or later, of a pack of {last.extracted_on.isoformat()} or later",
            f"one for {incoming.index_date.isoformat()}, of a pack of {incoming.extracted_on.isoformat()}",
            "Give --older to add its scores to the history; the list and the people then stay as they are.",
        )
    return newest


def _refuse_other_series(last: RiskRun, incoming: Incoming) -> None:
    if incoming.key.id != last.key_id and not incoming.request.new_key:
        raise KeyRefused(
            f"the key {last.key_id} of the runs taken in before",
            f"the key {incoming.key.id}",
            "Run the month again with that key; give --new-key if the place has changed its key.",
        )
    series = {"place": last.place, "outcome": last.outcome, "score_kind": last.score_kind}
    found = {"place": incoming.place, **{name: incoming.what[name] for name in ("outcome", "score_kind")}}
    for name, held in series.items():
        if found[name] != held:
            raise RunRefused(
                f"a run of the same {name.replace('_', ' ')} as those taken in before, {held}",
                found[name],
                "Use a case database of its own for it.",
            )


def _add_run(session: Session, incoming: Incoming, now: datetime) -> RiskRun:
    run = RiskRun(
        run_ref=incoming.run_ref, scores_sha256=incoming.scores_sha256, place=incoming.place,
        index_date=incoming.index_date, outcome=incoming.what["outcome"], score_kind=incoming.what["score_kind"],
        model_version=incoming.what["model_version"], tier_method=incoming.what["tier_method"],
        key_id=incoming.key.id, demonstration=incoming.scores.header.demonstration, people=incoming.scores.rows,
        loaded_at=now, extracted_on=incoming.extracted_on,
    )  # fmt: skip
    session.add(run)
    session.flush()
    return run


def _tell_audit(session: Session, run: RiskRun, latest: Latest | None, scores: int, now: datetime) -> None:
    """One event for the whole load: what happened to each person is in their own record, with the run's id."""
    new_people, proposals = (latest.people.new, latest.listed.new) if latest else (0, 0)
    record(
        session, "run.load", by=None, now=now, run=run.id, index_date=run.index_date.isoformat(), scores=scores,
        new_people=new_people, proposals=proposals,
    )  # fmt: skip


def _latest_lines(latest: Latest) -> Iterator[str]:
    yield f"{latest.people.new:,} people are new, at {latest.practices:,} practices."
    for kind, words in PERSON_CHANGE_WORDS.items():
        if latest.people.counts.get(kind):
            yield f"  {words}: {latest.people.counts[kind]:,}"
    yield f"{latest.listed.new:,} people were put before their practices, at {len(latest.listed.joined):,} of them."
    for change, words in LIST_CHANGE_WORDS.items():
        if latest.listed.changed.get(change):
            yield f"  Undecided before. {words}: {latest.listed.changed[change]:,}"
    if latest.cases_told:
        yield f"{latest.cases_told:,} cases stay open although their person died, left or moved: their people were told."
    if latest.merged_astray:
        yield (
            f"{latest.merged_astray:,} people are on the register under a number whose record was merged into one that is"
            " not: take the merge back and merge the other way, or they are missing from every list."
        )
    stays = latest.stays
    yield f"Hospital stays: {stays.new:,} added, {stays.replaced:,} replaced, {stays.removed:,} removed."
    if latest.objections.refused or latest.objections.ended:
        yield f"Objections: {latest.objections.refused:,} taken in, {latest.objections.ended:,} ended."
