"""Accounts, users, signing in and the information governance officer's pages."""

from tests.support.accounts import PASSWORD
from tests.support.page_cases.page_case import PageCase, refused

CASES: dict[str, tuple[PageCase, ...]] = {
    "governance.audit": (
        PageCase("many", "ig", "/governance/audit", "Next page"),
        PageCase("empty", "ig", "/governance/audit?action=person.merged&until=2020-01-01", "No event fits."),
        PageCase("one", "ig", "/governance/audit?person={p1}", "h1"),
        refused("ig", "/governance/audit", "/governance/audit", "There is a problem", nhs_number="12"),
    ),
    "governance.emergency": (
        PageCase("empty", "ig", "/governance/emergency", "Nothing waits for review", place="quiet"),
        PageCase("one", "ig", "/governance/emergency", "Nurse"),
        PageCase("reviewed", "ig", "/governance/emergency?show=reviewed", "Therapist"),
    ),
    "governance.opening": (
        PageCase("one", "ig", "/governance/emergency/{opening}", "End this access now"),
        PageCase("over", "ig", "/governance/emergency/{opening_over}", "Record the review"),
        PageCase("reviewed", "ig", "/governance/emergency/{opening_reviewed}", "Found on the floor"),
        refused("ig", "/governance/emergency/{opening_over}", "/{opening_over}", "There is a problem"),
    ),
    "account.show": (
        PageCase("password and code", "ash.manager", "/account", "Your account"),
        PageCase("neither", "nurse", "/account", "Your account"),
        refused("navigator", "/account", "/account", "There is a problem", email="not an address"),
    ),
    "account.leave": (
        PageCase("one", "nurse", "/account/leave", "Add leave"),
        refused("nurse", "/account/leave", "/account/leave", "There is a problem"),
    ),
    "account.password": (
        PageCase("one", "navigator", "/account/password", "Change your password"),
        refused("navigator", "/account/password", "/account/password", "There is a problem"),
    ),
    "account.second_factor": (
        PageCase("one", "navigator", "/account/second-factor", "Set up a second factor"),
        refused("navigator", "/account/second-factor", "/account/second-factor", "There is a problem"),
    ),
    "sign_in.show": (
        PageCase("empty", None, "/sign-in", "Sign in"),
        PageCase("left", None, "/sign-in?left=1", "Sign in"),
        PageCase(
            "error",
            None,
            "/sign-in",
            "There is a problem",
            send=("/sign-in", {"username": "navigator", "password": "wrong words"}),
            status=422,
        ),
    ),
    "sign_in.code": (
        PageCase(
            "one",
            None,
            "/sign-in",
            "Enter the code",
            send=("/sign-in", {"username": "ash.manager", "password": PASSWORD}),
        ),
        PageCase(
            "error",
            None,
            "/sign-in",
            "There is a problem",
            send=("/sign-in", {"username": "ash.manager", "password": PASSWORD}),
            then=("/sign-in/code", {"code": "12"}),
            status=422,
        ),
    ),
    "users.listed": (
        PageCase("many", "admin", "/users", "ash.manager"),
        PageCase("empty", "admin", "/users?find=nobody-like-that", "No user fits."),
    ),
    "users.show": (
        PageCase("one", "admin", "/users/{u_nurse}", "Nurse"),
        PageCase("deactivated", "admin", "/users/{u_consultant}", "Deactivated"),
        PageCase("oneself", "admin", "/users/{u_admin}", "Admin"),
        PageCase("with a second factor", "admin", "/users/{u_ash_manager}", "Remove the second factor"),
    ),
    "users.new": (
        PageCase("one", "admin", "/users/new", "Add a user"),
        refused("admin", "/users/new", "/users/new", "There is a problem"),
    ),
    "users.details": (
        PageCase("one", "admin", "/users/{u_nurse}/details", "Nurse"),
        refused("admin", "/users/{u_nurse}/details", "/details", "There is a problem", display_name=""),
    ),
    "users.new_role": (
        PageCase("one", "admin", "/users/{u_nurse}/roles/new", "Nurse"),
        refused("admin", "/users/{u_nurse}/roles/new", "/roles/new", "There is a problem"),
    ),
    "users.new_team": (
        PageCase("one", "admin", "/users/{u_nurse}/teams/new", "Nurse"),
        refused("admin", "/users/{u_nurse}/teams/new", "/teams/new", "There is a problem"),
    ),
    "users.profile": (
        PageCase("one", "admin", "/users/{u_nurse}/profile", "Nurse"),
        PageCase("empty", "admin", "/users/{u_navigator}/profile", "Navigator"),
        refused("admin", "/users/{u_navigator}/profile", "/profile", "There is a problem"),
    ),
    "users.new_leave": (
        PageCase("one", "admin", "/users/{u_nurse}/leave/new", "Add leave"),
        refused("admin", "/users/{u_nurse}/leave/new", "/leave/new", "There is a problem"),
    ),
    "users.identity": (PageCase("one", "admin", "/users/{u_nurse}/identity", "Identity provider"),),
    "users.deactivate": (PageCase("one", "admin", "/users/{u_nurse}/deactivate", "Deactivate"),),
}
