import pytest

from interfaces.codes import BnfCause, BnfCode
from interfaces.exceptions import CodeError


def test_bnf_whole_code_taken_apart() -> None:
    code = BnfCode.parse("0212000B0AAAAAA")
    assert (code.chapter, code.section, code.paragraph, code.chemical) == ("02", "0212", "021200", "0212000B0")
    assert code.level == "presentation"


def test_bnf_prefix_knows_only_what_it_says() -> None:
    code = BnfCode.parse("0206010")
    assert (code.section, code.paragraph, code.chemical, code.level) == ("0206", "020601", None, "subparagraph")


def test_bnf_code_lies_within_its_branch() -> None:
    assert BnfCode.parse("0206010F0AAAAAA").is_within(BnfCode.parse("0206"))
    assert not BnfCode.parse("0206010F0AAAAAA").is_within(BnfCode.parse("0205"))


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (None, BnfCause.MISSING),
        ("", BnfCause.MISSING),
        ("20601", BnfCause.LENGTH),  # a leading zero lost to a spreadsheet, as far as the length shows it
        ("0212000B", BnfCause.LENGTH),
        ("0212000b0", BnfCause.SHAPE),
        ("2.6.1", BnfCause.SHAPE),
        ("0206010F0AAAAAAA", BnfCause.SHAPE),
        ("02060１0", BnfCause.SHAPE),
    ],
)
def test_bnf_refused_for_its_cause(text: str | None, cause: BnfCause) -> None:
    with pytest.raises(CodeError) as caught:
        BnfCode.parse(text)
    assert caught.value.cause is cause
