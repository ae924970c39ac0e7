"""Notices: one to each, about somebody only where they may be opened, read up to what was shown."""

from datetime import timedelta

from sqlalchemy import select

from caseload.actions.notices import notify, read_notices
from caseload.domain.words import NoticeKind
from caseload.queries.notices import notices
from caseload.queries.unread import unread_notices
from caseload.tables import Notice, User
from tests.support.case_app import NOW, audited


def told(store, town, *usernames, kind=NoticeKind.PERSON_DIED, number=1, now=NOW):
    with store.writing() as session:
        person_id = None if number is None else town.people[number]
        notify(session, now=now, user_ids=[town.users[name] for name in usernames], kind=kind, person_id=person_id)


def unread(store, town, username):
    with store.reading() as session:
        return unread_notices(session, town.viewer(session, username))


def test_notify_tells_each_active_user_once(store, town):
    with store.writing() as session:
        session.get_one(User, town.users["nurse"]).deactivated_at = NOW
    told(store, town, "ash.gp", "ash.gp", "nurse", "navigator")
    told(store, town)
    with store.reading() as session:
        rows = session.execute(select(Notice).order_by(Notice.user_id)).scalars().all()
        assert [row.user_id for row in rows] == sorted([town.users["ash.gp"], town.users["navigator"]])
        assert {(row.kind, row.person_id, row.read_at) for row in rows} == {
            (NoticeKind.PERSON_DIED, town.people[1], None)
        }


def test_notices_name_only_whom_the_viewer_may_open(store, town):
    told(store, town, "ash.gp", "birch.gp")
    with store.reading() as session:
        [mine] = notices(session, town.viewer(session, "ash.gp"), NOW, limit=10)
        assert (mine.person_id, mine.family_name, mine.about_somebody) == (town.people[1], "Family1", True)
        [theirs] = notices(session, town.viewer(session, "birch.gp"), NOW, limit=10)
        assert (theirs.person_id, theirs.family_name, theirs.about_somebody) == (None, None, True)


def test_notices_are_paged_newest_first_by_key(store, town):
    for number in range(5):
        told(store, town, "ash.gp", now=NOW + timedelta(minutes=number))
    with store.reading() as session:
        viewer = town.viewer(session, "ash.gp")
        first = notices(session, viewer, NOW, limit=2)
        assert len(first) == 3  # one more than asked for: there is a next page
        rest = notices(session, viewer, NOW, before=first[1].notice_id, limit=10)
        shown = [row.at for row in (*first[:2], *rest)]
        assert shown == sorted(shown, reverse=True)
        assert len(shown) == 5


def test_notices_are_in_the_order_of_their_times_page_by_page_whatever_order_they_were_written_in(store, town):
    for minute in (3, 1, 4, 1, 5, 1, 0, 3):
        told(store, town, "ash.gp", "navigator", now=NOW + timedelta(minutes=minute))
    with store.reading() as session:
        viewer = town.viewer(session, "ash.gp")
        shown, before = [], None
        while len(shown) < 8:
            page = notices(session, viewer, NOW, before=before, limit=2)
            assert len(page) == (3 if len(shown) < 6 else 2)
            shown += page[:2]
            before = shown[-1].notice_id
        assert notices(session, viewer, NOW, before=before, limit=2) == []
        theirs = notices(session, town.viewer(session, "navigator"), NOW, limit=10)
        assert notices(session, viewer, NOW, before=theirs[0].notice_id, limit=2) == []
    assert [(row.at - NOW).seconds // 60 for row in shown] == [5, 4, 3, 3, 1, 1, 1, 0]
    assert len({row.notice_id for row in shown}) == 8
    assert shown == sorted(shown, key=lambda row: (row.at, row.notice_id), reverse=True)


def test_reading_notices_leaves_those_that_came_since_and_those_of_others(store, town):
    told(store, town, "ash.gp", "navigator")
    with store.reading() as session:
        shown = max(row.notice_id for row in notices(session, town.viewer(session, "ash.gp"), NOW, limit=10))
    told(store, town, "ash.gp")
    with store.writing() as session:
        assert read_notices(session, by=town.viewer(session, "ash.gp"), now=NOW, up_to=shown) == 1
    assert (unread(store, town, "ash.gp"), unread(store, town, "navigator")) == (1, 1)
    assert audited(store) == [("notice.read", [])]


def test_notices_page_shows_marks_and_writes_the_look(store, town, client_as, get, post):
    told(store, town, "ash.gp")
    told(store, town, "ash.gp", number=10)
    told(store, town, "ash.gp", kind=NoticeKind.NEW_LIST, number=None)
    client = client_as("ash.gp")
    page = get(client, "/notices")
    assert "FAMILY1, Given1" in page
    assert "A record that you cannot open now" in page
    assert "family10" not in page.lower()
    assert "Review the list" in page
    assert ("view", [town.people[1]]) in audited(store)
    done = post(client, "/notices/read", {}, page="/notices")
    assert "3 notices marked as read" in done.text
    assert unread(store, town, "ash.gp") == 0
    assert "Mark as read" not in get(client, "/notices")


def test_notices_of_nobody(client_as, get):
    assert "You have no notices" in get(client_as("admin"), "/notices")
