"""What a load refuses, before it has written anything."""

import json
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import func, select

from caseload.exceptions import RunRefused
from caseload.intake.load_run import load_run
from caseload.tables import Organisation, Person, RiskRun, RiskScore, Table
from interfaces.exceptions import KeyRefused, PackError, PackRefused, ScoreFileVersion
from interfaces.pseudonyms import Key, pseudonym
from tests.support.case_app import NOW
from tests.support.months import NOVEMBER, OCTOBER, SEPTEMBER, make_month, rewritten, with_other_key, write_key
from tests.support.packs import nhs, seal

OTHER = Key.of(b"another key, 32 bytes long, yes!")


def rows_of(store, table=Table):
    """How many rows the case database has, but for the head of the audit log, which is always there."""
    tables = Table.metadata.sorted_tables if table is Table else [table.__table__]
    with store.reading() as session:
        return sum(
            session.execute(select(func.count()).select_from(one)).scalar_one()
            for one in tables
            if one.name != "audit_head"
        )


@pytest.fixture
def october(tmp_path):
    return make_month(tmp_path / "october")


def test_a_score_file_of_an_unknown_version_is_refused(store, october):
    scores = october.run / "scores.parquet"
    table = pq.read_table(scores)
    metadata = table.schema.metadata | {b"caretier.score_file_version": b"99"}
    pq.write_table(table.replace_schema_metadata(metadata), scores)
    with pytest.raises(ScoreFileVersion, match="version 99"):
        load_run(store, rewritten(october).request, now=NOW)
    assert rows_of(store) == 0


def test_a_score_file_changed_since_the_run_is_refused(store, october):
    pq.write_table(pq.read_table(october.run / "scores.parquet").slice(1), october.run / "scores.parquet")
    with pytest.raises(RunRefused, match="as the run wrote it"):
        load_run(store, october.request, now=NOW)
    assert rows_of(store) == 0


def test_a_pack_of_another_place_is_refused(store, tmp_path):
    month = make_month(tmp_path / "month", place="Elsewhere")
    with pytest.raises(RunRefused, match="a pack of Elsewhere, as the run is. Found one of Testborough"):
        load_run(store, month.request, now=NOW)
    assert rows_of(store) == 0


def test_another_key_than_the_runs_is_refused_as_a_key(store, october, tmp_path):
    with pytest.raises(KeyRefused, match="that the run was made with") as refused:
        load_run(store, with_other_key(october, tmp_path).request, now=NOW)
    assert refused.value.exit_code == 4
    assert rows_of(store) == 0


def test_a_key_inside_the_pack_is_refused(store, october):
    inside = replace(october, key_file=october.key_file.rename(october.pack / "key"))
    with pytest.raises(KeyRefused, match="outside the data"):
        load_run(store, inside.request, now=NOW)


def test_a_pack_changed_since_the_run_is_refused_by_the_name_of_the_file(store, october):
    register = october.pack / "gp_register.parquet"
    pq.write_table(pq.read_table(register).slice(1), register)
    seal(october.pack, extracted_on=OCTOBER)
    with pytest.raises(RunRefused, match="other contents in gp_register.parquet"):
        load_run(store, october.request, now=NOW)
    assert rows_of(store) == 0


def test_a_pack_that_lost_a_table_the_run_used_is_refused(store, tmp_path):
    objections = [{"nhs_number": nhs(1), "kind": "sharing", "from_date": "2026-01-01"}]
    month = make_month(tmp_path / "month", objections=objections)
    (month.pack / "objections.parquet").unlink()
    seal(month.pack, extracted_on=OCTOBER)
    with pytest.raises(RunRefused, match="without objections.parquet"):
        load_run(store, month.request, now=NOW)


def test_tables_only_scoring_needs_may_be_held_back(store, tmp_path):
    codes = [{"nhs_number": nhs(1), "snomed_code": "44054006", "recorded_on": "2026-01-01"}]
    month = make_month(tmp_path / "month", gp_codes=codes)
    (month.pack / "gp_codes.parquet").unlink()
    assert load_run(store, month.request, now=NOW).scores == 12


def test_a_pack_without_names_is_refused(store, october):
    (october.pack / "demographics.parquet").unlink()
    seal(october.pack, extracted_on=OCTOBER)
    with pytest.raises(RunRefused, match="one without demographics"):
        load_run(store, rewritten(october).request, now=NOW)


def test_a_pack_without_a_manifest_is_refused(store, october):
    (october.pack / "manifest.json").unlink()
    with pytest.raises(PackError, match="manifest.json"):
        load_run(store, october.request, now=NOW)


def test_a_table_that_cannot_be_read_is_refused(store, october):
    (october.pack / "demographics.parquet").write_bytes(b"PAR1 but no more")
    with pytest.raises(PackRefused, match="demographics"):
        load_run(store, rewritten(october).request, now=NOW)


def test_somebody_scored_who_is_not_on_the_register_is_refused(store, october):
    scores = october.run / "scores.parquet"
    table = pq.read_table(scores)
    names = [f"{number:032x}" for number in range(table.num_rows)]
    pq.write_table(table.set_column(0, table.schema.field(0), pa.array(names)), scores)
    with pytest.raises(RunRefused, match="12 people who are not"):
        load_run(store, rewritten(october).request, now=NOW)
    assert rows_of(store) == 0


def test_a_manifest_that_does_not_say_what_the_run_was_made_from_is_refused(store, october):
    manifest = json.loads((october.run / "manifest.json").read_text(encoding="utf-8"))
    (october.run / "manifest.json").write_text(json.dumps({"outputs": manifest["outputs"]}), encoding="utf-8")
    with pytest.raises(RunRefused, match="files it was made from"):
        load_run(store, october.request, now=NOW)


def test_a_run_of_another_place_than_those_taken_in_is_refused(store, october, tmp_path):
    load_run(store, october.request, now=NOW)
    before = rows_of(store)
    other = make_month(tmp_path / "november", index=NOVEMBER, place="Otherborough")
    manifest = json.loads((other.pack / "manifest.json").read_text(encoding="utf-8"))
    (other.pack / "manifest.json").write_text(json.dumps({**manifest, "place": "Otherborough"}), encoding="utf-8")
    with pytest.raises(RunRefused, match="same place as those taken in before, Testborough. Found Otherborough"):
        load_run(store, other.request, now=NOW)
    assert rows_of(store) == before


def test_a_run_with_another_key_than_those_taken_in_is_refused(store, october, tmp_path):
    load_run(store, october.request, now=NOW)
    other = make_month(tmp_path / "november", index=NOVEMBER, key=OTHER)
    with pytest.raises(KeyRefused, match="runs taken in before"):
        load_run(store, other.request, now=NOW)
    assert rows_of(store, RiskRun) == 1


def test_a_place_that_changed_its_key_goes_on_with_the_same_people(store, october, tmp_path):
    load_run(store, october.request, now=NOW)
    other = make_month(tmp_path / "november", index=NOVEMBER, key=OTHER, absent=[12], tiers={1: "high", 2: "none"})
    loaded = load_run(store, replace(other.request, new_key=True), now=NOW)
    assert (loaded.scores, loaded.latest.people.new) == (2, 0)
    with store.reading() as session:
        names = dict(session.execute(select(Person.nhs_number, Person.pseudonym)).all())
        assert names == {nhs(number): pseudonym(OTHER, nhs(number)) for number in range(1, 13)}
        scores = select(func.count()).select_from(RiskScore).join(Person).where(Person.nhs_number == nhs(1))
        assert session.execute(scores).scalar_one() == 2
    again = make_month(tmp_path / "december", index=NOVEMBER, key=OTHER, tiers={1: "high", 3: "none"})
    assert load_run(store, again.request, now=NOW).latest is not None


@pytest.mark.parametrize("column", ["outcome", "score_kind"])
def test_a_run_of_another_outcome_or_score_than_those_taken_in_is_refused(store, october, tmp_path, column):
    load_run(store, october.request, now=NOW)
    changed = {"outcome": {"outcome": "death_12m"}, "score_kind": {"score_kind": "efi", "probability": None}}[column]
    other = make_month(tmp_path / "november", index=NOVEMBER, run_columns=changed)
    with pytest.raises(RunRefused, match=f"same {column.replace('_', ' ')}"):
        load_run(store, other.request, now=NOW)
    assert rows_of(store, RiskRun) == 1


def test_an_older_month_is_refused(store, october, tmp_path):
    load_run(store, october.request, now=NOW)
    before = rows_of(store)
    september = make_month(tmp_path / "september", index=SEPTEMBER)
    with pytest.raises(RunRefused, match="a run for 2026-10-01 or later.*--older"):
        load_run(store, september.request, now=NOW)
    assert rows_of(store) == before


def test_a_later_run_of_an_older_pack_is_refused(store, october, tmp_path):
    load_run(store, october.request, now=NOW)
    stale = make_month(tmp_path / "stale", index=OCTOBER, extracted=SEPTEMBER, tiers={1: "high"})
    with pytest.raises(RunRefused, match="of a pack of 2026-10-01 or later"):
        load_run(store, stale.request, now=NOW)


def test_an_older_month_when_told_so_adds_scores_of_known_people_and_nothing_else(store, tmp_path):
    november = make_month(tmp_path / "november", index=NOVEMBER, absent=[12], tiers={1: "high", 2: "none"})
    load_run(store, november.request, now=NOW)
    before = rows_of(store)
    september = make_month(tmp_path / "september", index=SEPTEMBER, names={1: {"family_name": "Earlier"}})
    loaded = load_run(store, replace(september.request, older=True), now=NOW)
    assert (loaded.scores, loaded.scored, loaded.latest) == (11, 12, None)  # person 12 is not known
    assert rows_of(store) == before + 11 + 2  # the scores, the run, its audit event
    with store.reading() as session:
        names = session.execute(select(Person.family_name).where(Person.nhs_number == nhs(1))).scalar_one()
        tiers = session.execute(
            select(RiskScore.tier).join(Person).where(Person.nhs_number == nhs(1)).order_by(RiskScore.run_id)
        ).scalars()
        assert (names, list(tiers)) == ("O’Family1", ["high", "very_high"])
    assert "only its scores were taken in" in "\n".join(loaded.lines())


def test_a_corrected_run_of_the_same_month_is_taken_in_beside_the_first(store, october, tmp_path):
    load_run(store, october.request, now=NOW)
    corrected = make_month(tmp_path / "again", tiers={1: "none", 2: "very_high", 3: "high"})
    loaded = load_run(store, corrected.request, now=NOW)
    assert loaded.latest is not None
    assert rows_of(store, RiskRun) == 2


def test_refusals_name_nobody(store, tmp_path):
    month = make_month(tmp_path / "month")
    write_key(month.key_file, OTHER)
    with pytest.raises(KeyRefused) as refused:
        load_run(store, month.request, now=NOW)
    assert nhs(1) not in str(refused.value)
    assert rows_of(store, Organisation) == 0
