"""The Flask application, put together."""

from collections.abc import Callable
from datetime import datetime
from types import ModuleType

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

from caseload import clock
from caseload.api import oauth
from caseload.api import routes as api
from caseload.api.sending import name_requests
from caseload.cohort_blocks import read_cohort_blocks
from caseload.flag_rules import read_flag_rules
from caseload.hospital_effects import read_hospital_rules
from caseload.hospital_feeds import read_hospital_feeds
from caseload.lead_rules import read_lead_rules
from caseload.mdt_rules import read_mdt_rules
from caseload.pages import (
    account,
    agenda,
    agreements,
    assessment_sections,
    assessments,
    cases,
    clients,
    cohorts,
    consent,
    contacts,
    discharges,
    duplicates,
    emergency,
    flags,
    governance,
    handovers,
    headline,
    health,
    hospital,
    hospital_acts,
    lead,
    leavers,
    let_in,
    mdt_actions,
    mdt_room,
    measures,
    meetings,
    notices,
    overview,
    partner_messages,
    people,
    plan_copies,
    plan_sections,
    plans,
    proposals,
    replaced_plans,
    review,
    saved_views,
    search,
    tasks,
    today,
    users,
)
from caseload.pages.errors import register_errors
from caseload.pages.looks import register_looks
from caseload.pages.templating import set_up_templates
from caseload.plan_rules import read_plan_rules
from caseload.questionnaires import read_questionnaires
from caseload.security import protect
from caseload.settings import Settings, read_settings
from caseload.sign_in import pages as sign_in
from caseload.sign_in.web import keep_sessions
from caseload.store import Store, open_store
from caseload.web import put_app

PAGES: tuple[ModuleType, ...] = (
    sign_in,
    account,
    agenda,
    agreements,
    assessment_sections,
    assessments,
    cases,
    clients,
    cohorts,
    consent,
    contacts,
    discharges,
    duplicates,
    emergency,
    flags,
    governance,
    handovers,
    headline,
    health,
    hospital,
    hospital_acts,
    lead,
    leavers,
    let_in,
    mdt_actions,
    mdt_room,
    measures,
    meetings,
    notices,
    overview,
    partner_messages,
    people,
    plan_copies,
    plan_sections,
    plans,
    proposals,
    replaced_plans,
    review,
    saved_views,
    search,
    tasks,
    today,
    users,
)
"""Every journey's pages; an address not registered here does not exist."""

FOR_PROGRAMS: tuple[ModuleType, ...] = (oauth, api)
"""What programs are answered, in JSON."""


class RowNumber(IntegerConverter):
    """A number in an address that a row's id can be; a larger one is an address that does not exist."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=2_147_483_647)


def create_app(
    settings: Settings | None = None, *, store: Store | None = None, now: Callable[[], datetime] = clock.now
) -> Flask:
    """The application over one store. SettingsRefused where a setting is missing or wrong."""
    settings = settings or read_settings()
    store = store or open_store(settings)
    read_lead_rules()  # what is wrong with them is said now, and not at somebody's first page
    read_mdt_rules()
    read_questionnaires()
    read_plan_rules()
    read_flag_rules()
    read_hospital_feeds(settings.hospital_feeds_file)
    read_hospital_rules()
    read_cohort_blocks()
    app = Flask("caseload", static_folder="static", template_folder="templates")
    app.url_map.converters.update(int=RowNumber, **api.PARTS)
    put_app(app, store, settings, now)
    set_up_templates(app)
    keep_sessions(app)
    protect(app)
    register_errors(app)
    register_looks(app)
    name_requests(app)
    for journey in (*PAGES, *FOR_PROGRAMS):
        app.register_blueprint(journey.pages)
    return app
