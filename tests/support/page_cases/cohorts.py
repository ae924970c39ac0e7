"""Cohorts and the end of a hospital stay."""

from tests.support.page_cases.page_case import PageCase, refused

_RULE = "/cohorts/new?place={NORTH}&size=5&tiers=very_high&tiers=high&tiers=moderate&cases=either"

CASES: dict[str, tuple[PageCase, ...]] = {
    "cohorts.show": (
        PageCase("empty", "navigator", "/cohorts", "No cohort has been taken yet", place="quiet"),
        PageCase("many", "ash.manager", "/cohorts", "Y90001, October"),
    ),
    "cohorts.new": (
        PageCase("one", "ash.manager", "/cohorts/new", "See who would be taken"),
        PageCase(
            "many", "chair", "/cohorts/new?place={NORTH}&size=5&tiers=high&cases=either", "Passed over", place="quiet"
        ),
        PageCase("some unseen", "navigator", _RULE, "You may not open", place="quiet"),
        PageCase(
            "nobody", "cedar.manager", "/cohorts/new?place={Y90003}&size=5&tiers=very_high&cases=with", "Nobody fits"
        ),
        PageCase("error", "ash.manager", "/cohorts/new?size=5", "There is a problem", status=422),
        PageCase(
            "error in the name",
            "cedar.manager",
            "/cohorts/new?place={Y90003}&size=5&tiers=high&cases=either",
            "Enter a name for the cohort",
            send=("/cohorts/new", {"name": ""}),
            status=422,
        ),
    ),
    "cohorts.show_one": (
        PageCase("many", "ash.manager", "/cohorts/{cohort}", "FAMILY2"),
        PageCase("list", "ash.manager", "/cohorts/{cohort}?view=list", "FAMILY2"),
        PageCase("some unseen", "navigator", "/cohorts/{cohort}", "You may not open"),
        PageCase("of a network", "birch.manager", "/cohorts/{cohort_north}?view=list", "FAMILY6"),
    ),
    "cohorts.report": (
        PageCase("one", "ash.manager", "/cohorts/{cohort}/report", "regression to the mean"),
        PageCase("withheld", "navigator", "/cohorts/{cohort}/report", "Withheld"),
    ),
    "cohorts.ask_leave": (
        PageCase("one", "ash.manager", "/cohorts/members/{member_2}/leave", "Leave the cohort"),
        refused("ash.manager", "/cohorts/members/{member_2}/leave", "/leave", "Enter why they leave", reason="other"),
    ),
    "cohorts.ask_end": (PageCase("one", "ash.manager", "/cohorts/{cohort}/end", "End the cohort"),),
    "discharges.show": (
        PageCase("one", "birch.gp", "/encounters/{stay}/discharge", "Pathway 1: home with community support"),
        PageCase("over", "ash.manager", "/encounters/{stay_over}/discharge", "it is over"),
        refused(
            "birch.gp", "/encounters/{stay}/discharge", "/discharge", "There is a problem", **{"expected_on-day": "40"}
        ),
    ),
}
