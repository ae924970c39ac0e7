"""A practice's own people in numbers, as they are; what is published of places is the headline. Never a name."""

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from caseload.domain.filters import Filter, read_chosen
from caseload.domain.overview import Overview, Row, overview_of
from caseload.domain.permissions import Permission
from caseload.domain.places import Place
from caseload.exceptions import NotThere
from caseload.pages.request import moment, requires, today, viewer
from caseload.presenters.overview import ROWS, places_of, rows_of
from caseload.presenters.score_age import score_age
from caseload.queries.overview import own_counts
from caseload.queries.place_tree import places, visible_places
from caseload.queries.risk_runs import newest_run
from caseload.web import this_app

pages = Blueprint("overview", __name__)

TIER = Filter("tier", "Tier", {row.value: words for row, words in ROWS.items()}, single=True, usual=Row.VERY_HIGH)
_UNSCORED = Filter("tier", "Tier", {Row.ALL.value: ROWS[Row.ALL]}, single=True, usual=Row.ALL)


@pages.get("/overview")
@requires(Permission.SEE_OVERVIEW)
def show() -> ResponseReturnValue:
    """How many people there are in a practice by tier, how many have a case, how many an accountable lead."""
    settings = this_app().settings
    with this_app().store.reading() as session:
        run = newest_run(session, moment())
        age = score_age(run.index_date if run else None, today(), settings)
        tree = places(session)
        seen = visible_places(viewer(), tree, Permission.SEE_OVERVIEW)
        visible = tuple(place for place in tree if place.place_id in seen)
        overview = overview_of(visible, own_counts(session, viewer(), moment(), run if age.shown else None))
    chosen = read_chosen((TIER if age.shown else _UNSCORED,), request.args.items(multi=True))
    row = Row(chosen.one("tier") or Row.ALL)
    return render_template(
        "overview/show.html", age=age, chosen=chosen, row_words=ROWS[row], moment=moment(),
        small_number=settings.small_number, **_of_place(overview, row, scored=age.shown),
    )  # fmt: skip


def _of_place(overview: Overview, row: Row, *, scored: bool) -> dict[str, Any]:
    """What the page says of the place asked for, or of the largest the viewer may see."""
    ids = {place.place_id for place in overview.places}
    tops = [place for place in overview.places if place.parent_id not in ids]
    place = _asked(overview.places, tops)
    if place is None:
        return {"place": None, "tops": tops, "path": (), "rows": [], "inside": []}
    return {
        "place": place,
        "tops": tops,
        "path": overview.path(place.place_id)[:0:-1],
        "rows": rows_of(overview, place.place_id, scored=scored),
        "inside": places_of(overview, overview.within(place.place_id), row),
    }


def _asked(visible: tuple[Place, ...], tops: list[Place]) -> Place | None:
    wanted = request.args.get("place")
    if wanted is None:
        return tops[0] if tops else None
    place = next((one for one in visible if str(one.place_id) == wanted), None)
    if place is None:
        raise NotThere
    return place
