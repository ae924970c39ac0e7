"""Lists and what is decided on them."""

from tests.support.page_cases.page_case import PageCase, refused

CASES: dict[str, tuple[PageCase, ...]] = {
    "search.show": (
        PageCase("empty", "navigator", "/search", "By name and date of birth"),
        refused("navigator", "/search", "/search", "There is a problem", nhs_number="123"),
        PageCase(
            "none found",
            "navigator",
            "/search",
            "No record that you can open",
            send=("/search", {"nhs_number": "999 000 0999"}),
        ),
        PageCase(
            "many",
            "ash.manager",
            "/search",
            "2 people found",
            send=("/search", {"family": "Family2", "born-day": "15", "born-month": "7", "born-year": "1958"}),
        ),
    ),
    "notices.show": (
        PageCase("empty", "consultant", "/notices", "You have no notices", place="quiet"),
        PageCase("one", "navigator", "/notices", "Mark as read"),
        PageCase("many", "therapist", "/notices", "Next page", place="busy"),
    ),
    "review.choose": (
        PageCase("one", "ash.manager", "/review", "Ash Surgery"),
        PageCase("empty", "ash.manager", "/review", "Ash Surgery", place="quiet"),
    ),
    "review.show": (
        PageCase("empty", "ash.manager", "/review/{Y90001}", "Ash Surgery", place="quiet"),
        PageCase("one", "ash.manager", "/review/{Y90001}", "FAMILY3"),
        PageCase("some marked", "birch.manager", "/review/{Y90002}", "FAMILY7"),
        PageCase("confirmed", "ash.manager", "/review/{Y90001}?confirmed=1", "What next"),
        PageCase("many", "cedar.manager", "/review/{Y90003}", "Next page", place="busy"),
        PageCase("filtered", "cedar.manager", "/review/{Y90003}?tier=high", "This list is filtered", place="busy"),
    ),
    "review.preview": (
        PageCase("empty", "ash.manager", "/review/{Y90001}/preview", "h1"),
        PageCase("one", "birch.manager", "/review/{Y90002}/preview", "FAMILY7"),
    ),
    "proposals.decline": (
        PageCase("one", "ash.manager", "/review/proposals/{proposal_3}/decline", "Given3"),
        refused("ash.manager", "/review/proposals/{proposal_3}/decline", "/decline", "There is a problem"),
    ),
    "proposals.defer": (
        PageCase("one", "ash.manager", "/review/proposals/{proposal_3}/defer", "Given3"),
        refused("ash.manager", "/review/proposals/{proposal_3}/defer", "/defer", "There is a problem"),
    ),
    "proposals.concern": (
        PageCase("one", "ash.manager", "/people/{p3}/concern", "Given3"),
        PageCase("deceased", "ash.manager", "/people/{p5}/concern", "Died on"),
        refused("ash.manager", "/people/{p3}/concern", "/concern", "There is a problem"),
    ),
    "duplicates.show": (
        PageCase("empty", "ash.manager", "/people/duplicates", "h1", place="quiet"),
        PageCase("one", "ash.manager", "/people/duplicates", "FAMILY2"),
    ),
    "duplicates.compare": (
        PageCase("one", "ash.manager", "/people/duplicates/{p2}/{p13}", "FAMILY2"),
        refused("ash.manager", "/people/duplicates/{p2}/{p13}", "/{p13}", "There is a problem"),
    ),
    "cases.show": (
        PageCase("empty", "ash.manager", "/cases", "h1", place="quiet"),
        PageCase("one", "ash.manager", "/cases", "FAMILY1"),
        PageCase("many", "cedar.manager", "/cases", "Next page", place="busy"),
    ),
    "cases.unallocated": (
        PageCase("empty", "ash.manager", "/cases/unallocated", "h1", place="quiet"),
        PageCase("one", "ash.manager", "/cases/unallocated", "FAMILY2"),
        PageCase("many", "cedar.manager", "/cases/unallocated", "Next page", place="busy"),
    ),
    "cases.hold": (
        PageCase("one", "ash.manager", "/cases/{c1}/hold", "FAMILY1"),
        PageCase("deceased", "ash.manager", "/cases/{c5}/hold", "Died on"),
        refused("ash.manager", "/cases/{c1}/hold", "/hold", "There is a problem"),
    ),
    "cases.resume": (
        PageCase("one", "ash.manager", "/cases/{c2}/resume", "FAMILY2"),
        PageCase("not now", "ash.manager", "/cases/{c2}/resume", "FAMILY2"),
    ),
    "cases.close": (
        PageCase("one", "ash.manager", "/cases/{c1}/close", "FAMILY1"),
        PageCase("deceased", "ash.manager", "/cases/{c5}/close", "Died on"),
        refused("ash.manager", "/cases/{c1}/close", "/close", "There is a problem"),
    ),
    "cases.need": (
        PageCase("one", "ash.manager", "/cases/{c1}/need", "FAMILY1"),
        refused("ash.manager", "/cases/{c2}/need", "/need", "There is a problem"),
    ),
    "overview.show": (
        PageCase("one", "ash.manager", "/overview", "Ash Surgery"),
        PageCase("tier", "ash.manager", "/overview?place={Y90001}&tier=high", "Ash Surgery"),
        PageCase("many", "ash.manager", "/overview", "Ash Surgery", place="busy"),
        PageCase("not there", "ash.manager", "/overview?place={Y90003}", "Page not found", status=404),
    ),
}
