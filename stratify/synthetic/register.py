"""The GP register, demographics, objections, practices and the population table."""

from dataclasses import dataclass

import numpy as np

from stratify.synthetic import names, rates
from stratify.synthetic.arrays import DAYS_PER_YEAR, NEVER, NO_CODE, NO_DAY, Ints
from stratify.synthetic.places import AREA_CODE, BOROUGH
from stratify.synthetic.setting import Setting
from stratify.synthetic.tables import Coded, Column, Dates, Table, Texts, Wholes

PARTNERSHIPS: tuple[str, ...] = ("single", "married_or_civil", "cohabiting", "separated_or_divorced", "widowed")
RESIDENCES: tuple[str, ...] = ("home", "sheltered", "residential_care", "nursing_care", "no_fixed_abode")
SEXES: tuple[str, ...] = ("1", "2", "9", "0")
_ETHNIC = tuple(code for code, _ in rates.ETHNIC_SHARES)
POSTCODES = names.postcodes(rates.LOCALITIES, 4000)
_PHONES = tuple(
    [f"07700 900{number:03d}" for number in range(1000)] + [f"020 7946 0{number:03d}" for number in range(1000)]
)
"""Numbers that Ofcom keeps for drama."""
_NOT_STATED = {"partnership": 0.28, "alone": 0.30, "residence": 0.05, "carer": 0.40}
"""Share of the register where each is empty; assumption."""


@dataclass(frozen=True)
class Identity:
    """Names, sex as registered and where people live: positions in the lists of `names` and here."""

    family: Ints
    given: Ints
    sex: Ints
    postcode: Ints
    door: Ints
    street: Ints


def make_identity(setting: Setting) -> Identity:
    """Who everybody is; a household is not made, people live by chance."""
    people = setting.people
    generator = setting.stream("identity")
    family, given = names.draw_names(people, generator)
    sex = np.where(people.female, 1, 0)
    sex = np.where(
        generator.random(people.count) < rates.SEX_NOT_STATED, 2 + (generator.random(people.count) < 0.3), sex
    )
    locality = setting.places.area_localities[people.area]
    used = max(20, min(4000, people.count // (15 * rates.LOCALITIES)))
    postcode = locality * 4000 + generator.integers(0, used, people.count)
    door = generator.integers(1, 120, people.count)
    street = generator.integers(0, len(names.STREETS), people.count)
    return Identity(family, given, sex.astype(np.int8), postcode.astype(np.int16), door, street)


def _registered_by(setting: Setting, extracted: int) -> Ints:
    """Everybody ever registered before an extraction, in the order of their numbers."""
    person = np.flatnonzero(setting.kept & (setting.people.registered < extracted))
    return person[np.argsort(setting.rank[person], kind="stable")]


def register_table(setting: Setting, identity: Identity, extracted: int) -> Table:
    """The register as it stood at an extraction: later moves and deaths are not on it, circumstances are the day's."""
    people = setting.people
    person = _registered_by(setting, extracted)
    died = setting.history.died[person]
    leaves = people.leaves[person]
    gone = (leaves < extracted) & (leaves <= died)
    dead = (died < extracted) & (died < leaves)
    missing_decile = setting.stream("decile").random(people.count) < rates.DECILE_MISSING
    columns: dict[str, Column] = {
        "date_of_birth": Dates(people.birth[person]),
        "sex": Coded(identity.sex[person], SEXES),
        "ethnic_category": Coded(
            np.where(people.ethnic[person] == len(_ETHNIC) - 1, NO_CODE, people.ethnic[person]).astype(np.int8), _ETHNIC
        ),
        "lsoa_code": Coded(
            np.where(missing_decile[person], NO_CODE, people.area[person]).astype(np.int16), setting.places.area_codes
        ),
        "imd_decile": Wholes(np.where(missing_decile, NO_CODE, people.decile)[person]),
        "practice_code": Coded(people.practice[person], setting.places.practice_codes),
        "registered_on": Dates(people.registered[person]),
        "deregistered_on": Dates(np.where(gone, leaves, NO_DAY)),
        "date_of_death": Dates(np.where(dead, died, NO_DAY)),
        **_circumstances(setting, person, extracted),
    }
    return Table("gp_register", setting.rank[person], people.registered[person], None, columns)


def _circumstances(setting: Setting, person: Ints, extracted: int) -> dict[str, Column]:
    later = extracted > setting.timeline.index
    history = setting.history
    partnership, alone, residence, carer = (
        history.circumstances_at_later if later else history.circumstances_at_index
    )[:, person]
    generator = setting.stream("not_stated")
    empty = {name: (generator.random(setting.people.count) < share)[person] for name, share in _NOT_STATED.items()}
    return {
        "residence": Coded(np.where(empty["residence"] & (residence < 2), NO_CODE, residence), RESIDENCES),
        "lives_alone": Wholes(np.where(empty["alone"], NO_CODE, alone)),
        "partnership_status": Coded(np.where(empty["partnership"], NO_CODE, partnership), PARTNERSHIPS),
        "has_carer": Wholes(np.where(empty["carer"], NO_CODE, carer)),
    }


def demographics_table(setting: Setting, identity: Identity, extracted: int) -> Table:
    """Names, birth dates and addresses of everybody on the register."""
    person = _registered_by(setting, extracted)
    generator = setting.stream("phones")
    phone = np.where(
        generator.random(setting.people.count) < 0.18,
        NO_CODE,
        generator.integers(0, len(_PHONES), setting.people.count),
    )
    addresses = [
        f"{door} {names.STREETS[street]}"
        for door, street in zip(identity.door[person].tolist(), identity.street[person].tolist(), strict=True)
    ]
    columns: dict[str, Column] = {
        "family_name": Coded(identity.family[person], names.FAMILY_NAMES),
        "given_name": Coded(identity.given[person], names.GIVEN_NAMES),
        "date_of_birth": Dates(setting.people.birth[person]),
        "sex": Coded(identity.sex[person], SEXES),
        "postcode": Coded(identity.postcode[person], POSTCODES),
        "address_line": Texts(addresses),
        "phone": Coded(phone[person].astype(np.int16), _PHONES),
    }
    return Table("demographics", setting.rank[person], setting.people.registered[person], None, columns)


def objections_table(setting: Setting, extracted: int) -> Table:
    """Objections of each kind, a few withdrawn since."""
    people, generator = setting.people, setting.stream("objections")
    kinds = tuple(rates.OBJECTION_SHARES)
    found: list[tuple[Ints, Ints, Ints, Ints]] = []
    for number, share in enumerate(rates.OBJECTION_SHARES.values()):
        person = np.flatnonzero(setting.kept & (generator.random(people.count) < share))
        since = np.maximum(people.registered[person], setting.timeline.first_day - 1500)
        start = since + (generator.random(len(person)) * (setting.timeline.later - since)).astype(np.int32)
        ends = np.where(
            generator.random(len(person)) < rates.OBJECTION_WITHDRAWN,
            start + generator.integers(30, 900, len(person)),
            NEVER,
        )
        found.append((person, start, ends, np.full(len(person), number, dtype=np.int8)))
    person, start, ends, kind = (np.concatenate([part[column] for part in found]) for column in range(4))
    kept = (start < extracted) & (people.registered[person] < extracted) & (start < setting.end[person])
    columns: dict[str, Column] = {
        "kind": Coded(kind, kinds),
        "from_date": Dates(start.astype(np.int32)),
        "to_date": Dates(np.where(ends < extracted, ends, NO_DAY).astype(np.int32)),
    }
    return Table("objections", setting.rank[person], start.astype(np.int32), None, columns).where(kept).sorted()


def practices_table(setting: Setting) -> Table:
    """Practices with their network, locality and borough."""
    rows = setting.places.practice_rows()
    size = len(rows["practice_code"])
    nothing = np.full(size, -1, dtype=np.int32)
    return Table(
        "practices",
        nothing,
        np.arange(size, dtype=np.int32),
        None,
        {name: Texts(values) for name, values in rows.items()},
    )


def population_table(setting: Setting, extracted: int) -> Table:
    """Persons by age band in the borough and its localities: residents, a few per cent fewer than are registered."""
    people = setting.people
    here = setting.kept & (people.registered < extracted) & (setting.end > extracted)
    age = (extracted - people.birth) / DAYS_PER_YEAR
    band = np.searchsorted((18, 65), age[here], side="right")
    locality = setting.places.area_localities[people.area[here]]
    localities = list(dict.fromkeys(setting.places.practice_rows()["locality"]))
    areas = [AREA_CODE, *localities]
    counts = [np.bincount(band, minlength=3)]
    counts += [
        np.bincount(band[locality % len(localities) == number], minlength=3) for number in range(len(localities))
    ]
    persons = np.round(np.stack(counts) * 0.955).astype(np.int32).ravel()
    size = len(persons)
    columns: dict[str, Column] = {
        "area": Texts([BOROUGH if area == AREA_CODE else area for area in areas for _ in range(3)]),
        "age_band": Texts(["0-17", "18-64", "65+"] * len(areas)),
        "persons": Wholes(persons),
        "as_of": Dates(np.full(size, extracted - 92, dtype=np.int32)),
    }
    return Table("population", np.full(size, -1, dtype=np.int32), np.arange(size, dtype=np.int32), None, columns)
