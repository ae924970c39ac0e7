import pytest

from interfaces.codes import ClosedSetCause, EthnicCategory, EthnicGroup, Sex
from interfaces.exceptions import CodeError
from interfaces.extracts.contract import TABLES


def test_ethnic_categories_are_those_of_the_pack_contract() -> None:
    assert {category.code for category in EthnicCategory} == set(TABLES["gp_register"].column("ethnic_category").values)


def test_ethnic_category_round_trips_and_has_a_group() -> None:
    assert all(EthnicCategory.parse(category.code) is category for category in EthnicCategory)
    assert {category.group for category in EthnicCategory} == set(EthnicGroup)


def test_ethnic_category_not_stated_counts_as_not_recorded() -> None:
    assert EthnicCategory.parse("Z").group is EthnicCategory.parse("99").group is EthnicGroup.NOT_RECORDED


def test_sexes_are_those_of_the_pack_contract() -> None:
    assert {sex.value for sex in Sex} == set(TABLES["gp_register"].column("sex").values)


@pytest.mark.parametrize("text", ["I", "O", "Q", "a", "NOT_KNOWN", " A", "990"])
def test_ethnic_category_outside_the_list_refused(text: str) -> None:
    with pytest.raises(CodeError) as caught:
        EthnicCategory.parse(text)
    assert caught.value.cause is ClosedSetCause.NOT_IN_SET


@pytest.mark.parametrize("text", [None, ""])
def test_sex_missing_is_not_the_code_for_not_known(text: str | None) -> None:
    with pytest.raises(CodeError) as caught:
        Sex.parse(text)
    assert caught.value.cause is ClosedSetCause.MISSING
