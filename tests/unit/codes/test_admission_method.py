import itertools
import string

import duckdb
import pytest

from interfaces.codes import (
    AdmissionKind,
    AdmissionMethod,
    AdmissionMethodCause,
    admission_kind_sql,
    admission_method_valid_sql,
)
from interfaces.exceptions import CodeError

TRUTH = {
    "emergency": ["21", "22", "23", "24", "25", "28", "2A", "2B", "2C", "2D"],
    "elective": ["11", "12", "13"],
    "maternity": ["31", "32", "82", "83"],
    "transfer": ["81"],
    "other": ["26", "27", "2E", "98", "99", "00", "14"],
}


@pytest.mark.parametrize(("kind", "code"), [(kind, code) for kind, codes in TRUTH.items() for code in codes])
def test_admission_method_has_its_kind(kind: str, code: str) -> None:
    method = AdmissionMethod.parse(code)
    assert method.kind("1") == method.kind() == AdmissionKind(kind)
    assert method.is_emergency is (kind == "emergency")


def test_admission_method_day_case_only_where_elective() -> None:
    assert AdmissionMethod.parse("12").kind("2") is AdmissionKind.DAY_CASE
    assert AdmissionMethod.parse("21").kind("2") is AdmissionKind.EMERGENCY
    assert AdmissionMethod.parse("81").kind("2") is AdmissionKind.TRANSFER


@pytest.mark.parametrize("text", [None, "", "2a", "2", "211", "2 ", "２1", "EM"])
def test_admission_method_malformed_refused(text: str | None) -> None:
    with pytest.raises(CodeError) as caught:
        AdmissionMethod.parse(text)
    assert caught.value.cause in AdmissionMethodCause


def test_admission_method_valid_sql_agrees() -> None:
    texts = ["21", "2A", "00", "99", "2a", "2", "211", "2 ", "２1", "EM", "A1", ""]
    with duckdb.connect() as connection:
        found = connection.execute(
            f"SELECT list({admission_method_valid_sql('text')}) FROM (SELECT unnest(?) AS text)", [texts]
        ).fetchone()
    assert found == ([True] * 4 + [False] * 8,)


def test_admission_kind_sql_agrees_on_every_code_and_classification() -> None:
    codes = ["".join(pair) for pair in itertools.product(string.digits, string.digits + string.ascii_uppercase)]
    classifications = [None, "", "1", "2", "3", "8"]
    cases = list(itertools.product(codes, classifications))
    expected = [AdmissionMethod.parse(code).kind(classification).value for code, classification in cases]
    assert _sql_kinds(cases) == expected
    assert set(expected) == {kind.value for kind in AdmissionKind}


def test_admission_kind_sql_gives_other_for_what_is_no_method() -> None:
    assert _sql_kinds([(None, "2"), ("", "2"), ("2a", None), ("211", "1")]) == ["other"] * 4


def _sql_kinds(cases: list[tuple[str | None, str | None]]) -> list[str]:
    methods, classifications = zip(*cases, strict=True)
    rows = "SELECT unnest(?::VARCHAR[]) AS method, unnest(?::VARCHAR[]) AS class, unnest(range(?)) AS place"
    sql = f"SELECT {admission_kind_sql('method', 'class')} FROM ({rows}) ORDER BY place"
    with duckdb.connect() as connection:
        return [
            row[0] for row in connection.execute(sql, [list(methods), list(classifications), len(cases)]).fetchall()
        ]
