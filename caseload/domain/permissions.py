"""Who may do what. Which people they may do it to is another question: see `caseload.queries.visible`."""

from enum import StrEnum

from caseload.domain.words import Role

PROGRAM_ROLES = frozenset({Role.URGENT_CARE, Role.WAREHOUSE})
"""Roles only a program has: nobody signs in with one."""

_CARE = frozenset({Role.PRACTICE, Role.NAVIGATOR, Role.LEAD, Role.MDT_CHAIR})
_PEOPLE = frozenset(Role) - PROGRAM_ROLES


class Permission(StrEnum):
    """One thing a page lets somebody do."""

    SEE_TODAY = "see_today"
    REVIEW_LIST = "review_list"
    RAISE_CONCERN = "raise_concern"
    SEARCH_PEOPLE = "search_people"
    OPEN_PERSON = "open_person"
    SEE_SCORE = "see_score"
    SEE_CASES = "see_cases"
    WORK_CASE = "work_case"
    CONFIRM_LEAD = "confirm_lead"
    HAND_OVER = "hand_over"
    HAND_OVER_LEAVER = "hand_over_leaver"
    RECORD_CONSENT = "record_consent"
    RESTRICT_PERSON = "restrict_person"
    MERGE_PEOPLE = "merge_people"
    OPEN_IN_EMERGENCY = "open_in_emergency"
    REVIEW_EMERGENCY = "review_emergency"
    SEARCH_AUDIT = "search_audit"
    MANAGE_USERS = "manage_users"
    SEE_OVERVIEW = "see_overview"
    ASSESS = "assess"
    WRITE_PLAN = "write_plan"
    SIGN_PLAN = "sign_plan"
    SHARE_PLAN = "share_plan"
    SEE_MDT = "see_mdt"
    RUN_MDT = "run_mdt"
    WORK_COHORT = "work_cohort"
    SEE_HEADLINE = "see_headline"
    SEE_NOTICES = "see_notices"
    KEEP_ACCOUNT = "keep_account"
    SET_FLAG = "set_flag"
    SETTLE_MESSAGES = "settle_messages"
    MANAGE_CLIENTS = "manage_clients"
    LET_PROGRAM_IN = "let_program_in"
    READ_FLAGS = "read_flags"
    EXPORT_DATA = "export_data"


PERMISSIONS: dict[Permission, frozenset[Role]] = {
    Permission.SEE_TODAY: _PEOPLE,
    Permission.REVIEW_LIST: frozenset({Role.PRACTICE}),
    Permission.RAISE_CONCERN: _CARE,
    Permission.SEARCH_PEOPLE: _CARE,
    Permission.OPEN_PERSON: _CARE,
    Permission.SEE_SCORE: _CARE,
    Permission.SEE_CASES: _CARE,
    Permission.WORK_CASE: _CARE,
    Permission.CONFIRM_LEAD: frozenset({Role.PRACTICE, Role.NAVIGATOR, Role.MDT_CHAIR}),
    Permission.HAND_OVER: _CARE,
    Permission.HAND_OVER_LEAVER: frozenset({Role.PRACTICE, Role.NAVIGATOR}),
    Permission.RECORD_CONSENT: frozenset({Role.PRACTICE, Role.NAVIGATOR, Role.LEAD}),
    Permission.RESTRICT_PERSON: frozenset({Role.PRACTICE}),
    Permission.MERGE_PEOPLE: frozenset({Role.PRACTICE}),
    Permission.OPEN_IN_EMERGENCY: _CARE,
    Permission.REVIEW_EMERGENCY: frozenset({Role.IG_OFFICER}),
    Permission.SEARCH_AUDIT: frozenset({Role.IG_OFFICER}),
    Permission.MANAGE_USERS: frozenset({Role.ADMIN}),
    Permission.SEE_OVERVIEW: frozenset({Role.PRACTICE}),
    Permission.ASSESS: _CARE,
    Permission.WRITE_PLAN: _CARE,
    Permission.SIGN_PLAN: _CARE,
    Permission.SHARE_PLAN: _CARE,
    Permission.SEE_MDT: _CARE,
    Permission.RUN_MDT: frozenset({Role.NAVIGATOR, Role.MDT_CHAIR}),
    Permission.WORK_COHORT: frozenset({Role.PRACTICE, Role.NAVIGATOR, Role.MDT_CHAIR}),
    Permission.SEE_HEADLINE: frozenset({Role.INTEGRATION_LEAD, Role.PRACTICE, Role.MDT_CHAIR}),
    Permission.SEE_NOTICES: _PEOPLE,
    Permission.KEEP_ACCOUNT: _PEOPLE,
    Permission.SET_FLAG: _CARE,
    Permission.SETTLE_MESSAGES: frozenset({Role.DATA_QUALITY}),
    Permission.MANAGE_CLIENTS: frozenset({Role.ADMIN}),
    Permission.LET_PROGRAM_IN: _CARE,
    Permission.READ_FLAGS: _CARE | {Role.URGENT_CARE},
    Permission.EXPORT_DATA: frozenset({Role.WAREHOUSE}),
}
"""The whole answer on one screen; a test walks every role through every route."""
