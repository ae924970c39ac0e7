"""Columns and tables of the simulation, at their edges."""

from datetime import date

import numpy as np
import pytest

from stratify.synthetic import conditions, people, places, simulate
from stratify.synthetic.arrays import NO_CODE, NO_DAY, chosen, from_tenths, tenths
from stratify.synthetic.journal import Journal
from stratify.synthetic.open_spells import stacked
from stratify.synthetic.setting import make_setting
from stratify.synthetic.tables import Coded, Dates, Marks, Numbers, Table, Texts, Wholes
from stratify.synthetic.timeline import Timeline, day_number
from stratify.synthetic.writing import PackAbout, write_pack

DAY = day_number(date(2025, 10, 1))


def table(available: np.ndarray | None, **columns: object) -> Table:
    rank = np.array([2, 0, 0], dtype=np.int32)
    return Table("admissions", rank, np.array([5, 9, 3], dtype=np.int32), available, columns)  # type: ignore[arg-type]


def test_empty_cells_are_null_in_every_kind_of_column():
    assert Coded(np.array([1, NO_CODE]), ("a", "b")).arrow().to_pylist() == ["b", None]
    assert Dates(np.array([0, NO_DAY])).arrow().to_pylist() == [date(1970, 1, 1), None]
    assert Numbers(np.array([27.4, np.nan], dtype=np.float32)).arrow().to_pylist() == [27.4, None]
    assert Wholes(np.array([0, NO_CODE])).arrow().to_pylist() == [0, None]
    assert Texts(["x", None]).arrow().to_pylist() == ["x", None]
    assert Marks("S", np.array([7])).arrow().to_pylist() == ["S000000007"]


def test_rows_are_sorted_by_person_then_day():
    found = table(None, spell_id=Marks("S", np.array([1, 2, 3]))).sorted()
    assert found.rank.tolist() == [0, 0, 2]
    assert found.day.tolist() == [3, 9, 5]


def test_an_extraction_holds_what_happened_and_arrived_before_it():
    known = table(np.array([6, 12, 4], dtype=np.int32)).known_by(10)
    assert known.day.tolist() == [5, 3]
    undated = table(np.array([6, NO_DAY, 4], dtype=np.int32)).known_by(10)
    assert undated.rows == 3


def test_a_table_without_arrival_dates_is_the_same_at_every_extraction():
    whole = table(None)
    assert whole.known_by(0) is whole


def test_parts_of_a_table_with_columns_of_different_kinds_are_refused():
    available = np.zeros(3, dtype=np.int32)
    dates, wholes = table(available, x=Dates(available)), table(available, x=Wholes(available))
    with pytest.raises(TypeError, match="Dates and Wholes"):
        stacked(dates, wholes)


def test_a_journal_without_rows_gives_empty_columns():
    journal = Journal()
    journal.write("nothing", person=np.empty(0, dtype=np.int32), day=np.empty(0, dtype=np.int32))
    assert {name: len(values) for name, values in journal.read("nothing", ("person", "day")).items()} == {
        "person": 0,
        "day": 0,
    }


def test_tenths_come_back_as_they_went():
    values = np.array([27.4, np.nan, 0.0])
    assert np.allclose(from_tenths(tenths(values)), values, equal_nan=True)


def test_a_choice_with_no_weight_is_never_made():
    picked = chosen(np.random.default_rng(1), np.tile([0.0, 1.0, 0.0, 2.0, 0.0], (5000, 1)))
    assert set(picked.tolist()) == {1, 3}
    assert (picked == 3).mean() == pytest.approx(2 / 3, abs=0.03)


def test_an_empty_table_is_written_with_its_columns(tmp_path):
    nobody = np.empty(0, dtype=np.int32)
    empty = Table("objections", nobody, nobody, None, {"kind": Coded(nobody, ("type_1",)), "from_date": Dates(nobody)})
    rows = write_pack(tmp_path / "pack", PackAbout("p", "place", DAY), [empty], [], "csv")
    assert rows == {"objections": 0}
    assert (tmp_path / "pack" / "objections.csv").read_text(encoding="utf-8") == '"nhs_number","kind","from_date"\n'


def test_a_simulation_that_falls_short_of_the_wanted_number_is_said():
    timeline = Timeline(DAY)
    borough = places.make_places(600, 1)
    everybody = people.make_people(600, borough, timeline, 1)
    course = conditions.live(everybody, timeline, 1)
    history = simulate.simulate(everybody, course, timeline, 1, lambda stage, done: None)
    with pytest.raises(AssertionError, match="were wanted"):
        make_setting(everybody, borough, course, history, timeline, (5000, 1, False))
