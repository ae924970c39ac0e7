"""What each kind of objection refuses."""

from datetime import date

from caseload.domain.objections import PURPOSES, ended_note, refusal_note
from caseload.domain.words import ConsentPurpose
from interfaces.extracts.contract import TABLES


def test_every_kind_of_the_contract_has_its_purposes() -> None:
    assert set(PURPOSES) == set(TABLES["objections"].column("kind").values)


def test_an_objection_to_sharing_is_to_every_sharing_purpose() -> None:
    assert set(PURPOSES["sharing"]) == {purpose for purpose in ConsentPurpose if purpose.value.startswith("sharing_")}


def test_notes_tell_one_objection_from_the_next() -> None:
    kinds = [kind for kind, purposes in PURPOSES.items() if purposes]
    days = (date(2026, 1, 2), date(2026, 1, 3))
    notes = [make(kind, day) for make in (refusal_note, ended_note) for kind in kinds for day in days]
    assert len(set(notes)) == len(notes)
    assert refusal_note("type_1", days[0]) == "Objection in the GP record (type 1), since 2026-01-02."
