"""Series of team meetings, and their agendas."""

from tests.support.packs import nhs
from tests.support.page_cases.page_case import PageCase, refused

_NOW, _LOCKED, _EMPTY = "/mdt/meetings/{agenda_now}", "/mdt/meetings/{agenda_locked}", "/mdt/meetings/{agenda_empty}"
_SERIES = "/mdt/series/{mdt_series}"

CASES: dict[str, tuple[PageCase, ...]] = {
    "meetings.home": (
        PageCase("empty", "navigator", "/mdt", "No meeting is planned.", place="quiet"),
        PageCase("many", "navigator", "/mdt", "North team meeting"),
        PageCase("own request", "birch.gp", "/mdt", "Take back"),
        PageCase("read only", "volunteer", "/mdt", "North team meeting"),
    ),
    "meetings.new_series": (
        PageCase("one", "navigator", "/mdt/series/new", "North care navigators"),
        PageCase("no team", "south.navigator", "/mdt/series/new", "There is no team at your place yet"),
        refused("navigator", "/mdt/series/new", "/mdt/series/new", "There is a problem", starts="noon", name=""),
    ),
    "meetings.series": (
        PageCase("many", "navigator", _SERIES, "Plan the next meetings"),
        PageCase("empty", "navigator", "/mdt/series/{mdt_series_over}", "No meeting is planned."),
        PageCase("read only", "ash.gp", _SERIES, "North team meeting"),
    ),
    "meetings.changing_series": (
        PageCase("one", "chair", f"{_SERIES}/change", "Save the changes"),
        refused("navigator", f"{_SERIES}/change", "/change", "There is a problem", capacity="0"),
    ),
    "meetings.moving": (
        PageCase("one", "navigator", f"{_NOW}/move-day", "Move to another day"),
        refused("navigator", f"{_NOW}/move-day", "/move-day", "There is a problem", **{"held_on-day": "40"}),
    ),
    "meetings.cancelling": (PageCase("one", "chair", f"{_NOW}/cancel", "Cancel the meeting"),),
    "meetings.asking_to_hold": (PageCase("to come", "chair", f"{_LOCKED}/hold-today", "Hold it today instead"),),
    "agenda.show": (
        PageCase("many", "navigator", _NOW, "New at very high risk in the run of 1 October 2026"),
        PageCase("left out", "ash.gp", _NOW, "Did not fit"),
        PageCase("chair", "chair", _NOW, "Confirm and lock the agenda"),
        PageCase("no score", "volunteer", _NOW, "Not shown to you"),
        PageCase("locked", "chair", _LOCKED, "Settled by telephone"),
        PageCase("empty", "navigator", _EMPTY, "Nobody is on the agenda yet."),
        PageCase("in the room", "navigator", "/mdt/meetings/{mdt_now}", "Not shown to you"),
        PageCase("closed", "chair", "/mdt/meetings/{mdt_over}", "What was decided"),
        PageCase("not held", "chair", "/mdt/meetings/{mdt_empty}", "was not held"),
    ),
    "agenda.adding": (
        PageCase("one", "navigator", f"{_EMPTY}/add", "NHS number"),
        PageCase("somebody named", "navigator", f"{_EMPTY}/add?case={{c6}}", "FAMILY6"),
        refused("navigator", f"{_EMPTY}/add", "/add", "There is a problem", nhs_number="12", why=""),
        refused("navigator", f"{_EMPTY}/add", "/add", "Nobody with this NHS number", nhs_number=nhs(11), why="Falls"),
    ),
    "agenda.unlocking": (
        PageCase("one", "chair", f"{_LOCKED}/unlock", "Unlock the agenda"),
        PageCase(
            "error", "chair", f"{_LOCKED}/unlock", "Select why the agenda is unlocked", send=("/unlock", {}),
            status=422,
        ),
    ),
    "agenda.removing": (
        PageCase("one", "navigator", "/mdt/items/{agenda_item_1}/remove", "FAMILY1"),
        refused("navigator", "/mdt/items/{agenda_item_1}/remove", "/remove", "There is a problem", why=""),
    ),
    "agenda.asking": (
        PageCase("one", "ash.gp", "/cases/{c1}/mdt-request", "Ask for a team discussion"),
        PageCase("waiting", "birch.gp", "/cases/{c6}/mdt-request", "Take your request back"),
        PageCase("restricted", "ash.gp", "/cases/{c4}/mdt-request", "Restricted record."),
        PageCase("deceased", "ash.manager", "/cases/{c5}/mdt-request", "Died on"),
        refused("ash.gp", "/cases/{c1}/mdt-request", "/mdt-request", "There is a problem", why=""),
    ),
}  # fmt: skip
