"""The day's work and one person."""

from tests.support.page_cases.page_case import PageCase, refused

CASES: dict[str, tuple[PageCase, ...]] = {
    "emergency.show": (
        PageCase("empty", "nurse", "/emergency-access", "NHS number"),
        refused("nurse", "/emergency-access", "/emergency-access", "There is a problem"),
    ),
    "emergency.restriction": (
        PageCase("not restricted", "ash.manager", "/people/{p1}/restriction", "Given1"),
        PageCase("restricted", "ash.manager", "/people/{p4}/restriction", "Restricted record."),
        PageCase("deceased", "ash.manager", "/people/{p5}/restriction", "Died on"),
        refused("ash.manager", "/people/{p1}/restriction", "/restriction", "There is a problem"),
    ),
    "today.show": (
        PageCase("empty", "consultant", "/", "Nothing", place="quiet"),
        PageCase("one", "navigator", "/", "Ring the pharmacy about the overdue box"),
        PageCase("to review", "ash.manager", "/", "Ash Surgery"),
        PageCase("many", "therapist", "/", "FEATHERSTONEHAUGH", place="busy"),
        PageCase("done", "navigator", "/?done={task_done}", "Undo"),
        PageCase("no people", "integration", "/", "Today"),
        PageCase("information governance", "ig", "/", "Today"),
        PageCase("administrator", "admin", "/", "Today"),
    ),
    "today.tasks": (
        PageCase("empty", "consultant", "/tasks?list=overdue", "h1", place="quiet"),
        PageCase("one", "navigator", "/tasks?list=held", "Ring the pharmacy about the held box"),
        PageCase("many", "therapist", "/tasks?list=overdue", "Ring about the weekly box", place="busy"),
    ),
    "people.show": (
        PageCase("empty", "ash.manager", "/people/{p2}", "FAMILY2", place="quiet"),
        PageCase("full", "ash.gp", "/people/{p1}", "Glad of the visit."),
        PageCase("on hold", "ash.manager", "/people/{p2}", "On hold"),
        PageCase("restricted", "ash.manager", "/people/{p4}", "Restricted record."),
        PageCase("deceased", "ash.manager", "/people/{p5}", "Died on 20 September 2026"),
        PageCase("moved", "birch.manager", "/people/{p9}", "Left the practice list"),
        PageCase("opened in an emergency", "nurse", "/people/{p4}", "Restricted record."),
        PageCase("not there", "navigator", "/people/99999", "Page not found", status=404),
    ),
    "people.looks": (
        PageCase("empty", "ash.manager", "/people/{p11}/looks", "h1", place="quiet", status=404),
        PageCase("one", "ash.manager", "/people/{p2}/looks", "Who has looked"),
        PageCase("many", "ash.gp", "/people/{p1}/looks", "Navigator"),
        PageCase("deceased", "ash.manager", "/people/{p5}/looks", "Died on"),
    ),
    "contacts.new": (
        PageCase("one", "navigator", "/people/{p1}/contacts/new", "Log a contact"),
        PageCase("deceased", "ash.manager", "/people/{p5}/contacts/new", "Died on"),
        refused("navigator", "/people/{p1}/contacts/new", "/contacts/new", "There is a problem"),
    ),
    "contacts.correction": (
        PageCase("one", "navigator", "/contacts/{contact}/correct", "Correct a contact"),
        refused(
            "navigator", "/contacts/{contact}/correct", "/correct", "There is a problem", **{"happened_on-day": ""}
        ),
    ),
    "tasks.of_person": (
        PageCase("empty", "ash.manager", "/people/{p3}/tasks", "h1"),
        PageCase("many", "navigator", "/people/{p1}/tasks", "Ring the pharmacy about the later box"),
        PageCase("deceased", "ash.manager", "/people/{p5}/tasks", "Died on"),
    ),
    "tasks.new": (
        PageCase("one", "navigator", "/people/{p1}/tasks/new", "Add a task"),
        PageCase("deceased", "ash.manager", "/people/{p5}/tasks/new", "Died on"),
        refused("navigator", "/people/{p1}/tasks/new", "/tasks/new", "There is a problem"),
    ),
    "tasks.show": (
        PageCase("overdue", "navigator", "/tasks/{task_overdue}", "Ring the pharmacy about the overdue box"),
        PageCase("done", "navigator", "/tasks/{task_done}", "They deliver on Fridays"),
        PageCase("cancelled", "navigator", "/tasks/{task_cancelled}", "No longer needed"),
        PageCase("held", "navigator", "/tasks/{task_held}", "Closed until Friday"),
        PageCase("escalated", "ash.gp", "/tasks/{task_escalated}", "No answer for a week"),
    ),
    "tasks.cancel": (
        PageCase("one", "navigator", "/tasks/{task_later}/cancel", "Cancel a task"),
        refused("navigator", "/tasks/{task_later}/cancel", "/cancel", "There is a problem"),
    ),
    "tasks.hold": (
        PageCase("one", "navigator", "/tasks/{task_later}/hold", "Put a task on hold"),
        refused(
            "navigator",
            "/tasks/{task_later}/hold",
            "/hold",
            "There is a problem",
            **{"until-day": "31", "until-month": "2", "until-year": "2027"},
        ),
        PageCase(
            "conflict",
            "navigator",
            "/tasks/{task_later}/hold",
            "Somebody else was first",
            send=(
                "/hold",
                {
                    "row_version": "99",
                    "note": "Kept words",
                    "until-day": "12",
                    "until-month": "10",
                    "until-year": "2026",
                },
            ),
            status=409,
        ),
        PageCase(
            "stale",
            "navigator",
            "/tasks/{task_later}/hold",
            "This form is out of date",
            send=("/hold", {"csrf_token": "other", "note": "Kept words"}),
            status=400,
        ),
    ),
    "tasks.reassign": (
        PageCase("one", "navigator", "/tasks/{task_later}/reassign", "Move a task"),
        refused("navigator", "/tasks/{task_later}/reassign", "/reassign", "There is a problem", note="x" * 2001),
    ),
    "tasks.escalate": (
        PageCase("one", "navigator", "/tasks/{task_later}/escalate", "Escalate a task"),
        refused("navigator", "/tasks/{task_later}/escalate", "/escalate", "There is a problem"),
    ),
    "consent.show": (
        PageCase("empty", "ash.manager", "/people/{p2}/consent", "Consent and objections"),
        PageCase("many", "ash.manager", "/people/{p1}/consent", "Refused"),
        PageCase("read only", "chair", "/people/{p1}/consent", "Refused"),
        PageCase("deceased", "ash.manager", "/people/{p5}/consent", "Died on"),
    ),
    "consent.ask": (
        PageCase("one", "ash.manager", "/people/{p1}/consent/sharing_health", "Sharing with health services"),
        PageCase(
            "given before",
            "ash.manager",
            "/people/{p1}/consent/care_coordination",
            "Withdraw consent to care coordination?",
        ),
        PageCase("deceased", "ash.manager", "/people/{p5}/consent/care_coordination", "Died on"),
        refused("ash.manager", "/people/{p1}/consent/sharing_health", "/consent/sharing_health", "There is a problem"),
    ),
}
