"""Every form of the app, filled in so that it takes effect in the place of `tests.support.town_at_work`.

An address may name people, cases, practices and what was made there, as in `tests.support.page_cases`.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class FormCase:
    """Who sends the form at `action`, from which page, with what besides the first of every choice.

    A star in `action` stands for whatever number the page has there. `first` is sent before, once.
    """

    username: str
    page: str
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    first: tuple["FormCase", ...] = ()


YESTERDAY = {"happened_on-day": "4", "happened_on-month": "10", "happened_on-year": "2026"}

REVOKED = FormCase("birch.gp", "/handovers/{handover_6}", "/handovers/{handover_6}/revoke")
STAGED = FormCase("birch.manager", "/leavers/{journey}", "/leavers/{journey}", first=(REVOKED,))
PROPOSED = FormCase("birch.manager", "/leavers/{journey}", "/leavers/{journey}/propose", first=(REVOKED,))
ON_TEAM = FormCase(
    "birch.manager", "/cases/{c6}/team", "/cases/{c6}/team",
    {"user_id": "{u_birch_gp}", "name": "", "organisation": "", "from_on-day": "5"},
)  # fmt: skip
TAKEN = FormCase("ash.partner", "/handovers/{handover_6}", "/handovers/{handover_6}")
SAVED = FormCase("ash.manager", "/cases?state=open", "/views")
AWAY = FormCase(
    "nurse", "/account/leave", "/account/leave", {
        "first_day-day": "20", "first_day-month": "10", "first_day-year": "2026",
        "last_day-day": "21", "last_day-month": "10", "last_day-year": "2026",
    },
)  # fmt: skip

CLIENT = {
    "name": "Another name",
    "purpose": "x",
    "scopes": "system/Flag.rs",
    "keys": "{client_keys}",
    "redirect_uris": "",
}

FORMS: dict[str, FormCase] = {
    "account.digest": FormCase("navigator", "/account", "/account"),
    "account.leave": AWAY,
    "cases.end": FormCase("ash.manager", "/cases/{c1}/close", "/cases/{c1}/close"),
    "cases.put_on_hold": FormCase("ash.manager", "/cases/{c1}/hold", "/cases/{c1}/hold"),
    "cases.set_need": FormCase("ash.manager", "/cases/{c1}/need", "/cases/{c1}/need", {"need": "social"}),
    "cases.take_off_hold": FormCase("ash.manager", "/cases/{c2}/resume", "/cases/{c2}/resume"),
    "contacts.add": FormCase("navigator", "/people/{p1}/contacts/new", "/people/{p1}/contacts/new", {**YESTERDAY, "outcome": "next_step_agreed", "next_title": "", "next_list": ""}),
    "contacts.correct": FormCase("navigator", "/contacts/{contact}/correct", "/contacts/{contact}/correct", {**YESTERDAY, "note": "Put right."}),
    "duplicates.apart": FormCase("ash.manager", "/people/duplicates/{p2}/{p13}", "/people/duplicates/{p2}/{p13}/apart"),
    "duplicates.merge": FormCase("ash.manager", "/people/duplicates/{p2}/{p13}", "/people/duplicates/{p2}/{p13}"),
    "duplicates.undo": FormCase("ash.manager", "/people/duplicates", "/people/merges/{merge}/undo"),
    "emergency.lift": FormCase("ash.manager", "/people/{p4}/restriction", "/people/{p4}/restriction/lift"),
    "emergency.open_record": FormCase("nurse", "/emergency-access", "/emergency-access", {"nhs_number": "{nhs_11}", "reason": "She is in the ambulance and cannot speak."}),
    "emergency.rename": FormCase("ash.manager", "/people/{p4}/restriction", "/people/{p4}/restriction/names", {"names": "{u_ash_manager}"}),
    "emergency.restrict": FormCase("ash.manager", "/people/{p1}/restriction", "/people/{p1}/restriction"),
    "governance.end_access": FormCase("ig", "/governance/emergency/{opening}", "/governance/emergency/{opening}/end"),
    "governance.review": FormCase("ig", "/governance/emergency/{opening_over}", "/governance/emergency/{opening_over}"),
    "handovers.answer": FormCase("ash.partner", "/handovers/{handover_6}", "/handovers/{handover_6}"),
    "handovers.send": FormCase("ash.manager", "/cases/{c4}/handover", "/cases/{c4}/handover"),
    "lead.add": FormCase("ash.manager", "/cases/{c1}/team", "/cases/{c1}/team", {"user_id": "{u_nurse}", "name": "", "organisation": "", "from_on-day": "5"}),
    "lead.name": FormCase("ash.manager", "/cases/{c2}/lead", "/cases/{c2}/lead", {"override_code": "persons_choice"}),
    "lead.told": FormCase("ash.manager", "/cases/{c1}/lead", "/cases/{c1}/lead/told", {"told_on-day": "5"}),
    "leavers.begin": FormCase("ash.manager", "/leavers/new", "/leavers/new", {"user_id": "{u_ash_gp}"}),
    "leavers.stop": FormCase("birch.manager", "/leavers/{journey}", "/leavers/{journey}/stop"),
    "plan_copies.share": FormCase("birch.gp", "/plans/{copied}/share", "/plans/{copied}/share", {"name": "Kim Nurse", "organisation": "East Community Trust", "kind": "health"}),
    "notices.read": FormCase("navigator", "/notices", "/notices/read"),
    "proposals.mark_declined": FormCase("ash.manager", "/review/proposals/{proposal_3}/decline", "/review/proposals/{proposal_3}/decline"),
    "proposals.mark_deferred": FormCase("ash.manager", "/review/proposals/{proposal_3}/defer", "/review/proposals/{proposal_3}/defer"),
    "proposals.raise_": FormCase("ash.manager", "/people/{p13}/concern", "/people/{p13}/concern"),
    "review.confirm": FormCase("birch.manager", "/review/{Y90002}/preview", "/review/{Y90002}/confirm"),
    "review.stage": FormCase("ash.manager", "/review/{Y90001}", "/review/{Y90001}/stage", {"decision": "accept"}),
    "review.unstage": FormCase("birch.manager", "/review/{Y90002}", "/review/{Y90002}/unstage"),
    "saved_views.save": SAVED,
    "tasks.add": FormCase("navigator", "/people/{p1}/tasks/new", "/people/{p1}/tasks/new"),
    "tasks.cancelled": FormCase("navigator", "/tasks/{task_overdue}/cancel", "/tasks/{task_overdue}/cancel"),
    "tasks.done": FormCase("navigator", "/tasks/{task_overdue}", "/tasks/{task_overdue}/done"),
    "tasks.escalated": FormCase("navigator", "/tasks/{task_overdue}/escalate", "/tasks/{task_overdue}/escalate"),
    "tasks.held": FormCase("navigator", "/tasks/{task_overdue}/hold", "/tasks/{task_overdue}/hold"),
    "tasks.reassigned": FormCase("navigator", "/tasks/{task_overdue}/reassign", "/tasks/{task_overdue}/reassign", {"on_list": "user:{u_ash_gp}"}),
    "tasks.reopen": FormCase("navigator", "/tasks/{task_done}", "/tasks/{task_done}/reopen"),
    "users.deactivate": FormCase("admin", "/users/{u_mental_health}/deactivate", "/users/{u_mental_health}/deactivate"),
    "users.details": FormCase("admin", "/users/{u_nurse}/details", "/users/{u_nurse}/details", {"job_title": "Matron"}),
    "users.new": FormCase("admin", "/users/new", "/users/new", {"username": "new.nurse", "email": "new.nurse@example.org", "role": "lead"}),
    "users.new_leave": FormCase("admin", "/users/{u_nurse}/leave/new", "/users/{u_nurse}/leave/new"),
    "users.new_role": FormCase("admin", "/users/{u_nurse}/roles/new", "/users/{u_nurse}/roles/new", {"role": "navigator"}),
    "users.new_team": FormCase("admin", "/users/{u_nurse}/teams/new", "/users/{u_nurse}/teams/new"),
    "users.profile": FormCase("admin", "/users/{u_nurse}/profile", "/users/{u_nurse}/profile", {"capacity": "55"}),
    "account.take_leave_back": FormCase("nurse", "/account", "/account/leave/*/remove", first=(AWAY,)),
    "handovers.revoke": FormCase("ash.gp", "/handovers/{handover_1}", "/handovers/{handover_1}/revoke"),
    "handovers.take_several": FormCase("ash.partner", "/handovers", "/handovers"),
    "lead.end": FormCase("ash.manager", "/cases/{c1}/team", "/cases/{c1}/team/*/end"),
    "leavers.stage": STAGED,
    "leavers.propose": PROPOSED,
    "leavers.send": FormCase("birch.manager", "/leavers/{journey}/send", "/leavers/{journey}/send", first=(PROPOSED,)),
    "leavers.rest": FormCase("birch.manager", "/leavers/{journey}", "/leavers/{journey}/rest", {"successor_id": "{u_birch_manager}"}, first=(ON_TEAM,)),
    "leavers.finish": FormCase("birch.manager", "/leavers/{journey}", "/leavers/{journey}/finish", first=(TAKEN,)),
    "saved_views.delete": FormCase("ash.manager", "/cases?state=open", "/views/*/delete", first=(SAVED,)),
    "users.identity": FormCase("admin", "/users/{u_nurse}/identity", "/users/{u_nurse}/identity"),
    "users.password": FormCase("admin", "/users/{u_nurse}", "/users/{u_nurse}/password"),
    "users.role_ends": FormCase("admin", "/users/{u_nurse}", "/users/{u_nurse}/roles/*/end"),
    "users.second_factor": FormCase("admin", "/users/{u_ash_manager}", "/users/{u_ash_manager}/second-factor/remove"),
    "users.team_ends": FormCase("admin", "/users/{u_navigator}", "/users/{u_navigator}/teams/*/end"),
    "meetings.make_series": FormCase("navigator", "/mdt/series/new", "/mdt/series/new", {"starts": "10:00"}),
    "meetings.change": FormCase("navigator", "/mdt/series/{mdt_series}/change", "/mdt/series/{mdt_series}/change", {"name": "North meeting"}),
    "meetings.plan": FormCase("navigator", "/mdt/series/{mdt_series_over}", "/mdt/series/{mdt_series_over}/plan"),
    "meetings.end": FormCase("navigator", "/mdt/series/{mdt_series_over}", "/mdt/series/{mdt_series_over}/end"),
    "meetings.move": FormCase("navigator", "/mdt/meetings/{agenda_now}/move-day", "/mdt/meetings/{agenda_now}/move-day", {"held_on-day": "9"}),
    "meetings.cancel": FormCase("navigator", "/mdt/meetings/{agenda_now}/cancel", "/mdt/meetings/{agenda_now}/cancel"),
    "meetings.hold": FormCase("chair", "/mdt/meetings/{agenda_locked}/hold-today", "/mdt/meetings/{agenda_locked}/hold-today"),
    "agenda.build": FormCase("navigator", "/mdt/meetings/{agenda_empty}", "/mdt/meetings/{agenda_empty}/build"),
    "agenda.add": FormCase("navigator", "/mdt/meetings/{agenda_empty}/add", "/mdt/meetings/{agenda_empty}/add", {"nhs_number": "{nhs_6}", "why": "Falls"}),
    "agenda.lock": FormCase("chair", "/mdt/meetings/{agenda_now}", "/mdt/meetings/{agenda_now}/lock"),
    "agenda.unlock": FormCase("chair", "/mdt/meetings/{agenda_locked}/unlock", "/mdt/meetings/{agenda_locked}/unlock"),
    "agenda.remove": FormCase("navigator", "/mdt/items/{agenda_item_2}/remove", "/mdt/items/{agenda_item_2}/remove", {"why": "Settled"}),
    "agenda.up": FormCase("navigator", "/mdt/meetings/{agenda_now}", "/mdt/items/{agenda_item_1}/up"),
    "agenda.down": FormCase("navigator", "/mdt/meetings/{agenda_now}", "/mdt/items/{agenda_item_1}/down"),
    "agenda.ask": FormCase("navigator", "/cases/{c1}/mdt-request", "/cases/{c1}/mdt-request", {"why": "Falls"}),
    "agenda.take_back": FormCase("birch.gp", "/mdt", "/mdt/requests/{mdt_request}/take-back"),
    "cohorts.take": FormCase("chair", "/cohorts/new?place={NORTH}&size=2&tiers=moderate&cases=either", "/cohorts/new", {"name": "North, the rest"}),
    "cohorts.move": FormCase("ash.manager", "/cohorts/{cohort}", "/cohorts/members/{member_2}/move"),
    "cohorts.leave": FormCase("ash.manager", "/cohorts/members/{member_2}/leave", "/cohorts/members/{member_2}/leave"),
    "cohorts.end": FormCase("ash.manager", "/cohorts/{cohort}/end", "/cohorts/{cohort}/end"),
    "discharges.plan": FormCase("birch.gp", "/encounters/{stay}/discharge", "/encounters/{stay}/discharge", {"pathway": "pathway_2"}),
    "assessments.start": FormCase("ash.manager", "/cases/{c2}/assessment", "/cases/{c2}/assessment"),
    "assessments.say_capacity": FormCase("ash.gp", "/assessments/{assessment}/capacity", "/assessments/{assessment}/capacity"),
    "assessments.complete": FormCase("ash.gp", "/assessments/{assessment}/outcome", "/assessments/{assessment}/outcome"),
    "assessments.give_up": FormCase("ash.gp", "/assessments/{assessment}/abandon", "/assessments/{assessment}/abandon"),
    "assessment_sections.save": FormCase("ash.gp", "/assessments/{assessment}/sections/housing_finance", "/assessments/{assessment}/sections/housing_finance"),
    "assessment_sections.reopen": FormCase("navigator", "/assessments/{assessment}/sections/health", "/assessments/{assessment}/sections/health/reopen"),
    "plans.start": FormCase("ash.manager", "/cases/{c2}/plan", "/cases/{c2}/plan"),
    "plans.ready": FormCase("ash.gp", "/plans/{plan_draft}/ready", "/plans/{plan_draft}/ready"),
    "plans.sign": FormCase("ash.partner", "/plans/{copied_restricted}/sign", "/plans/{copied_restricted}/sign"),
    "plans.activate": FormCase("birch.gp", "/plans/{plan_agreed}/activate", "/plans/{plan_agreed}/activate"),
    "plans.withdraw": FormCase("ash.gp", "/plans/{plan_active}/withdraw", "/plans/{plan_active}/withdraw"),
    "plan_sections.save": FormCase("ash.gp", "/plans/{plan_draft}/sections/strengths", "/plans/{plan_draft}/sections/strengths"),
    "agreements.answer": FormCase("ash.partner", "/plans/{copied_restricted}/agreement", "/plans/{copied_restricted}/agreement", {"state": "does_not_agree"}),
    "replaced_plans.add": FormCase("ash.gp", "/cases/{c1}/replaced-plans", "/cases/{c1}/replaced-plans"),
    "measures.record": FormCase("ash.gp", "/people/{p1}/measures", "/people/{p1}/measures"),
    "mdt_room.carry_over": FormCase("chair", "/mdt/meetings/{mdt_now}/close", "/mdt/meetings/{mdt_now}/carry-over"),
    "mdt_room.change": FormCase("navigator", "/mdt/actions/{mdt_action}", "/mdt/actions/{mdt_action}"),
    "mdt_room.close": FormCase("chair", "/mdt/meetings/{mdt_ready}/close", "/mdt/meetings/{mdt_ready}/close"),
    "mdt_room.guest": FormCase("navigator", "/mdt/meetings/{mdt_now}/attendance", "/mdt/meetings/{mdt_now}/guests"),
    "mdt_room.guest_removed": FormCase("navigator", "/mdt/meetings/{mdt_now}/attendance", "/mdt/attendance/{mdt_guest}/remove"),
    "mdt_room.mark": FormCase("navigator", "/mdt/meetings/{mdt_now}/attendance", "/mdt/meetings/{mdt_now}/attendance", {"mark_{u_chair}": "attended"}),
    "mdt_room.remove": FormCase("navigator", "/mdt/actions/{mdt_action}", "/mdt/actions/{mdt_action}/remove"),
    "mdt_room.save": FormCase("navigator", "/mdt/items/{mdt_item_6}", "/mdt/items/{mdt_item_6}", {"outcome": "refer", "owner_id": "{u_navigator}"}),
    "clients.new": FormCase("admin", "/clients/new", "/clients/new", {**CLIENT, "name": "Second", "role": "urgent_care", "place": "{TESTHAM}"}),
    "clients.change": FormCase("admin", "/clients/{client}/change", "/clients/{client}/change", CLIENT),
    "clients.end": FormCase("admin", "/clients/{client}", "/clients/{client}/end"),
    "partner_messages.mark_read": FormCase("navigator", "/people/{p1}/messages", "/people/{p1}/messages/{message}/read"),
    "flags.add": FormCase("birch.gp", "/people/{p6}/flags/new/door", "/people/{p6}/flags/new/door", {"ring_phone": "020 7946 0000", "ring_when": "Day and night"}),
    "flags.change": FormCase("ash.gp", "/flags/{flag}/change", "/flags/{flag}/change", {"said": "Ring us first."}),
    "flags.end": FormCase("ash.gp", "/flags/{flag}/end", "/flags/{flag}/end", {"note": "Not needed"}),
    "hospital_acts.correct": FormCase("data.quality", "/hospital/messages/{hm_date}/correct", "/hospital/messages/{hm_date}/correct", {"raw": "{hl7_corrected}", "note": "Asked the ward"}),
    "hospital_acts.dismiss": FormCase("data.quality", "/hospital/messages/{hm_dismiss}", "/hospital/messages/{hm_dismiss}/dismiss"),
    "hospital_acts.link": FormCase("data.quality", "/hospital/messages/{hm_link}/link", "/hospital/messages/{hm_link}/link", {"nhs_number": "{nhs_2}", "born-day": "15", "born-month": "7", "born-year": "1958", "seen": "{p2}", "note": "Asked the ward"}),
    "hospital_acts.retry": FormCase("data.quality", "/hospital/messages/{hm_retry}", "/hospital/messages/{hm_retry}/retry"),
    "hospital_acts.undo": FormCase("data.quality", "/hospital/identities/{hc_merge}", "/hospital/identities/{hc_merge}/undo"),
    "consent.answer": FormCase("navigator", "/people/{p1}/consent/sharing_voluntary", "/people/{p1}/consent/sharing_voluntary"),
}  # fmt: skip

NO_EFFECT_TO_DOUBLE = {
    **dict.fromkeys(
        ("api.acknowledge", "api.create", "api.nothing_here", "api.search_by_form", "oauth.revoke", "oauth.token"),
        "sent by programs, which have no form: what is sent twice is in test_api_writes.py and test_api_tokens.py",
    ),
    "let_in.answer": "its answer carries a code that follows from the form: twice the same, in test_api_tokens.py",
    "mdt_room.draft": "keeps what is typed in place of what was kept before",
    "governance.search_audit": "asks and changes nothing; asking is audited each time",
    "search.find": "asks and changes nothing; asking is audited each time",
    "duplicates.choose": "leads to the comparison of two records",
    "sign_in.show": "signing in; every try is counted",
    "sign_in.code": "signing in; every try is counted",
    "sign_in.stay": "prolongs the session",
    "sign_in.leave": "ends the session, after which nothing more can be sent",
    "users.leave_removed": "removes a row; there is none to remove again",
    "account.discard": "removes a row; there is none to remove again",
    "account.password": "asks for the present password, which the first sending changes",
    "account.second_factor": "asks for a code, and no code counts twice",
    "users.unlock": "only an account that is locked offers it; unlocking twice is unlocking once",
}
"""Forms that need no key, each with the reason."""
