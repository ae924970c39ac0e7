import pytest

from interfaces.codes import OdsCause, OdsCode
from interfaces.exceptions import CodeError


@pytest.mark.parametrize("text", ["F84012", "RNJ", "RNJ12", "A1B2C", "Y00001", "G12345678"])
def test_ods_code_accepted(text: str) -> None:
    assert OdsCode.parse(text).code == text


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (None, OdsCause.MISSING),
        ("", OdsCause.MISSING),
        ("f84012", OdsCause.LOWER_CASE),
        ("F8", OdsCause.SHAPE),
        ("F84 012", OdsCause.SHAPE),
        ("F84012\n", OdsCause.SHAPE),
        ("1.23E+09", OdsCause.SHAPE),
        ("F8401２", OdsCause.SHAPE),
        ("F840123456", OdsCause.SHAPE),
    ],
)
def test_ods_code_refused_for_its_cause(text: str | None, cause: OdsCause) -> None:
    with pytest.raises(CodeError) as caught:
        OdsCode.parse(text)
    assert caught.value.cause is cause
