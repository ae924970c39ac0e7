"""The joint assessment: one of a case at a time, in sections by discipline, each by its own author."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from caseload.domain.plan_words import AssessmentState, Capacity, Discipline, MeasureKind, SectionState
from caseload.domain.words import PrimaryNeed
from caseload.tables.base import Table, UtcMoment, Word, one_of, together


class Assessment(Table):
    """Open until it is completed or abandoned; at most one open per case. Joint is worked out from its sections."""

    __tablename__ = "assessment"
    __table_args__ = (
        one_of("state", AssessmentState),
        one_of("primary_need", PrimaryNeed),
        one_of("capacity", Capacity),
        together("ended"),
        Index(
            "uq_assessment_case_open",
            "case_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("care_case.id"), index=True)
    questionnaires: Mapped[str] = mapped_column(String(40))
    state: Mapped[AssessmentState] = mapped_column(Word(AssessmentState))
    capacity: Mapped[Capacity | None] = mapped_column(Word(Capacity))
    capacity_note: Mapped[str] = mapped_column(String(2000), default="")
    primary_need: Mapped[PrimaryNeed | None] = mapped_column(Word(PrimaryNeed))
    needs: Mapped[str] = mapped_column(String(4000), default="")
    risks: Mapped[str] = mapped_column(String(4000), default="")
    review_on: Mapped[date | None]
    started_at: Mapped[datetime] = mapped_column(UtcMoment)
    started_by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}


class AssessmentSection(Table):
    """One discipline's part. `answers` is the latest text; every saved state is an `AssessmentAnswers` row."""

    __tablename__ = "assessment_section"
    __table_args__ = (
        one_of("discipline", Discipline),
        one_of("state", SectionState),
        together("completed"),
        UniqueConstraint("assessment_id", "discipline"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    discipline: Mapped[Discipline] = mapped_column(Word(Discipline))
    state: Mapped[SectionState] = mapped_column(Word(SectionState))
    questionnaire: Mapped[str] = mapped_column(String(40))
    answers: Mapped[dict[str, str]] = mapped_column(JSON)
    author_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    completed_at: Mapped[datetime | None] = mapped_column(UtcMoment)
    completed_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    row_version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": row_version}


class AssessmentAnswers(Table):
    """What a section said each time it was saved. Append-only."""

    __tablename__ = "assessment_answers"

    id: Mapped[int] = mapped_column(primary_key=True)
    section_id: Mapped[int] = mapped_column(ForeignKey("assessment_section.id"), index=True)
    answers: Mapped[dict[str, str]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcMoment)
    by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))


class PersonMeasure(Table):
    """A person's own measure on a day: activation level, an "I" statement, loneliness. Append-only."""

    __tablename__ = "person_measure"
    __table_args__ = (
        one_of("kind", MeasureKind),
        Index("ix_person_measure_person_id_kind_measured_on", "person_id", "kind", "measured_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[MeasureKind] = mapped_column(Word(MeasureKind))
    value: Mapped[int]
    measured_on: Mapped[date]
    at: Mapped[datetime] = mapped_column(UtcMoment)
    by: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
