"""Team meetings with everybody on the agenda of one of them in the place of `tests.support.access_place`, and one of another place."""

from caseload.tables import AgendaItem, AgendaLeftOut, MdtAction, MdtAttendance, MdtMeeting, MdtRequest, MdtSeries, Team


def a_meeting(place, where, team_id=None):
    """Keep the rows of a locked meeting for writing: its id, its series' and its guest's, by what addresses call them."""
    if team_id is None:
        team_id = place._add(Team, name=f"The team of {where}", place_id=place.places[where])
    made = {"created_at": place.now, "created_by": place.other}
    series_id = place._add(
        MdtSeries, name="A meeting", team_id=team_id, weekday=0, starts="09:30", venue="", chair_id=place.other,
        coordinator_id=place.other, quorum=1, capacity=30, row_version=1, **made,
    )  # fmt: skip
    meeting_id = place._add(
        MdtMeeting, series_id=series_id, held_on=place.now.date(), state="locked", chair_id=place.other,
        locked_at=place.now, locked_by=place.other, no_quorum_reason="", row_version=1,
    )  # fmt: skip
    guest = place._add(MdtAttendance, meeting_id=meeting_id, name="A guest", state="attended", row_version=1)
    return {"series_id": series_id, "meeting_id": meeting_id, "attendance_id": guest}


def _meeting_of(place, one):
    """One of the meetings: each is about people of every user, and none about more than it takes long to read."""
    return place.meetings[one.number % len(place.meetings)]["meeting_id"]


def add_item(place, one):
    """Keep the rows of somebody's item with an action for writing."""
    one.ids["item_id"] = place._add(
        AgendaItem, meeting_id=_meeting_of(place, one), case_id=one.ids["case_id"], position=one.number,
        reason="requested", reason_text="x", not_reached=False, added_at=place.now, added_by=place.other, row_version=1,
    )  # fmt: skip
    one.ids["mdt_action_id"] = place._add(
        MdtAction, item_id=one.ids["item_id"], what="An action", owner_id=place.other, row_version=1
    )


def add_request(place, probe, one):
    """Keep the rows of the user's own request about somebody for writing, and of every third person who did not fit."""
    asked = {"series_id": place.meeting["series_id"], "case_id": one.ids["case_id"]}
    one.ids["request_id"] = place._add(MdtRequest, **asked, why="x", at=place.now, by=probe.user_id, row_version=1)
    if one.number % 3 == 0:
        place._add(
            AgendaLeftOut, meeting_id=_meeting_of(place, one), case_id=one.ids["case_id"], place=one.number,
            reason="rising", reason_text="x", removed_why="",
        )  # fmt: skip
