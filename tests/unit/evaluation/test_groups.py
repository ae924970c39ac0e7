import numpy as np

from stratify.evaluation.groups import age_bands, imd_fifths, person_groups


def test_age_bands_at_their_edges():
    years = np.asarray([0, 17, 18, 44, 45, 64, 65, 74, 75, 84, 85, 103])
    found = age_bands(years).tolist()
    assert found == [
        "0 to 17", "0 to 17", "18 to 44", "18 to 44", "45 to 64", "45 to 64",
        "65 to 74", "65 to 74", "75 to 84", "75 to 84", "85 and over", "85 and over",
    ]  # fmt: skip


def test_imd_fifths_with_what_is_missing_or_impossible():
    found = imd_fifths(np.asarray([1, 2, 3, 9, 10, np.nan, 0, 11, -1]))
    assert found.tolist()[:5] == [
        "1 (most deprived)",
        "1 (most deprived)",
        "2",
        "5 (least deprived)",
        "5 (least deprived)",
    ]
    assert set(found.tolist()[5:]) == {"Not recorded"}


def test_ethnicity_keeps_not_stated_and_not_recorded_as_groups():
    codes = np.asarray(["A", "G", "L", "P", "R", "S", "Z", "99", None, "", "?"], dtype=object)
    assert person_groups({"ethnic_category": codes})["ethnicity"].tolist() == [
        "White", "Mixed", "Asian or Asian British", "Black or Black British", "Other ethnic groups",
        "Other ethnic groups", "Not stated", "Not recorded", "Not recorded", "Not recorded", "Not recorded",
    ]  # fmt: skip


def test_every_ethnic_category_of_the_contract_has_a_group():
    codes = np.asarray([*"ABCDEFGHJKLMNPRS", "Z", "99"], dtype=object)
    found = person_groups({"ethnic_category": codes})["ethnicity"].tolist()
    assert found.count("Not recorded") == 1


def test_sex_and_residence_in_words():
    groups = person_groups(
        {"sex": np.asarray([1, 2, 9, 0], dtype=np.int8), "residence": np.asarray(["home", None, "nursing_care", "x"])}
    )
    assert groups["sex"].tolist() == ["Male", "Female", "Indeterminate", "Not known"]
    assert groups["residence"].tolist() == ["Own home", "Not recorded", "Nursing home", "Not recorded"]


def test_places_keep_their_codes_and_absent_columns_give_no_group():
    groups = person_groups({"practice_code": np.asarray(["F84001"]), "network": np.asarray(["N1"])})
    assert {name: labels.tolist() for name, labels in groups.items()} == {"practice": ["F84001"], "network": ["N1"]}
