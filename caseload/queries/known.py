"""What is already known about a person, each with where it is from and of when: shown, so that it is not asked again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from caseload.clock import local_day
from caseload.domain.plan_words import AssessmentState, Discipline, MeasureKind
from caseload.domain.viewer import Viewer
from caseload.domain.words import ConsentPurpose, EncounterKind
from caseload.queries.assessments import SectionRow
from caseload.queries.consent import ConsentRow, consents_in_force
from caseload.queries.measures import MeasureRow, measures_of
from caseload.queries.scores import ScoreRow, scores_of
from caseload.queries.visible import may_open
from caseload.tables import Encounter, Organisation

DAYS = 365
"""How far back hospital use is shown."""
_MOST_STAYS = 50


@dataclass(frozen=True, slots=True)
class Stay:
    """One hospital stay or attendance. `provider` is None where its name is not held here."""

    kind: EncounterKind
    started_on: date
    ended_on: date | None
    provider: str | None


@dataclass(frozen=True, slots=True)
class Known:
    """What the service knows besides the register and earlier answers. `score` is None where it may not be shown."""

    stays: tuple[Stay, ...]
    score: ScoreRow | None
    consents: Mapping[ConsentPurpose, ConsentRow]
    measures: Mapping[MeasureKind, MeasureRow]


@dataclass(frozen=True, slots=True)
class EarlierAnswer:
    """The latest answer to the same question in another section, and whose it was."""

    answer: str
    questionnaire: str
    discipline: Discipline
    author: str
    organisation: str
    at: datetime


def known_about(session: Session, viewer: Viewer, now: datetime, person_id: int) -> Known:
    """Hospital use of a year, the reasons of the newest score, what they agreed to, and what they said of themselves.

    Four questions; nothing for who may not open the person, no score for who may not see it or where they object.
    """
    scores = scores_of(session, viewer, now, person_id)
    measures = measures_of(session, viewer, now, person_id)
    return Known(
        _stays(session, viewer, now, person_id), scores[0] if scores else None,
        consents_in_force(session, viewer, now, person_id), {kind: rows[-1] for kind, rows in measures.items()},
    )  # fmt: skip


def earlier_answers(sections: Iterable[SectionRow], without: int | None) -> dict[str, EarlierAnswer]:
    """For each question key, its latest answer in any section but one; those of abandoned assessments do not count.

    `sections` come with the one saved last first, as `sections_of_person` has them.
    """
    found: dict[str, EarlierAnswer] = {}
    for section in sections:
        if section.section_id == without or section.assessment_state is AssessmentState.ABANDONED:
            continue
        for key, answer in section.answers.items():
            said = EarlierAnswer(
                answer, section.questionnaire, section.discipline, section.author, section.organisation,
                section.saved_at,
            )  # fmt: skip
            found.setdefault(key, said)
    return found


def _stays(session: Session, viewer: Viewer, now: datetime, person_id: int) -> tuple[Stay, ...]:
    if not may_open(session, viewer, now, person_id):
        return ()
    wanted = (
        select(Encounter.kind, Encounter.started_on, Encounter.ended_on, Organisation.name)
        .outerjoin(Organisation, Organisation.code == Encounter.provider_code)
        .where(Encounter.person_id == person_id, Encounter.started_on > local_day(now) - timedelta(days=DAYS))
        .order_by(Encounter.started_on.desc(), Encounter.id.desc())
        .limit(_MOST_STAYS)
    )
    return tuple(Stay(*row) for row in session.execute(wanted))
