"""Looks of many requests written together: none is lost, none is answered for before it is there, none spoils the others."""

from collections import Counter
from threading import Barrier, Thread

import pytest

from caseload.actions.look_book import Look, LookBook
from caseload.audit_chain import verify
from tests.support.case_app import NOW, audited
from tests.support.patience import PATIENCE, until

PEOPLE, ROUNDS = 16, 5


@pytest.fixture
def viewer(store, town):
    with store.reading() as session:
        return town.viewer(session, "ash.gp")


class Turns:
    """A store that counts its transactions; the first waits until everybody else has come."""

    def __init__(self, store):
        self.store, self.begun, self.everybody = store, 0, None

    def writing(self):
        self.begun += 1
        if self.everybody is not None and self.begun == 1:
            self.everybody.wait(PATIENCE)
        return self.store.writing()


def written(store):
    return Counter(people[0] for action, people in audited(store) if action == "view")


def test_many_at_once_are_all_written_in_few_transactions(store, town, viewer):
    turns, book = Turns(store), None
    turns.everybody = Barrier(2)
    book = LookBook(turns)
    looks = [Look(viewer, NOW, {"people.show": {town.people[1 + number % 12]}}) for number in range(PEOPLE)]
    threads = [Thread(target=book.write, args=(look,)) for look in looks]
    for thread in threads:
        thread.start()
    assert until(lambda: len(book._waiting) >= PEOPLE - 1)
    turns.everybody.wait(PATIENCE)
    for thread in threads:
        thread.join()
    assert turns.begun == 2
    assert all(look.written for look in looks)
    assert written(store) == Counter(town.people[1 + number % 12] for number in range(PEOPLE))
    with store.reading() as session:
        assert verify(session, store.secrets.audit).events == PEOPLE


def test_look_that_cannot_be_written_fails_alone(store, town, viewer):
    book = LookBook(store)
    good = [Look(viewer, NOW, {"people.show": {town.people[number]}}) for number in (1, 2)]
    bad = Look(viewer, NOW, {"people.show": {987_654}})  # nobody has this number: the database refuses the reference
    book._waiting.extend([good[0], bad])
    book.write(good[1])
    assert [look.written for look in (*good, bad)] == [True, True, False]
    assert written(store) == Counter([town.people[1], town.people[2]])
    with pytest.raises(type(bad.error)):
        book.write(bad)


def test_pages_are_answered_after_their_looks_are_there(store, town, client_as, get):
    client = client_as("ash.gp")
    for _ in range(ROUNDS):
        before = written(store)[town.people[1]]
        get(client, f"/people/{town.people[1]}")
        assert written(store)[town.people[1]] == before + 1
