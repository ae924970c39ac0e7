"""Groups of people in a report: whoever is held back to hide others is not called too few."""

import pytest

from stratify.report.sections.fairness import fairness


def found(value):
    return {"value": value, "low": value - 0.05, "high": value + 0.05}


def group(name, people, events):
    return {
        "name": name,
        "people": people,
        "events": events,
        "too_few": events < 10,
        "auroc": found(0.78),
        "observed_over_expected": found(1.02),
        "flagged": people // 20,
        "flagged_ppv": found(0.37),
        "flagged_sensitivity": found(0.34),
    }


def rows(*groups):
    figures = {"subgroups": {"sex": groups}, "places": {"practices": [], "agreement": None}}
    (made,) = fairness(figures)["tables"]
    return {row[0]: row[1:] for row in made.rows}


def test_a_large_group_held_back_to_hide_a_small_one_keeps_its_rates():
    shown = rows(group("Female", 21_600, 1269), group("Indeterminate", 29, 2), group("Male", 22_280, 1258))
    assert shown["Male"][:3] == ("22,280", "*", "0.780 (0.730 to 0.830)")
    assert "too few" not in shown["Male"]
    assert shown["Female"][1] == "1,269"
    assert shown["Indeterminate"] == ("29", "*", *("too few",) * 5)


@pytest.mark.parametrize(("events", "kept"), [(199, False), (200, True)])
def test_rates_from_which_a_count_held_back_could_be_worked_out_are_held_back_too(events, kept):
    shown = rows(group("Female", 21_600, 1269), group("Indeterminate", 29, 2), group("Male", 3000, events))
    assert (shown["Male"][2:] == ("*",) * 5) is not kept
