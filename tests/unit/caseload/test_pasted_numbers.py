"""NHS numbers as people paste them."""

import pytest

from caseload.forms.nhs_number import pasted_digits

NUMBER = "9990000018"


@pytest.mark.parametrize(
    "pasted",
    [
        "9990000018",
        "999 000 0018",
        "999-000-0018",
        " 999 000 0018\n",
        "999\u00a0000\u00a00018",
        "999\u2009000\u20090018",
        "999\u202f000\u202f0018",
        "999\u2013000\u20130018",
        "999\u2011000\u20110018",
        "9\u200b99000\u200b0018\ufeff",
        "999.000.0018",
        "(999) 000 0018",
        "NHS No: 999 000 0018",
        "NHS number 9990000018",
        "nhs#9990000018",
        "\t999\t000\t0018",
        "９９９０００００１８",
        "٩٩٩٠٠٠٠٠١٨",
    ],
)
def test_pasted_digits_in_any_format(pasted):
    assert pasted_digits(pasted) == NUMBER


@pytest.mark.parametrize("pasted", ["", "999 000 001", "99900000188", "Smith", "A999 000 0018", "999 000 0018 Smith"])
def test_pasted_digits_of_something_else(pasted):
    assert pasted_digits(pasted) == ""
