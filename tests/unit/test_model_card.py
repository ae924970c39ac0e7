"""The card says what a reader must know before using a model."""

import pytest

from stratify.model_card import model_card
from tests.support.small_models import small_model


@pytest.fixture(scope="module")
def card() -> str:
    model = small_model()
    return model_card(model.manifest, model.evaluation)


@pytest.mark.parametrize(
    "heading",
    [
        "Intended use",
        "Source of data and participants",
        "Outcome",
        "Predictors",
        "Missing data",
        "Analysis methods",
        "Performance on practices that had no part in the fit",
        "Fairness",
        "Limitations and warnings",
        "To repeat this",
    ],
)
def test_card_has_every_heading(card: str, heading: str) -> None:
    assert f"\n## {heading}\n" in card


def test_demonstration_is_marked_first_thing(card: str) -> None:
    assert "**For demonstration, not for care.**" in card.splitlines()[2]


def test_model_for_care_is_not_marked() -> None:
    model = small_model(demonstration=False)
    card = model_card(model.manifest, model.evaluation)
    assert "demonstration" not in card
    assert "real people" in card


def test_warnings_of_the_fit_are_told(card: str) -> None:
    assert "- gp_codes begins 2025-01-01." in card


def test_figures_come_with_their_intervals(card: str) -> None:
    assert "| AUROC | 0.800 (0.700 to 0.900) |" in card


def test_every_table_has_the_same_number_of_cells_in_each_row(card: str) -> None:
    for block in card.split("\n\n"):
        rows = [line for line in block.splitlines() if line.startswith("|")]
        assert len({row.count("|") for row in rows}) <= 1


def test_card_says_when_people_were_split_and_when_a_figure_is_not_known() -> None:
    model = small_model()
    manifest = model.manifest | {
        "training": model.manifest["training"] | {"split_by": "person"},
        "metrics": model.manifest["metrics"] | {"auroc": {"value": None}, "largest_gap": None},
    }
    card = model_card(manifest, model.evaluation)
    assert "too few practices to hold some out whole" in card
    assert "| AUROC | not known |" in card
    assert "0 to 0.6 | not known |" in card
