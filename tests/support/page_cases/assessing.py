"""Assessing jointly, and what the person says of themselves."""

from tests.support.page_cases.page_case import PageCase, refused

_OPEN = "/assessments/{assessment}"

CASES: dict[str, tuple[PageCase, ...]] = {
    "assessments.of_case": (
        PageCase("none under way", "ash.manager", "/cases/{c2}/assessment", "Start the assessment"),
        PageCase("under way", "ash.gp", "/cases/{c1}/assessment", "Not joint yet"),
        PageCase("joint", "birch.gp", "/cases/{c6}/assessment", "All of it was written by Birch Surgery"),
        PageCase("restricted", "ash.partner", "/cases/{c4}/assessment", "Restricted record."),
        PageCase("deceased", "ash.manager", "/cases/{c5}/assessment", "Died on"),
    ),
    "assessments.show": (
        PageCase("under way", "ash.gp", _OPEN, "the social care section to be complete"),
        PageCase("completed", "navigator", "/assessments/{assessment_over}", "She did not want the council told yet."),
        PageCase("not there", "nurse", _OPEN, "Page not found", status=404),
    ),
    "assessments.capacity": (
        PageCase("one", "ash.gp", f"{_OPEN}/capacity", "Mental Capacity Act 2005"),
        refused("ash.gp", f"{_OPEN}/capacity", "/capacity", "There is a problem", capacity="lacks_capacity"),
        PageCase(
            "conflict",
            "ash.gp",
            f"{_OPEN}/capacity",
            "Kept words",
            send=("/capacity", {"row_version": "99", "capacity": "has_capacity", "note": "Kept words"}),
            status=409,
        ),
    ),
    "assessments.outcome": (
        PageCase("not joint", "ash.gp", f"{_OPEN}/outcome", "This is not a joint assessment."),
        PageCase("joint", "birch.gp", "/assessments/{assessment_ready}/outcome", "The primary need goes to the case"),
        refused("ash.gp", f"{_OPEN}/outcome", "/outcome", "Enter the risks, or that there are none"),
    ),
    "assessments.abandon": (
        PageCase("one", "ash.gp", f"{_OPEN}/abandon", "Abandon the assessment"),
        refused("ash.gp", f"{_OPEN}/abandon", "/abandon", "Enter why the assessment is abandoned"),
    ),
    "assessment_sections.show": (
        PageCase("not begun", "ash.gp", f"{_OPEN}/sections/voluntary", "Already known"),
        PageCase("answered before", "navigator", f"{_OPEN}/sections/mental_health", "Still right"),
        PageCase("draft", "navigator", f"{_OPEN}/sections/social_care", "Cooks for herself."),
        PageCase("complete", "navigator", f"{_OPEN}/sections/health", "Reopen the section"),
        PageCase(
            "ended",
            "navigator",
            "/assessments/{assessment_over}/sections/mental_health",
            "Her sister rings every evening.",
        ),
        PageCase("never written", "navigator", "/assessments/{assessment_over}/sections/carer", "Nobody wrote"),
        refused("ash.gp", f"{_OPEN}/sections/carer", "/sections/carer", "Answer at least one question"),
        PageCase(
            "conflict",
            "ash.gp",
            f"{_OPEN}/sections/social_care",
            "Theirs now",
            send=("/sections/social_care", {"row_version": "99", "answer_daily_living": "Kept words"}),
            status=409,
        ),
        PageCase(
            "conflict, one still right",
            "ash.gp",
            f"{_OPEN}/sections/social_care",
            "Already known",
            send=("/sections/social_care", {"row_version": "99", "still_what_matters": "To stay in her own home."}),
            status=409,
        ),
    ),
    "measures.show": (
        PageCase("empty", "ash.manager", "/people/{p2}/measures", "Nothing has been recorded yet."),
        PageCase("many", "ash.gp", "/people/{p1}/measures", "3 answers"),
        PageCase("deceased", "ash.manager", "/people/{p5}/measures", "Died on"),
        PageCase("opened in an emergency", "nurse", "/people/{p4}/measures", "Restricted record."),
        refused("ash.gp", "/people/{p1}/measures", "/measures", "Select at least one answer"),
    ),
}
