"""A whole monthly run: everybody accounted for, everything adding up, the same bytes again."""

import csv
import json
import re
import shutil
import zipfile
from collections import Counter
from datetime import UTC, datetime

import numpy as np
import openpyxl
import pyarrow.parquet as pq
import pytest

from caseload.run_summary import check_run
from interfaces.extracts.pack import open_pack
from interfaces.scores import check_scores
from stratify.exceptions import InputRefused, KeyRefused, OutputRefused
from stratify.lists import DEMONSTRATION
from stratify.pipeline.run import run
from stratify.pseudonyms import load_key, make_key, pseudonyms
from tests.support.made_up_town import BEFORE, INDEX

pytestmark = pytest.mark.slow

TEN_DIGITS = re.compile(rb"(?<!\d)\d{3}[ -]?\d{3}[ -]?\d{4}(?!\d)")


def scores(folder):
    return pq.read_table(folder / "scores.parquet")


def manifest(folder):
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def register_numbers(pack_folder):
    return pq.read_table(pack_folder / "gp_register.parquet")["nhs_number"].to_pylist()


def everything_but_timings(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "timings.json"
    }


def again(two_months, out, **changes):
    asked = {
        "index_date": INDEX,
        "key_file": two_months.town.key,
        "model_folder": two_months.town.model,
        "previous": two_months.before,
    }
    return run(two_months.town.pack, out=out, **(asked | changes))


def test_everyone_on_the_register_is_scored_or_refused_with_a_reason(two_months):
    refused = pq.read_table(two_months.after / "refused.parquet")
    people = scores(two_months.after)["pseudonym"].to_pylist() + refused["pseudonym"].to_pylist()
    key = load_key(two_months.town.key)
    expected = pseudonyms(key, register_numbers(two_months.town.pack)).astype(str)
    assert sorted(people) == sorted(expected)
    flow = manifest(two_months.after)["flow"]
    assert flow.pop("scored") == scores(two_months.after).num_rows
    assert Counter(refused["status"].to_pylist()) == flow


def test_the_score_file_keeps_its_contract_and_reasons_add_up(two_months):
    check_scores(two_months.after / "scores.parquet")
    for row in scores(two_months.after).to_pylist():
        listed = row["tier"] != "none"
        assert (row["baseline"] is not None) == listed
        assert len(row["reasons"]) <= 5 if listed else row["reasons"] == []
        if listed:
            told = sum(reason["contribution"] for reason in row["reasons"])
            assert told + row["other_contribution"] + row["baseline"] == pytest.approx(row["raw_score"], abs=1e-6)


def test_reasons_read_as_sentences(two_months):
    texts = [reason["text"] for row in scores(two_months.after)["reasons"].to_pylist() for reason in row]
    assert len(set(texts)) > 100
    for text in texts:
        assert not re.search(r"[{}]|\bnan\b|\bNone\b|(?<![\d.,/])0 [a-z]|\b1 \w+s\b in|  ", text), text
        assert text[0].isupper() or text[0].isdigit() or text.startswith("eGFR"), text


def test_nothing_sensitive_is_ever_a_reason(two_months):
    hidden = {"alcohol", "self_harm", "severe_mental_illness", "mental_health_care", "antipsychotics"}
    codes = {reason["code"] for row in scores(two_months.after)["reasons"].to_pylist() for reason in row}
    moved = pq.read_table(two_months.after / "movement.parquet")["why"].to_pylist()
    codes |= {change["code"] for why in moved for change in why}
    assert codes
    assert not codes & hidden
    # The model does use them: what is hidden is in the rest.
    assert "alcohol_admissions" in (two_months.town.model / "model.txt").read_text(encoding="utf-8")


def test_movement_reconciles_with_both_months(two_months):
    before = dict(zip(*(scores(two_months.before)[name].to_pylist() for name in ("pseudonym", "tier")), strict=True))
    now = dict(zip(*(scores(two_months.after)[name].to_pylist() for name in ("pseudonym", "tier")), strict=True))
    moves = pq.read_table(two_months.after / "movement.parquet").to_pylist()
    kinds = {row["pseudonym"]: row["kind"] for row in moves}
    assert {name for name, kind in kinds.items() if kind == "joiner"} == set(now) - set(before)
    assert {name for name, kind in kinds.items() if kind == "leaver"} == set(before) - set(now)
    order = ["very_high", "high", "moderate", "none"]
    for name in set(now) & set(before):
        step = order.index(now[name]) - order.index(before[name])
        expected = "riser" if step < 0 else "faller" if step > 0 else "stayer"
        assert kinds.get(name, "stayer") == expected
        assert (name in kinds) == (expected != "stayer" or now[name] != "none")
    assert dict(
        zip(*(scores(two_months.after)[n].to_pylist() for n in ("pseudonym", "previous_tier")), strict=True)
    ) == {name: before.get(name) for name in now}


def test_people_who_moved_most_carry_why(two_months):
    explained = [row for row in pq.read_table(two_months.after / "movement.parquet").to_pylist() if row["why"]]
    assert explained
    for row in explained:
        changes = [change["change"] for change in row["why"]]
        rose = row["kind"] == "riser" or (row["kind"] == "stayer" and row["probability"] > row["previous_probability"])
        assert all(change > 0 for change in changes) if rose else all(change < 0 for change in changes)
        assert len(changes) <= 3


def test_lists_hold_each_practices_people_in_rank_order(two_months):
    ranked = [row for row in scores(two_months.after).to_pylist() if row["tier"] != "none"]
    lists = sorted((two_months.after / "lists").glob("*.csv"))
    assert [path.stem for path in lists] == sorted(
        pq.read_table(two_months.town.pack / "practices.parquet")["practice_code"].to_pylist()
    )
    for path in lists:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.reader(stream))
        titles = next(number for number, row in enumerate(rows) if row[:1] == ["Rank in practice"])
        column = rows[titles].index("Pseudonym")
        assert [row[column] for row in rows[titles + 1 :]] == [
            row["pseudonym"] for row in ranked if row["practice_code"] == path.stem
        ]
        assert any(DEMONSTRATION in cell for row in rows[:titles] for cell in row)
        sheet = openpyxl.load_workbook(path.with_suffix(".xlsx")).active
        shown = [row for row in sheet.iter_rows(values_only=True) if isinstance(row[0], int)]
        assert [row[column] for row in shown] == [row[column] for row in rows[titles + 1 :]]


def test_lists_of_rising_and_unknown_people_hold_whom_they_name(two_months):
    rows = scores(two_months.after).to_pylist()
    for folder, flag in (("rising", "rising"), ("not-known-to-services", "not_known_to_services")):
        shown = []
        for path in sorted((two_months.after / "lists" / folder).glob("*.csv")):
            with path.open(encoding="utf-8-sig", newline="") as stream:
                cells = list(csv.reader(stream))
            titles = next(number for number, row in enumerate(cells) if row[:1] == ["Rank in practice"])
            shown += [row[cells[titles].index("Pseudonym")] for row in cells[titles + 1 :]]
        assert sorted(shown) == sorted(row["pseudonym"] for row in rows if row[flag])
    assert any(row["rising"] for row in rows)


def test_no_nhs_number_is_in_a_run_without_a_purpose(two_months):
    numbers = {number.encode() for number in register_numbers(two_months.town.pack)}
    looked_at = 0
    for path in sorted(two_months.after.rglob("*")):
        if not path.is_file():
            continue
        parts = [path.read_bytes()]
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                parts = [book.read(name) for name in book.namelist()]
        if path.suffix == ".parquet":
            parts = ["\n".join(map(str, pq.read_table(path).to_pylist())).encode()]
        for content in parts:
            looked_at += 1
            assert not {re.sub(rb"\D", b"", hit) for hit in TEN_DIGITS.findall(content)} & numbers, path.name
    assert looked_at > 20


def test_the_case_app_can_take_the_run_in(two_months):
    summary = check_run(two_months.after)
    assert summary.people == scores(two_months.after).num_rows


@pytest.mark.parametrize("threads", [1, 2])
def test_a_rerun_gives_the_same_bytes(two_months, tmp_path, threads):
    again(two_months, tmp_path / "october", threads=threads)
    assert everything_but_timings(tmp_path / "october") == everything_but_timings(two_months.after)


def test_shuffled_input_gives_the_same_scores_lists_and_movement(two_months, tmp_path):
    pack = tmp_path / "pack"
    pack.mkdir()
    random = np.random.default_rng(4)
    for path in two_months.town.pack.glob("*.parquet"):
        table = pq.read_table(path)
        pq.write_table(table.take(random.permutation(table.num_rows)), pack / path.name)
    described = json.loads((two_months.town.pack / "manifest.json").read_text(encoding="utf-8"))
    for table in described["tables"].values():
        del table["sha256"]
    (pack / "manifest.json").write_text(json.dumps(described), encoding="utf-8")
    asked = {"key_file": two_months.town.key, "model_folder": two_months.town.model}
    run(pack, index_date=INDEX, out=tmp_path / "october", previous=two_months.before, **asked)
    here, there = everything_but_timings(tmp_path / "october"), everything_but_timings(two_months.after)
    same = [
        name
        for name in there
        if name.startswith("lists/") or name in ("scores.parquet", "refused.parquet", "movement.parquet")
    ]
    assert len(same) > 5
    assert [name for name in same if here[name] != there[name]] == []


def test_a_run_with_a_purpose_shows_nhs_numbers_and_says_so_in_the_log(two_months, tmp_path):
    folder = tmp_path / "identified"
    moment = datetime(2026, 10, 2, 9, 0, tzinfo=UTC)
    done = again(two_months, folder, purpose="care planning by the practices", who="a.manager", now=moment)
    known = register_numbers(two_months.town.pack)
    by_pseudonym = dict(zip(pseudonyms(load_key(two_months.town.key), known).astype(str), known, strict=True))
    listed = [row for row in scores(folder).to_pylist() if row["tier"] != "none"]
    for path in sorted((folder / "lists").glob("*.csv")):
        text = path.read_text(encoding="utf-8-sig")
        assert "NHS numbers shown for this purpose: care planning by the practices" in text
        rows = list(csv.reader(text.splitlines()))
        titles = next(number for number, row in enumerate(rows) if row[:1] == ["Rank in practice"])
        column = rows[titles].index("NHS number")
        shown = [row[column] for row in rows[titles + 1 :]]
        assert all(re.fullmatch(r"\d{3} \d{3} \d{4}", number) for number in shown)
        expected = [by_pseudonym[row["pseudonym"]] for row in listed if row["practice_code"] == path.stem]
        assert [number.replace(" ", "") for number in shown] == expected
    log = two_months.town.key.with_name("town.key.identifications.jsonl")
    line = json.loads(log.read_text(encoding="utf-8").splitlines()[-1])
    on_lists = sum(row["tier"] != "none" or row["rising"] for row in scores(folder).to_pylist())
    assert (line["who"], line["purpose"], line["rows"]) == ("a.manager", "care planning by the practices", on_lists)
    assert (line["run_id"], line["when"]) == (done.run_id, "2026-10-02T09:00:00+00:00")


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"score": "hfrs"}, InputRefused, "Found both"),
        ({"model_folder": None}, InputRefused, "Found neither"),
        ({"index_date": BEFORE}, InputRefused, "index date before 2026-09-01"),
        ({"purpose": "care", "who": "me"}, KeyRefused, "name of whoever asks"),
    ],
)
def test_run_refuses_what_does_not_fit_and_leaves_nothing(two_months, tmp_path, changes, error, message):
    with pytest.raises(error, match=message):
        again(two_months, tmp_path / "out", **changes)
    assert list(tmp_path.iterdir()) == []


def test_run_refuses_a_previous_run_of_another_key(two_months, tmp_path):
    make_key(tmp_path / "other.key")
    with pytest.raises(KeyRefused, match="cannot be matched across keys"):
        again(two_months, tmp_path / "out", key_file=tmp_path / "other.key")


def test_run_refuses_a_previous_run_that_was_changed(two_months, tmp_path):
    copy = tmp_path / "september"
    shutil.copytree(two_months.before, copy)
    (copy / "refused.parquet").write_bytes((copy / "refused.parquet").read_bytes() + b" ")
    with pytest.raises(InputRefused, match=r"refused\.parquet in september as the run wrote it"):
        again(two_months, tmp_path / "out", previous=copy)
    said = manifest(copy) | {"place": "Elsewhere"}
    (copy / "manifest.json").write_text(json.dumps(said), encoding="utf-8")
    with pytest.raises(InputRefused, match="same place"):
        again(two_months, tmp_path / "out", previous=copy)
    with pytest.raises(InputRefused, match="finished run"):
        again(two_months, tmp_path / "out", previous=tmp_path)


def test_run_refuses_an_existing_folder(two_months):
    with pytest.raises(OutputRefused, match="it exists"):
        again(two_months, two_months.after)


@pytest.mark.parametrize("kind", ["hfrs", "charlson", "efi"])
def test_an_index_gives_points_and_the_conditions_counted(two_months, tmp_path, kind):
    asked = {"key_file": two_months.town.key, "score": kind}
    run(two_months.town.pack, index_date=BEFORE, out=tmp_path / "september", **asked)
    done = run(
        two_months.town.pack, index_date=INDEX, out=tmp_path / "october", previous=tmp_path / "september", **asked
    )
    check_scores(tmp_path / "october" / "scores.parquet")
    first = scores(tmp_path / "october").slice(0, 1).to_pylist()[0]
    assert (first["score_kind"], first["probability"], first["baseline"]) == (kind, None, 0.0)
    assert first["reasons"]
    assert "latest record" in first["reasons"][0]["text"]
    assert sum(done.moves.values()) == done.scored + done.moves["leaver"]


def test_the_pack_of_the_run_is_still_the_one_it_names(two_months):
    pack = open_pack(two_months.town.pack)
    assert manifest(two_months.after)["pack_id"] == pack.manifest.pack_id
    assert "gp_register.parquet" in manifest(two_months.after)["inputs"]
