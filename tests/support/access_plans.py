"""Two versions of a care plan of everybody's case in the place of `tests.support.access_place`: an active one and one before."""

from datetime import timedelta

from caseload.tables import PlanAgreement, PlanSection, PlanSectionText, PlanVersion

HASH = "0" * 64


def add_plan(place, one):
    """Keep their rows for writing; their ids are what addresses call them by."""
    past = place.now - timedelta(days=1)
    one.ids["other_version_id"] = _version(place, one, past, 1, state="superseded", ended_at=past, ended_by=place.other)
    one.ids["version_id"] = _version(
        place, one, past + timedelta(minutes=1), 2, state="active", ended_at=None, ended_by=None
    )


def _version(place, one, at, number, **ended):
    steps = {f"{step}_{part}": at if part == "at" else place.other for step in STEPS for part in ("at", "by")}
    version_id = place._add(
        PlanVersion, case_id=one.ids["case_id"], number=number, review_on=at.date(), content_hash=HASH,
        ended_reason="", row_version=1, **steps, **ended,
    )  # fmt: skip
    content = [{"key": "n", "need": f"What worries me, {number}"}]
    section_id = place._add(
        PlanSection, version_id=version_id, heading="needs", content=content, contributed=["health", "social_care"],
        author_id=place.other, organisation_id=place.places["health"], saved_at=at, row_version=1,
    )  # fmt: skip
    place._add(PlanSectionText, section_id=section_id, content=content, at=at, by=place.other)
    place._add(
        PlanAgreement, version_id=version_id, state="agreed", reason="", method="telephone", witness="",
        representative="", copy_given=True, at=at, by=place.other,
    )  # fmt: skip
    return version_id


STEPS = ("created", "ready", "signed", "active")
