"""The code lists: what ships is sound, and what is not sound is refused by name."""

import pytest

from stratify.exceptions import ConfigRefused
from stratify.features.codelists import load_codelist, load_codelists
from stratify.settings import default_config
from tests.support.copied_config import CopiedConfig

SHIPPED = load_codelists(default_config())


@pytest.fixture
def config(tmp_path):
    return CopiedConfig(tmp_path)


@pytest.mark.parametrize("found", SHIPPED.values(), ids=lambda found: found.name)
def test_a_shipped_list_says_where_it_is_from(found):
    assert found.source
    assert found.date
    assert found.rows
    assert all(row["term"] for row in found.rows)


def test_hfrs_has_109_codes_that_sum_to_173_2():
    rows = load_codelist(default_config(), "hfrs").rows
    assert len(rows) == 109
    assert sum(round(float(row["points"]) * 10) for row in rows) == 1732


def test_charlson_has_17_conditions_with_the_published_weights():
    weights = {row["condition"]: int(row["weight"]) for row in load_codelist(default_config(), "charlson").rows}
    assert len(weights) == 17
    assert {name for name, weight in weights.items() if weight == 6} == {"aids_hiv", "metastatic_solid_tumour"}
    assert weights["moderate_or_severe_liver_disease"] == 3
    assert {name for name, weight in weights.items() if weight == 2} == {
        "any_malignancy",
        "diabetes_with_complication",
        "hemiplegia_or_paraplegia",
        "renal_disease",
    }


def test_there_are_35_coded_deficits_of_the_frailty_index():
    assert len([name for name in SHIPPED if name.startswith("efi_")]) == 35


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("efi_heart_failure", "53741008"),  # coronary arteriosclerosis
        ("efi_ckd", "73211009"),  # diabetes mellitus
        ("anxiety", "14168008"),  # rabies
        ("dementia", "68638009"),  # the agent of BSE
        ("care_home", "1024771000000108"),  # lives in hospice
    ],
)
def test_a_doubtful_member_was_left_out_and_the_index_says_so(name, code):
    found = SHIPPED[name]
    assert code not in found.codes
    assert any(line.startswith(code) for line in found.removed)


def test_what_was_left_out_is_not_in_the_list():
    for found in SHIPPED.values():
        assert {line.split()[0] for line in found.removed}.isdisjoint(found.codes), found.name


def test_a_changed_file_is_refused_by_name(config):
    with config.path("heart_failure").open("a", encoding="utf-8") as file:
        file.write("53741008,Coronary arteriosclerosis\n")
    with pytest.raises(ConfigRefused, match="heart_failure"):
        load_codelists(config.folder)


def test_a_missing_file_is_refused_by_name(config):
    config.path("hfrs").unlink()
    with pytest.raises(ConfigRefused, match="hfrs"):
        load_codelists(config.folder)


def test_a_file_the_index_does_not_know_is_refused_by_name(config):
    config.path("gout").write_text("code,term\n90560007,Gout\n", encoding="utf-8")
    with pytest.raises(ConfigRefused, match="gout"):
        load_codelists(config.folder)


def test_a_wrong_count_is_refused_by_name(config):
    index = config.folder / "codelists" / "index.toml"
    text = index.read_text(encoding="utf-8")
    assert "count = 109" in text
    index.write_text(text.replace("count = 109", "count = 108"), encoding="utf-8")
    with pytest.raises(ConfigRefused, match="hfrs"):
        load_codelists(config.folder)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("homeless", "code,term\n32911001,Homeless with a wrong check digit\n"),
        ("homeless", "code,term\n3.2911E+07,Homeless from a spreadsheet\n"),
        ("self_harm", "code,term\nX6,Too short for a category\n"),
        ("self_harm", "code,term\nX60,a\nX60,twice\n"),
        ("bnf_sections", "code,term,medicine\nB02,No section,diuretics\n"),
    ],
)
def test_a_code_its_system_does_not_know_is_refused_by_list(config, name, content):
    config.review(name, content)
    with pytest.raises(ConfigRefused, match=name):
        load_codelists(config.folder)


def test_a_reviewed_change_is_accepted(config):
    config.drop_last_code("homeless")
    assert len(load_codelist(config.folder, "homeless").rows) == len(SHIPPED["homeless"].rows) - 1


def test_a_list_that_does_not_exist_is_refused_by_name(config):
    with pytest.raises(ConfigRefused, match="gout"):
        load_codelist(config.folder, "gout")
