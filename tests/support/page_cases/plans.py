"""Care plans: versions, parts, agreement, what they replace."""

from tests.support.page_cases.page_case import PageCase, refused

CASES: dict[str, tuple[PageCase, ...]] = {
    "plans.of_case": (
        PageCase("empty", "ash.manager", "/cases/{c2}/plan", "There is no plan yet."),
        PageCase("many", "ash.gp", "/cases/{c1}/plan", "Versions 1 and 2"),
        PageCase("one", "birch.gp", "/cases/{c6}/plan", "Go on with version 3"),
        PageCase("restricted", "ash.partner", "/cases/{c4}/plan", "Restricted record."),
        PageCase("deceased", "ash.manager", "/cases/{c5}/plan", "Died on"),
        refused("ash.manager", "/cases/{c2}/plan", "/plan", "Select what the new draft begins with"),
    ),
    "plans.show": (
        PageCase("draft", "ash.gp", "/plans/{plan_draft}", "Read it through and mark it as ready"),
        PageCase("ready", "ash.partner", "/plans/{copied_restricted}", "Sign off"),
        PageCase("active", "navigator", "/plans/{plan_active}", "Ask for pulmonary rehabilitation"),
        PageCase("agreed", "birch.gp", "/plans/{plan_agreed}", "Make it active"),
        PageCase("deceased", "ash.manager", "/plans/{plan_deceased}", "Their plan stays as it was."),
    ),
    "plan_sections.show": (
        PageCase("empty", "ash.gp", "/plans/{plan_draft}/sections/carers", "Carer 1 (new)"),
        PageCase("one", "ash.gp", "/plans/{plan_draft}/sections/actions", "Take out action 1"),
        PageCase("single", "ash.gp", "/plans/{plan_draft}/sections/about_me", "To stay at home."),
        PageCase("read only", "ash.gp", "/plans/{plan_active}/sections/needs", "Start a new draft to change the plan."),
        PageCase("deceased", "ash.manager", "/plans/{plan_deceased}/sections/needs", "Died on"),
        refused("ash.gp", "/plans/{plan_draft}/sections/carers", "/carers", "fill in “Name”", e0_contact="01632 960001"),
    ),
    "plans.before_ready": (
        PageCase("one", "ash.gp", "/plans/{plan_draft}/ready", "Mark as ready"),
        PageCase("read only", "ash.gp", "/plans/{plan_active}/ready", "not a draft any more"),
        PageCase("deceased", "ash.manager", "/plans/{plan_deceased}/ready", "Their plan stays as it was."),
        refused(
            "ash.gp", "/plans/{plan_draft}/ready", "/ready", "must be a real date",
            **{"review_on-day": "31", "review_on-month": "2", "review_on-year": "2027"},
        ),
    ),
    "plans.before_signing": (
        PageCase("one", "ash.partner", "/plans/{copied_restricted}/sign", "Sign off version 1"),
        PageCase("read only", "ash.manager", "/plans/{copied_restricted}/sign", "That is Ash Partner."),
    ),
    "plans.before_activating": (
        PageCase("one", "birch.gp", "/plans/{plan_agreed}/activate", "Make version 3 active"),
        PageCase("missing", "ash.partner", "/plans/{copied_restricted}/activate", "has not signed off"),
    ),
    "plans.before_withdrawing": (
        PageCase("one", "ash.gp", "/plans/{plan_draft}/withdraw", "Withdraw version 2"),
        PageCase("deceased", "ash.manager", "/plans/{plan_deceased}/withdraw", "Their plan stays as it was."),
        refused(
            "ash.gp", "/plans/{plan_draft}/withdraw", "/withdraw", "Enter why this version is withdrawn", reason=""
        ),
    ),
    "plans.compare": (
        PageCase("many", "ash.gp", "/plans/compare/{plan_active}/{plan_draft}", "Versions 1 and 2 side by side"),
    ),
    "agreements.ask": (
        PageCase("empty", "ash.partner", "/plans/{copied_restricted}/agreement", "Nobody has recorded yet"),
        PageCase("one", "ash.gp", "/plans/{plan_active}/agreement", "Agreed"),
        PageCase("read only", "ash.gp", "/plans/{plan_draft}/agreement", "Mark the draft as ready first."),
        refused("ash.partner", "/plans/{copied_restricted}/agreement", "/agreement", "Select what the person says"),
    ),
    "replaced_plans.show": (
        PageCase("empty", "ash.manager", "/cases/{c2}/replaced-plans", "No plan is listed."),
        PageCase("many", "ash.gp", "/cases/{c1}/replaced-plans", "COPD self-management plan"),
        PageCase("deceased", "ash.manager", "/cases/{c5}/replaced-plans", "Died on"),
        refused("ash.gp", "/cases/{c1}/replaced-plans", "/replaced-plans", "Enter the name of the plan", name=""),
    ),
}  # fmt: skip
