import pytest

from interfaces.codes import SnomedCause, SnomedCode
from interfaces.exceptions import CodeError

# Published identifiers of different lengths and partitions.
CONCEPTS = ["84114007", "138875005", "100005", "195967001", "999000031000000106", "1240581000000104"]


@pytest.mark.parametrize("text", CONCEPTS)
def test_snomed_published_concepts_accepted(text: str) -> None:
    assert SnomedCode.parse(text).is_concept


def test_snomed_description_is_no_concept() -> None:
    description = SnomedCode.parse("517382016")  # a description of the root concept
    assert (description.partition, description.is_concept, description.is_description) == ("01", False, True)


def test_snomed_extension_names_its_namespace() -> None:
    assert SnomedCode.parse("999000031000000106").namespace == "1000000"  # the United Kingdom's
    assert SnomedCode.parse("84114007").namespace is None


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (None, SnomedCause.MISSING),
        ("", SnomedCause.MISSING),
        ("10005", SnomedCause.SHAPE),
        ("0100005", SnomedCause.SHAPE),
        ("8411４007", SnomedCause.SHAPE),
        ("84114007.0", SnomedCause.SHAPE),
        ("1234567890123456789", SnomedCause.SHAPE),
        ("84114097", SnomedCause.PARTITION),
        ("84114107", SnomedCause.PARTITION),  # an extension's partition on a number too short for a namespace
        ("84114008", SnomedCause.CHECK_DIGIT),
        ("999000031000000100", SnomedCause.CHECK_DIGIT),  # what a spreadsheet makes of ...106
    ],
)
def test_snomed_refused_for_its_cause(text: str | None, cause: SnomedCause) -> None:
    with pytest.raises(CodeError) as caught:
        SnomedCode.parse(text)
    assert caught.value.cause is cause
