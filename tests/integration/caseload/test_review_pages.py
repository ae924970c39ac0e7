"""What the buttons of the monthly review do: marking, looking over, confirming, undoing; by one person and by two."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from sqlalchemy import select

from caseload.actions.emergency import open_in_emergency
from caseload.actions.once import once
from caseload.actions.review import confirm, stage
from caseload.domain.emergency_access import EmergencyReason
from caseload.domain.words import Decision, ProposalState, Role
from caseload.tables import Case, Proposal, StagedDecision, UserRole
from tests.support.at_once import at_once
from tests.support.case_app import NOW, audited, propose
from tests.support.day_work import act
from tests.support.review_work import decided, digest_now, names_on, row_of, staged


@pytest.fixture
def ash(town):
    return town.places["Y90001"]


@pytest.fixture
def url(ash):
    return f"/review/{ash}"


@pytest.fixture
def manager(client_as):
    return client_as("ash.manager")


def test_marking_everybody_shown_leaves_those_alone_who_are_marked(store, town, manager, post, ash, url):
    ids = propose(store, town, [1, 2, 3])
    staged(store, town, ash, [ids[2]], Decision.DECLINE, reason_code="needs_met")
    response = post(manager, f"{url}/stage", {"decision": "accept_shown"}, page=url)
    assert "2 people are marked to accept. Nothing is decided until you confirm." in response.text
    with store.reading() as session:
        marks = session.execute(select(StagedDecision.proposal_id, StagedDecision.decision)).all()
    assert sorted(marks) == [(ids[1], "accept"), (ids[2], "decline"), (ids[3], "accept")]


def test_marking_keeps_the_filters_of_the_list(store, town, manager, post, url):
    ids = propose(store, town, [1, 2])
    response = post(
        manager, f"{url}/stage?tier=high&order=name", {"decision": "accept", "proposal": ids[2]},
        page=f"{url}?tier=high&order=name", follow=False,
    )  # fmt: skip
    assert response.status_code == 302
    assert response.location == f"{url}?tier=high&order=name"


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"decision": "accept"}, "Tick at least one person"),
        ({"decision": "decline", "tick": True}, "Select why they are not taken into care coordination"),
        ({"decision": "decline", "tick": True, "reason": "other"}, "Say what it was in the note"),
        ({"decision": "defer", "tick": True}, "Enter the date to come back to this person"),
        (
            {"decision": "defer", "tick": True, "until-day": "1", "until-month": "10", "until-year": "2026"},
            "The date to come back must be in the future",
        ),
        ({"decision": "defer", "tick": True, "until-day": "31"}, "The date to come back must include a month and year"),
    ],
)
def test_what_is_missing_is_said_and_the_ticks_are_kept(store, town, manager, post, url, sent, sentence):
    ids = propose(store, town, [1, 2])
    data = {name: value for name, value in sent.items() if name != "tick"}
    response = post(manager, f"{url}/stage", data | ({"proposal": ids[2]} if "tick" in sent else {}), page=url)
    assert response.status_code == 422
    assert sentence in response.text
    assert re.search(r"<title>\s*Error: ", response.text)
    assert ("tick" in sent) is bool(re.search(rf'id="tick-{ids[2]}"[^>]*checked', response.text))
    with store.reading() as session:
        assert session.execute(select(StagedDecision)).all() == []


@pytest.mark.parametrize("data", [{"decision": "hurrah"}, {}, {"decision": "accept", "seen": "x-y"}])
def test_a_form_that_is_not_ours_is_refused(store, town, manager, post, url, data):
    propose(store, town, [1])
    assert post(manager, f"{url}/stage", data, page=url).status_code == 400


def test_several_are_deferred_together(store, town, manager, post, url):
    ids = propose(store, town, [1, 2])
    post(
        manager, f"{url}/stage",
        {"decision": "defer", "proposal": [ids[1], ids[2]], "until-day": "2", "until-month": "11", "until-year": "2026"},
        page=url,
    )  # fmt: skip
    with store.reading() as session:
        marks = session.execute(select(StagedDecision.decision, StagedDecision.deferred_until)).all()
    assert marks == [("defer", date(2026, 11, 2))] * 2


def test_somebody_marked_meanwhile_is_a_409_and_their_mark_stays(store, town, manager, ash, url):
    ids = propose(store, town, [1])
    page = manager.get(url).text
    staged(store, town, ash, [ids[1]], Decision.DECLINE, by="ash.gp", reason_code="needs_met")
    fields = dict(re.findall(r'<input type="hidden" name="(csrf_token|form_key|seen)" value="([^"]*)"', page))
    response = manager.post(f"{url}/stage", data={**fields, "decision": "accept", "proposal": ids[1]})
    assert response.status_code == 409
    assert "Somebody else marked 1 of the people" in response.text
    with store.reading() as session:
        assert session.execute(select(StagedDecision.decision)).scalar_one() == "decline"


def test_the_preview_lists_exceptions_first_with_their_reasons(store, town, manager, get, ash, url):
    ids = propose(store, town, [1, 2, 3])
    staged(store, town, ash, [ids[1]], Decision.ACCEPT)
    staged(store, town, ash, [ids[2]], Decision.DECLINE, by="ash.gp", reason_code="other", note="Abroad until spring")
    staged(store, town, ash, [ids[3]], Decision.DEFER, deferred_until=date(2026, 11, 2))
    html = get(manager, f"{url}/preview")
    assert names_on(html) == ["FAMILY3, Given3", "FAMILY2, Given2", "FAMILY1, Given1"]
    assert "Another reason. Abroad until spring" in row_of(html, 2)
    assert "Marked by Ash Gp" in row_of(html, 2)
    assert "Marked by you" in row_of(html, 1)
    assert "Until 2 November 2026" in row_of(html, 3)
    assert audited(store)[-1] == ("view", sorted([town.people[1], town.people[2], town.people[3]]))


def test_confirming_from_the_preview_decides_and_says_so(store, town, manager, post, ash, url):
    ids = propose(store, town, [1, 2])
    staged(store, town, ash, [ids[1]], Decision.ACCEPT)
    staged(store, town, ash, [ids[2]], Decision.DECLINE, reason_code="needs_met")
    response = post(manager, f"{url}/confirm", page=f"{url}/preview")
    assert "1 person taken into care coordination, 1 person declined." in response.text
    with store.reading() as session:
        assert set(session.execute(select(Proposal.state)).scalars()) == {
            ProposalState.ACCEPTED, ProposalState.DECLINED,
        }  # fmt: skip


def test_confirming_a_preview_that_changed_is_a_409(store, town, manager, ash, url):
    ids = propose(store, town, [1, 2])
    staged(store, town, ash, [ids[1]], Decision.ACCEPT)
    page = manager.get(f"{url}/preview").text
    staged(store, town, ash, [ids[2]], Decision.ACCEPT, by="ash.gp")
    fields = dict(re.findall(r'<input type="hidden" name="(csrf_token|form_key|digest)" value="([^"]*)"', page))
    response = manager.post(f"{url}/confirm", data=fields)
    assert response.status_code == 409
    assert "Nothing was confirmed" in response.text
    assert "What you entered" not in response.text
    assert fields["digest"] not in response.text
    with store.reading() as session:
        assert session.execute(select(Case)).all() == []


def test_undo_on_the_list_and_in_the_preview(store, town, manager, post, ash, url):
    ids = propose(store, town, [1, 2, 3])
    staged(store, town, ash, ids.values(), Decision.ACCEPT)
    assert "1 mark taken back." in post(manager, f"{url}/unstage", {"proposal": ids[1]}, page=f"{url}/preview").text
    response = post(manager, f"{url}/unstage", {"proposal": "", "to": ""}, page=url)
    assert "2 marks taken back." in response.text
    with store.reading() as session:
        assert session.execute(select(StagedDecision)).all() == []


def test_one_person_is_declined_with_a_reason_on_a_page_of_their_own(store, town, manager, get, post, url):
    ids = propose(store, town, [2])
    page = f"/review/proposals/{ids[2]}/decline"
    assert "FAMILY2, Given2" in get(manager, page)
    refused = post(manager, page, {"reason": "other"})
    assert refused.status_code == 422
    assert "Say what it was in the note" in refused.text
    assert post(manager, page, {"reason": "other", "note": "Lives abroad"}).status_code == 200
    with store.reading() as session:
        mark = session.execute(select(StagedDecision)).scalar_one()
        assert (mark.decision, mark.reason_code, mark.note) == ("decline", "other", "Lives abroad")
    assert 'value="other" checked' in re.sub(r"\s+", " ", get(manager, page))


def test_one_person_is_deferred_to_a_date_on_a_page_of_their_own(store, town, manager, get, post):
    ids = propose(store, town, [2])
    page = f"/review/proposals/{ids[2]}/defer"
    assert "FAMILY2, Given2" in get(manager, page)
    assert post(manager, page, {}).status_code == 422
    post(manager, page, {"until-day": "1", "until-month": "12", "until-year": "2026"})
    with store.reading() as session:
        assert session.execute(select(StagedDecision.deferred_until)).scalar_one() == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("what", "data"),
    [
        ("decline", {"reason": "needs_met"}),
        ("defer", {"until-day": "1", "until-month": "12", "until-year": "2026"}),
    ],
)
def test_after_marking_one_person_one_is_back_where_one_was_on_the_list(store, town, manager, post, url, what, data):
    ids = propose(store, town, [1, 2, 3])
    html = manager.get(f"{url}?tier=high&order=name&junk=1").text
    page = f"/review/proposals/{ids[3]}/{what}?tier=high&order=name"
    assert f'href="{page}"' in unescape(html)
    assert f'href="{url}?tier=high&amp;order=name#proposal-{ids[3]}"' in manager.get(page).text
    assert post(manager, page, data, follow=False).location == f"{url}?tier=high&order=name#proposal-{ids[3]}"


@pytest.mark.parametrize("what", ["decline", "defer"])
def test_pages_of_one_proposal_do_not_exist_for_others_nor_once_it_is_decided(
    store, town, client_as, manager, ash, what
):
    ids = propose(store, town, [1, 4])
    page = f"/review/proposals/{ids[1]}/{what}"
    for username in ("birch.manager", "navigator", "integration"):
        assert client_as(username).get(page).status_code == 404
    assert manager.get(f"/review/proposals/{ids[4]}/{what}").status_code == 404
    assert manager.get(f"/review/proposals/999/{what}").status_code == 404
    staged(store, town, ash, [ids[1]], Decision.ACCEPT)
    decided(store, town, ash)
    assert manager.get(page).status_code == 404


def test_a_concern_is_raised_from_the_person(store, town, manager, get, post):
    page = f"/people/{town.people[2]}/concern"
    assert "FAMILY2, Given2" in get(manager, page)
    refused = post(manager, page, {"note": " "})
    assert (refused.status_code, "Enter your concern" in refused.text) == (422, True)
    post(manager, page, {"note": "Has stopped opening the door"})
    assert ("proposal.concern", [town.people[2]]) in audited(store)


def test_a_concern_that_is_there_is_shown_with_whose_it_is_and_the_same_again_is_refused(
    store, town, manager, get, post
):
    page = f"/people/{town.people[2]}/concern"
    assert "already a concern" not in get(manager, page)
    post(manager, page, {"note": "Has stopped opening the door"})
    html = get(manager, page)
    assert "There is already a concern about this person" in html
    assert "Has stopped opening the door" in html
    assert "Concern of Ash Manager, 5 October 2026" in html
    again = post(manager, page, {"note": "has stopped opening the door"})
    assert again.status_code == 422
    assert "You raised this concern in the same words on 5 October 2026: it is kept. Add what is new" in again.text
    assert "has stopped opening the door</textarea>" in again.text


def test_who_does_not_review_the_list_is_told_of_others_concerns_but_not_what_they_say(
    store, town, client_as, get, post
):
    post(client_as("birch.manager"), f"/people/{town.people[6]}/concern", {"note": "Drinks alone"})
    act(
        store, town, open_in_emergency, by="therapist", nhs_number=town.nhs_numbers[6],
        reason_code=EmergencyReason.URGENT_CARE, minutes=60, reason="Found unwell on the stairs",
    )  # fmt: skip
    page = f"/people/{town.people[6]}/concern"
    html = get(client_as("therapist"), page)
    assert "1 concern of other people is for the practice to read" in html
    assert "Drinks alone" not in html
    assert "Birch Manager" not in html
    post(client_as("therapist"), page, {"note": "Found on the stairs"})
    html = get(client_as("therapist"), page)
    assert "Found on the stairs" in html
    assert "1 concern of other people" in html


def test_a_user_of_several_practices_chooses_one(store, town, client_as, get):
    propose(store, town, [1, 6, 7])
    with store.writing() as session:
        session.add(
            UserRole(
                user_id=town.users["ash.manager"], role=Role.PRACTICE, place_id=town.places["NORTH"],
                from_at=NOW - timedelta(days=1),
            )
        )  # fmt: skip
    html = get(client_as("ash.manager"), "/review")
    rows = [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip() for row in re.findall(r"<tr.*?</tr>", html, re.S)]
    assert [row.split()[1] for row in rows[1:]] == ["Ash", "Birch"]
    assert re.search(r"Ash Surgery .*North network .* 1 .* 0", rows[1])
    assert re.search(r"Birch Surgery .*North network .* 2 .* 0", rows[2])


def test_a_replayed_confirmation_decides_once(store, town, app, manager, ash, url):
    ids = propose(store, town, [1])
    staged(store, town, ash, [ids[1]], Decision.ACCEPT)
    page = manager.get(f"{url}/preview").text
    fields = dict(re.findall(r'<input type="hidden" name="(csrf_token|form_key|digest)" value="([^"]*)"', page))
    # The page has several forms: the last key is the confirming form's, whichever is sent has one effect.
    answers = [manager.post(f"{url}/confirm", data=fields).status_code for _ in range(3)]
    assert answers == [302, 302, 302]
    with store.reading() as session:
        assert len(session.execute(select(Case)).all()) == 1


def test_two_people_confirming_at_once_decide_once(store, town, ash):
    ids = propose(store, town, [1, 2, 3])
    staged(store, town, ash, ids.values(), Decision.ACCEPT)
    with store.reading() as session:
        viewers = [town.viewer(session, name) for name in ("ash.manager", "ash.gp")]
    digest = digest_now(store, town, ash)
    answers = at_once(
        2,
        lambda which: once(
            store, confirm, by=viewers[which], now=NOW, key=f"{which}" * 20, practice_id=ash, digest=digest
        ),
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "dict"]
    with store.reading() as session:
        assert len(session.execute(select(Case)).all()) == 3


def test_marking_and_confirming_at_once_never_decides_what_was_not_previewed(store, town, ash):
    ids = propose(store, town, [1, 2])
    staged(store, town, ash, [ids[1]], Decision.ACCEPT)
    digest = digest_now(store, town, ash)
    with store.reading() as session:
        manager, gp = (town.viewer(session, name) for name in ("ash.manager", "ash.gp"))
    calls = [
        lambda: once(store, confirm, by=manager, now=NOW, key="a" * 20, practice_id=ash, digest=digest),
        lambda: once(
            store, stage, by=gp, now=NOW, key="b" * 20, practice_id=ash, proposal_ids=[ids[1]],
            decision=Decision.DECLINE, reason_code="needs_met",
        ),
    ]  # fmt: skip
    answers = at_once(2, lambda which: calls[which]())
    assert [type(answer).__name__ for answer in answers].count("Conflict") == 1
    with store.reading() as session:
        cases = session.execute(select(Case)).all()
        state = session.get_one(Proposal, ids[1]).state
    assert (len(cases), state) in {(1, ProposalState.ACCEPTED), (0, ProposalState.PROPOSED)}


def test_undoing_what_is_no_number_of_ours_is_refused(town, manager, post, url):
    assert (
        post(manager, f"{url}/unstage", {"proposal": "everybody"}, page=f"{url}/preview", form="/sign-out").status_code
        == 400
    )
