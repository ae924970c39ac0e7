"""The score file as written and read back: bytes, order, refusals."""

import hashlib
from dataclasses import fields
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from interfaces.exceptions import ScoreFileContents, ScoreFileUnreadable, ScoreFileVersion
from interfaces.scores import (
    COLUMNS,
    ROW_GROUP_ROWS,
    SCHEMA,
    Reason,
    ScoreHeader,
    ScoreRow,
    ScoreWriter,
    Tier,
    check_scores,
    describe_columns,
    open_scores,
    read_score_rows,
    read_scores,
)
from tests.support.score_rows import HEADER, INDEX_DATE, reason, score_row, score_rows, write_scores


@pytest.fixture
def scores(tmp_path: Path) -> Path:
    path = tmp_path / "scores.parquet"
    write_scores(path, score_rows(40))
    return path


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def rewritten(path: Path, table: pa.Table, metadata: dict[bytes, bytes]) -> Path:
    pq.write_table(table.replace_schema_metadata(metadata), path)
    return path


def test_score_file_read_back_as_written(scores: Path) -> None:
    assert open_scores(scores).header == HEADER
    assert open_scores(scores).rows == 40
    read = [row for batch in read_scores(scores) for row in batch.to_pylist()]
    assert read == score_rows(40)


def test_score_rows_are_frozen_values(scores: Path) -> None:
    first = next(read_score_rows(scores))
    assert first.tier is Tier.HIGH
    assert first.reasons == (Reason(**reason()),)
    assert first.cohorts == ("over_75",)
    assert [field.name for field in fields(ScoreRow)] == SCHEMA.names
    assert check_scores(scores).rows == 40


def test_score_file_same_rows_in_other_parts_give_the_same_bytes(tmp_path: Path) -> None:
    table = pa.Table.from_pylist(score_rows(ROW_GROUP_ROWS // 16 + 3), schema=SCHEMA)
    many = pa.concat_tables([table.set_column(5, "raw_score", pa.array([2.0 - k] * len(table))) for k in range(18)])
    columns = {
        "pseudonym": pa.array([f"{n:032x}" for n in range(len(many))]),
        "percentile": pa.array([100.0 * (len(many) - n) / len(many) for n in range(len(many))]),
        "other_contribution": pa.nulls(len(many), pa.float64()),
    }
    for name, values in columns.items():
        many = many.set_column(many.schema.get_field_index(name), name, values)
    digests = set()
    for part_rows in (len(many), 1_000, 70_001):
        path = tmp_path / f"{part_rows}.parquet"
        with ScoreWriter(path, HEADER) as writer:
            for start in range(0, len(many), part_rows):
                writer.write(many.slice(start, part_rows))
        digests.add(digest(path))
    assert len(digests) == 1
    groups = pq.ParquetFile(path).metadata
    assert [groups.row_group(n).num_rows for n in range(2)] == [ROW_GROUP_ROWS, len(many) - ROW_GROUP_ROWS]
    assert max(batch.num_rows for batch in read_scores(path, batch_rows=5_000)) <= 5_000


def test_score_file_columns_in_another_order_and_wider_types_are_taken(tmp_path: Path, scores: Path) -> None:
    table = pa.Table.from_pylist(score_rows(40), schema=SCHEMA)
    shuffled = table.select(list(reversed(table.column_names)))
    shuffled = shuffled.set_column(
        shuffled.schema.get_field_index("tier"), "tier", table["tier"].dictionary_encode().cast(
            pa.dictionary(pa.int32(), pa.large_string())
        )
    )  # fmt: skip
    path = tmp_path / "other.parquet"
    with ScoreWriter(path, HEADER) as writer:
        writer.write(shuffled)
    assert digest(path) == digest(scores)


def test_score_file_of_nobody_is_a_score_file(tmp_path: Path) -> None:
    path = tmp_path / "scores.parquet"
    with ScoreWriter(path, HEADER):
        pass
    assert check_scores(path).rows == 0
    assert list(read_score_rows(path)) == []


def test_score_file_only_the_columns_asked_for(scores: Path) -> None:
    batch = next(read_scores(scores, columns=["tier", "reasons"]))
    assert set(batch.schema.names) == {"tier", "reasons"}
    with pytest.raises(ScoreFileContents, match="no column probabilty"):
        read_scores(scores, columns=["probabilty"])


AT = INDEX_DATE
FAULTS = [
    ({"pseudonym": "9990000018"}, "pseudonym", 2),
    ({"pseudonym": f"{2:032X}".replace("2", "A")}, "pseudonym", 2),
    ({"pseudonym": None}, "pseudonym", 2),
    ({"practice_code": " "}, "practice_code", 2),
    ({"index_date": date(2026, 10, 2)}, "index_date", 2),
    ({"outcome": "death"}, "outcome", 2),
    ({"score_kind": "qadmissions"}, "score_kind", 2),
    ({"score_kind": "hfrs", "probability": None}, "score_kind", 2),
    ({"score_kind": "hfrs"}, "probability", 2),
    ({"raw_score": float("nan")}, "raw_score", 2),
    ({"raw_score": float("inf"), "baseline": None}, "raw_score", 2),
    ({"raw_score": -9.0, "baseline": None}, "raw_score", 3),
    ({"raw_score": 9.0, "baseline": None}, "raw_score", 2),
    ({"raw_score": None}, "raw_score", 2),
    ({"probability": 1.01}, "probability", 2),
    ({"probability": -0.01}, "probability", 2),
    ({"probability": float("nan")}, "probability", 2),
    ({"probability": None}, "probability", 2),
    ({"percentile": 100.5}, "percentile", 2),
    ({"percentile": 10.0}, "percentile", 3),
    ({"tier": "very high"}, "tier", 2),
    ({"tier_method": "cutoff"}, "tier_method", 2),
    ({"tier_method": "cut_off"}, "tier_method", 2),
    ({"previous_tier": ""}, "previous_tier", 2),
    ({"reasons": None}, "reasons", 2),
    ({"reasons": [reason() | {"code": ""}]}, "reasons", 2),
    ({"reasons": [reason() | {"text": None}]}, "reasons", 2),
    ({"reasons": [reason() | {"contribution": float("nan")}]}, "reasons", 2),
    ({"reasons": [reason() | {"last_date": AT}]}, "reasons", 2),
    ({"reasons": [reason() | {"first_date": AT, "last_date": None}]}, "reasons", 2),
    ({"reasons": [reason() | {"first_date": date(2026, 9, 15)}]}, "reasons", 2),
    ({"reasons": [reason("seen as 999 000 0018")]}, "reasons", 2),
    ({"reasons": [reason(), reason()]}, "reasons", 2),
    ({"reasons": []}, "reasons", 2),
    ({"other_contribution": 0.0}, "reasons", 2),
    ({"key_id": "0a1b2c3e"}, "key_id", 2),
    ({"key_id": "secret"}, "key_id", 2),
    ({"model_version": "0.1.1"}, "model_version", 2),
    ({"short_history": None}, "short_history", 2),
    ({"cohorts": None}, "cohorts", 2),
]


@pytest.mark.parametrize(("fault", "column", "row"), FAULTS)
def test_score_writer_refuses_a_wrong_row_and_leaves_no_file(
    tmp_path: Path, fault: dict[str, object], column: str, row: int
) -> None:
    rows = score_rows(40)
    rows[1] = score_row(2, 40, **fault)
    path = tmp_path / "scores.parquet"
    with pytest.raises(ScoreFileContents) as caught:
        write_scores(path, rows)
    assert f"column {column}:" in caught.value.expected
    assert f"row {row}" in caught.value.found
    assert "999 000 0018" not in str(caught.value)
    assert not path.exists()


def test_score_writer_ties_by_pseudonym(tmp_path: Path) -> None:
    def tied(*pseudonyms: int) -> list[dict[str, object]]:
        return [score_row(20, 40, pseudonym=f"{n:032x}", raw_score=0.0) for n in pseudonyms]

    write_scores(tmp_path / "right.parquet", tied(3, 4))
    for wrong in (tied(4, 3), tied(3, 3)):
        with pytest.raises(ScoreFileContents, match="rank order"):
            write_scores(tmp_path / "wrong.parquet", wrong)


def test_score_writer_checks_order_and_counts_rows_across_parts(tmp_path: Path) -> None:
    rows = score_rows(40)
    with ScoreWriter(tmp_path / "s.parquet", HEADER) as writer:
        writer.write(pa.Table.from_pylist(rows[:20]))
        with pytest.raises(ScoreFileContents, match="row 21"):
            writer.write(pa.Table.from_pylist([rows[0], *rows[21:]], schema=SCHEMA))


def test_score_writer_index_score_has_no_probability(tmp_path: Path) -> None:
    rows = [score_row(rank, 40, score_kind="hfrs", probability=None, reasons=[], baseline=None) for rank in (1, 2)]
    write_scores(tmp_path / "scores.parquet", rows)
    assert next(read_score_rows(tmp_path / "scores.parquet")).probability is None


def test_score_writer_refuses_missing_unknown_and_mistyped_columns(tmp_path: Path) -> None:
    table = pa.Table.from_pylist(score_rows(3), schema=SCHEMA)
    wrong = [
        (table.drop_columns(["tier"]), "without tier"),
        (table.append_column("nhs_number", table["pseudonym"]), "unknown nhs_number"),
        (table.append_column("tier", table["tier"]), "a column twice"),
        (table.set_column(5, "raw_score", table["pseudonym"]), "type string"),
    ]
    for part, found in wrong:
        with pytest.raises(ScoreFileContents, match=found), ScoreWriter(tmp_path / "s.parquet", HEADER) as writer:
            writer.write(part)


GOOD_METADATA = {
    b"caretier.score_file_version": b"1",
    b"caretier.place": b"Thamesmere",
    b"caretier.index_date": b"2026-10-01",
    b"caretier.demonstration": b"true",
}


@pytest.mark.parametrize("version", [None, b"2", b"0", b"1.0", b""])
def test_score_reader_refuses_an_unknown_version(tmp_path: Path, version: bytes | None) -> None:
    metadata = dict(GOOD_METADATA)
    metadata.pop(b"caretier.score_file_version") if version is None else metadata.update(
        {b"caretier.score_file_version": version}
    )
    path = rewritten(tmp_path / "s.parquet", pa.Table.from_pylist(score_rows(3), schema=SCHEMA), metadata)
    for read in (open_scores, read_scores, read_score_rows, check_scores):
        with pytest.raises(ScoreFileVersion):
            read(path)


@pytest.mark.parametrize(
    ("entry", "value"),
    [
        (b"caretier.place", b""),
        (b"caretier.index_date", b"October"),
        (b"caretier.demonstration", b"no"),
        (b"caretier.demonstration", b""),
    ],
)
def test_score_reader_refuses_a_header_that_says_nothing(tmp_path: Path, entry: bytes, value: bytes) -> None:
    table = pa.Table.from_pylist(score_rows(3), schema=SCHEMA)
    assert open_scores(rewritten(tmp_path / "good.parquet", table, GOOD_METADATA)).rows == 3
    with pytest.raises(ScoreFileContents):
        open_scores(rewritten(tmp_path / "bad.parquet", table, GOOD_METADATA | {entry: value}))


def test_score_reader_refuses_missing_unknown_and_mistyped_columns(tmp_path: Path) -> None:
    table = pa.Table.from_pylist(score_rows(3), schema=SCHEMA)
    wrong = [
        (table.drop_columns(["tier"]), "without: tier"),
        (table.append_column("nhs_number", table["pseudonym"]), "unknown: nhs_number"),
        (table.set_column(5, "raw_score", table["pseudonym"]), "another type: raw_score"),
        (table.select(list(reversed(table.column_names))), "another order"),
    ]
    for number, (part, found) in enumerate(wrong):
        with pytest.raises(ScoreFileContents, match=found):
            open_scores(rewritten(tmp_path / f"{number}.parquet", part, GOOD_METADATA))


def test_score_reader_refuses_what_is_no_whole_file(tmp_path: Path, scores: Path) -> None:
    whole = scores.read_bytes()
    short = tmp_path / "short.parquet"
    short.write_bytes(whole[: len(whole) - 100])
    text = tmp_path / "text.parquet"
    text.write_text("pseudonym,tier\n", encoding="utf-8")
    empty = tmp_path / "empty.parquet"
    empty.write_bytes(b"")
    for path in (short, text, empty, tmp_path / "absent.parquet"):
        with pytest.raises(ScoreFileUnreadable):
            open_scores(path)


def test_score_reader_names_damage_met_on_the_way(tmp_path: Path, scores: Path) -> None:
    damaged = bytearray(scores.read_bytes())
    damaged[4:400] = bytes(396)  # the first pages; the footer stays whole
    path = tmp_path / "damaged.parquet"
    path.write_bytes(bytes(damaged))
    assert open_scores(path).rows == 40
    with pytest.raises(ScoreFileUnreadable):
        list(read_score_rows(path))


def test_check_scores_refuses_what_the_writer_would_have_refused(tmp_path: Path) -> None:
    rows = score_rows(40)
    rows[20] = score_row(21, 40, tier="unknown")
    path = rewritten(tmp_path / "s.parquet", pa.Table.from_pylist(rows, schema=SCHEMA), GOOD_METADATA)
    assert open_scores(path).rows == 40
    with pytest.raises(ScoreFileContents, match="row 21"):
        check_scores(path)


def test_check_scores_refuses_a_person_with_two_scores(tmp_path: Path) -> None:
    rows = score_rows(40)
    rows[30] = score_row(31, 40, pseudonym=rows[2]["pseudonym"])
    path = tmp_path / "s.parquet"
    write_scores(path, rows)
    with pytest.raises(ScoreFileContents, match="every person once"):
        check_scores(path)


def test_score_columns_are_all_described() -> None:
    described = describe_columns()
    assert [name for name, _, _ in described] == SCHEMA.names == [column.name for column in COLUMNS]
    assert ("probability", "number, may be empty") in {(name, kind) for name, kind, _ in described}
    assert all(len(meaning) > 10 for _, _, meaning in described)


def test_score_header_demonstration_survives_both_ways(tmp_path: Path) -> None:
    for demonstration in (True, False):
        path = tmp_path / f"{demonstration}.parquet"
        write_scores(path, score_rows(3), ScoreHeader("Ä place", INDEX_DATE, demonstration))
        assert open_scores(path).header == ScoreHeader("Ä place", INDEX_DATE, demonstration)
