"""The headline in every state: nothing taken in, one place, a practice's own, a month before, another tier."""

from tests.support.page_cases.page_case import PageCase

CASES: dict[str, tuple[PageCase, ...]] = {
    "headline.show": (
        PageCase("one", "integration", "/headline", "Testham"),
        PageCase("practice", "ash.manager", "/headline", "Ash Surgery"),
        PageCase("inside", "integration", "/headline?place={NORTH}&tier=high&month=2026-09", "North network"),
        PageCase("many", "integration", "/headline?place={Y90003}", "Cedar Surgery", place="busy"),
        PageCase("not there", "ash.manager", "/headline?place={Y90003}", "Page not found", status=404),
        PageCase("no such month", "integration", "/headline?month=2020-01", "Page not found", status=404),
    ),
}
