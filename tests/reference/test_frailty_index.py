"""The electronic frailty index against the published rule in plain Python, on random general practice records."""

from random import Random

import numpy as np
import pytest

from stratify.engine import connect
from stratify.features.matrix import build_features
from stratify.indices import index_components, score_zone
from stratify.settings import default_config
from tests.support.histories import BNF, codes_of
from tests.support.zones import INDEX, T, ago, write_zone

FEW, MANY = 3_000, 100_000
DEFICITS = {
    path.stem: frozenset(map(int, codes_of(path.stem))) for path in (default_config() / "codelists").glob("efi_*.csv")
}


def random_record(people, seed):
    random = Random(seed)
    pool = [*sorted(set().union(*DEFICITS.values())), 44054006001, 999000001, 195967001]
    codes = [_event(random, people, 9000) | {"snomed": random.choice(pool)} for _ in range(people * 6)]
    scripts = [_event(random, people, 500) | {"bnf_code": random.choice(BNF)} for _ in range(people * 4)]
    return codes, scripts


def _event(random, people, before):
    day = T - random.randrange(-40, before)
    return {"pid": random.randrange(people), "day": day, "avail": day + random.randrange(60)}


def plain_efi(people, codes, scripts):
    """Deficits as a share of 36: any code of a list at any time, or five different substances within a year."""
    present = [set() for _ in range(people)]
    medicines = [set() for _ in range(people)]
    lists_of = {}
    for name, members in DEFICITS.items():
        for code in members:
            lists_of.setdefault(code, set()).add(name)
    for row in codes:
        if row["day"] < T and row["avail"] < T:
            present[row["pid"]] |= lists_of.get(row["snomed"], set())
    for row in scripts:
        if row["day"] < T and row["avail"] < T and row["day"] >= T - 365:
            medicines[row["pid"]].add(row["bnf_code"][:9])
    return np.array([(len(d) + (len(m) >= 5)) / 36 for d, m in zip(present, medicines, strict=True)])


@pytest.fixture(
    scope="module", params=[FEW, pytest.param(MANY, marks=pytest.mark.slow)], ids=["few_people", "many_people"]
)
def place(request, tmp_path_factory):
    codes, scripts = random_record(request.param, seed=2016)
    zone = write_zone(
        tmp_path_factory.mktemp("efi"), {"gp_codes": codes, "gp_prescriptions": scripts},
        people=request.param, chunk_size=request.param // 2 + 7,
    )  # fmt: skip
    return request.param, codes, scripts, zone


@pytest.fixture(scope="module")
def connection():
    return connect(threads=2)


def test_there_are_36_deficits_with_polypharmacy():
    assert len(DEFICITS) + 1 == 36


def test_efi_equals_plain_python(place, connection):
    people, codes, scripts, zone = place
    ours = score_zone(zone, INDEX, "efi", connection, range(people))
    plain = plain_efi(people, codes, scripts)
    assert (plain > 0.25).any()
    assert np.array_equal(ours, plain)
    matrix = build_features(zone, INDEX, pids=range(people), connection=connection, names=["efi"])
    assert np.array_equal(matrix.column("efi"), plain.astype(np.float32))


def test_components_add_up_to_the_score(place, connection):
    people, _, _, zone = place
    parts = index_components(zone, INDEX, "efi", connection, range(people))
    count = np.bincount(parts.pids, minlength=people)
    assert np.array_equal(count / 36, score_zone(zone, INDEX, "efi", connection, range(people)))
    assert set(parts.codes) == {name.removeprefix("efi_") for name in DEFICITS} | {"polypharmacy"}


@pytest.mark.parametrize(
    ("codes", "deficit"),
    [
        (["0202010B0AAABAB", "0205051R0AAADAD", "0206020A0AAAAAA", "0208020V0AAAAAA", "0301011R0AAAPAP"], True),
        # Two strengths of one substance are one medicine.
        (["0202010B0AAABAB", "0202010B0BBACAC", "0206020A0AAAAAA", "0208020V0AAAAAA", "0301011R0AAAPAP"], False),
        (["0202010B0AAABAB"] * 9, False),
    ],
)
def test_polypharmacy_is_five_different_medicines_in_a_year(connection, tmp_path, codes, deficit):
    rows = [ago(300 - n, bnf_code=code) for n, code in enumerate(codes)]
    zone = write_zone(tmp_path, {"gp_codes": [], "gp_prescriptions": rows})
    assert score_zone(zone, INDEX, "efi", connection)[0] == (1 / 36 if deficit else 0.0)


def test_a_fifth_medicine_more_than_a_year_ago_does_not_count(connection, tmp_path):
    rows = [ago(365 if n else 366, bnf_code=code) for n, code in enumerate(BNF[:5])]
    zone = write_zone(tmp_path, {"gp_codes": [], "gp_prescriptions": rows})
    assert score_zone(zone, INDEX, "efi", connection)[0] == 0.0
