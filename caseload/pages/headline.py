"""The integration lead's page and file: what proportion is at risk, and of those what proportion has a lead and a plan.

The same numbers are withheld whoever asks, on the page, in the file and in what the command writes.
"""

from typing import Any, cast

from flask import Blueprint, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from caseload.domain.filters import Chosen, Filter, read_chosen
from caseload.domain.headline import CodedPlace, Headline, Reporting, Row, headline_of, reported_months
from caseload.domain.permissions import Permission
from caseload.exceptions import NotThere
from caseload.pages.request import requires, today, viewer
from caseload.presenters.headline import (
    ROWS,
    exclusions_of,
    figures_of,
    month_words,
    notes,
    number_words,
    places_of,
    tiers_of,
)
from caseload.presenters.headline_chart import FiguresOfMonth, share_chart
from caseload.presenters.headline_files import csv_text
from caseload.queries.headline import Kept, month_counts, places_with_codes, runs_taken_in
from caseload.queries.place_tree import visible_places
from caseload.web import this_app

pages = Blueprint("headline", __name__)

MONTHS = 13
"""So many months stand side by side: a year, and the month a year ago."""

TIER = Filter("tier", "Tier", {row.value: words for row, words in ROWS.items()}, single=True, usual=Row.AT_RISK)


@pages.get("/headline")
@requires(Permission.SEE_HEADLINE)
def show() -> ResponseReturnValue:
    """The figures of one place in one month, of the places in it, and of the months before."""
    with this_app().store.reading() as session:
        tree, months = _settled(session)
    visible = _visible(tree)
    bound = this_app().settings.small_number
    chosen = read_chosen((TIER,), request.args.items(multi=True))
    tops = _tops(visible)
    place = _place(visible, tops)
    month = _month(months)
    shown = {} if place is None or month is None else _figures(months, month, place, visible, chosen)
    return render_template(
        "headline/show.html", place=place, tops=tops, months=[_option(one.reporting) for one in months], bound=bound,
        month=month and _option(month.reporting), notes=list(notes(month.reporting, bound)) if month else [],
        chosen=chosen, **shown,
    )  # fmt: skip


@pages.get("/headline.csv")
@requires(Permission.SEE_HEADLINE)
def file() -> ResponseReturnValue:
    """The same as a file: the month's figures of the place and everything in it, then the place in the months before."""
    with this_app().store.reading() as session:
        tree, months = _settled(session)
    visible = _visible(tree)
    place, month = _place(visible, _tops(visible)), _month(months)
    if place is None or month is None:
        raise NotThere
    ids = {one.place_id for one in visible}
    inside = [one for one in month.all_within(place.place_id) if one.place_id in ids]
    earlier = [(one, [place]) for one in months if one.reporting.day < month.reporting.day]
    text = csv_text([(month, inside), *earlier], this_app().settings.small_number)
    name = f"headline-{place.place_id}-{month.reporting.day.isoformat()}.csv"
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(text, mimetype="text/csv", headers=headers)


def _settled(session: Session) -> tuple[tuple[CodedPlace, ...], list[Headline]]:
    """The place tree, and every month's table of it with what may not be shown, newest first."""
    tree = places_with_codes(session)
    reported = reported_months(runs_taken_in(session), today(), MONTHS)
    counts = month_counts(session, reported, today(), _kept())
    bound = this_app().settings.small_number
    return tree, [headline_of(one, tree, counts[one], bound) for one in reported]


def _kept() -> Kept:
    return cast(Kept, current_app.extensions.setdefault("headline", {}))


def _visible(tree: tuple[CodedPlace, ...]) -> tuple[CodedPlace, ...]:
    seen = visible_places(viewer(), tree, Permission.SEE_HEADLINE)
    return tuple(place for place in tree if place.place_id in seen)


def _tops(visible: tuple[CodedPlace, ...]) -> list[CodedPlace]:
    ids = {place.place_id for place in visible}
    return [place for place in visible if place.parent_id not in ids]


def _place(visible: tuple[CodedPlace, ...], tops: list[CodedPlace]) -> CodedPlace | None:
    wanted = request.args.get("place")
    if wanted is None:
        return tops[0] if tops else None
    place = next((one for one in visible if str(one.place_id) == wanted), None)
    if place is None:
        raise NotThere
    return place


def _month(months: list[Headline]) -> Headline | None:
    """The month asked for, or the newest; NotThere for one without figures."""
    wanted = request.args.get("month")
    if wanted is None:
        return months[0] if months else None
    month = next((one for one in months if _key(one.reporting) == wanted), None)
    if month is None:
        raise NotThere
    return month


def _key(reporting: Reporting) -> str:
    return f"{reporting.day:%Y-%m}"


def _option(reporting: Reporting) -> dict[str, Any]:
    return {"key": _key(reporting), "words": month_words(reporting), "day": reporting.day}


def _figures(
    months: list[Headline], month: Headline, place: CodedPlace, visible: tuple[CodedPlace, ...], chosen: Chosen
) -> dict[str, Any]:
    row, place_id = Row(chosen.one("tier") or Row.AT_RISK), place.place_id
    ids = {one.place_id for one in visible}
    history = [
        FiguresOfMonth(one.reporting.day, month_words(one.reporting), figures_of(one, place_id, row))
        for one in reversed(months)
        if one.reporting.day <= month.reporting.day
    ]
    return {
        "path": [one for one in month.path(place_id)[:0:-1] if one.place_id in ids],
        "row_words": ROWS[row],
        "everyone": number_words(month, place_id, Row.ALL),
        "rows": tiers_of(month, place_id),
        "inside": places_of(month, [one for one in month.within(place_id) if one.place_id in ids], row),
        "excluded": exclusions_of(month, place_id),
        "history": history,
        "chart": share_chart(history),
        "demonstration": month.reporting.run.demonstration,
    }
