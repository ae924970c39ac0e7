"""What the council holds: its own people with their own numbers, only some with an NHS number, and their events."""

from dataclasses import dataclass

import numpy as np

from stratify.synthetic import names, rates
from stratify.synthetic.arrays import NEVER, NO_CODE, NO_DAY, Bools, Ints, from_tenths
from stratify.synthetic.condition_list import POSITION
from stratify.synthetic.places import AREA_CODE
from stratify.synthetic.register import POSTCODES, SEXES, Identity
from stratify.synthetic.setting import Setting
from stratify.synthetic.social_care import EVENT_TYPES, GROUPS, OUTCOMES, SERVICES, client_group
from stratify.synthetic.tables import Coded, Column, Dates, Marks, Numbers, Table, Texts

_CARER = GROUPS.index("carer")


@dataclass(frozen=True)
class Clients:
    """Council people: the person behind each (or -1 for one on no register), client group, first event, numbered or not."""

    person: Ints
    group: Ints
    since: Ints
    numbered: Bools
    event_client: Ints
    events: dict[str, Ints]


def make_clients(setting: Setting) -> Clients:
    """Council people from the events the years left; carers are people in their own right under their own number."""
    generator = setting.stream("clients")
    columns = ("person", "day", "end", "event", "service", "hours", "outcome", "carer")
    rows = setting.history.journal.read("social_care_events", columns)
    people = setting.people
    keep = (
        setting.kept[rows["person"]]
        & (rows["day"] >= people.birth[rows["person"]])
        & (rows["day"] < setting.end[rows["person"]])
    )
    rows = {name: values[keep] for name, values in rows.items()}
    key = rows["person"].astype(np.int64) * 2 + rows["carer"]
    keys, client = np.unique(key, return_inverse=True)
    person = (keys // 2).astype(np.int32)
    since = np.full(len(keys), NEVER, dtype=np.int32)
    np.minimum.at(since, client, rows["day"])
    group = np.where(keys % 2 == 1, _CARER, _groups(setting, person, since))
    person = np.where(generator.random(len(keys)) < rates.COUNCIL_ONLY, -1, person)
    coverage = np.asarray([rates.COVERAGE[name] for name in GROUPS])[group]
    # Strangers have no number here; the others make up for them, so that the share is of all the group's people.
    numbered = (generator.random(len(keys)) < coverage / (1 - rates.COUNCIL_ONLY)) & (person >= 0)
    return Clients(person, group.astype(np.int8), since, numbered, client.astype(np.int32), rows)


def _groups(setting: Setting, person: Ints, since: Ints) -> Ints:
    course = setting.course
    has = {
        name: course.onset[POSITION[name], person] < since
        for name in ("severe_mental_illness", "dementia", "learning_disability")
    }
    ill = sum(
        (course.onset[POSITION[name], person] < since) * weight
        for name, weight in (("stroke", 0.3), ("parkinsons", 0.3), ("osteoarthritis", 0.26), ("epilepsy", 0.1))
    )
    age = ((since - setting.people.birth[person]) / 365.25).astype(np.int16)
    return client_group(has, np.asarray(ill), age)


def people_table(setting: Setting, clients: Clients, identity: Identity, extracted: int) -> Table:
    """The council's person table: names with slips, some wrong birth dates, old postcodes."""
    generator = setting.stream("council people")
    size = len(clients.person)
    known = np.maximum(clients.person, 0)
    stranger = clients.person < 0
    strangers_birth = setting.timeline.index - generator.integers(20 * 365, 90 * 365, size)
    birth = np.where(stranger, strangers_birth, setting.people.birth[known])
    family, given = _typed(clients, identity, generator)
    sex = np.where(
        generator.random(size) < rates.SEX_SLIPS, 1 - np.minimum(identity.sex[known], 1), identity.sex[known]
    )
    moved = generator.random(size) < rates.OLD_POSTCODES
    postcode = np.where(moved | stranger, generator.integers(0, len(POSTCODES), size), identity.postcode[known])
    rank = np.where(clients.numbered, setting.rank[known], -1).astype(np.int32)
    columns: dict[str, Column] = {
        "la_code": Coded(np.zeros(size, dtype=np.int8), (AREA_CODE,)),
        "la_person_id": Marks("P", _local_numbers(setting, size)),
        "family_name": Texts(family),
        "given_name": Texts(given),
        "date_of_birth": Dates(_slipped_births(birth, generator)),
        "sex": Coded(sex.astype(np.int8), SEXES),
        "postcode": Coded(np.where(generator.random(size) < 0.03, NO_CODE, postcode).astype(np.int16), POSTCODES),
        "client_group": Coded(clients.group, GROUPS),
    }
    table = Table("social_care_people", rank, clients.since, None, columns)
    order = np.argsort(_local_numbers(setting, size), kind="stable")
    return table.take(order[clients.since[order] + rates.DELAY_SOCIAL[1] < extracted])


def _local_numbers(setting: Setting, size: int) -> Ints:
    return setting.stream("council numbers").permutation(size) + 100_000


def _typed(
    clients: Clients, identity: Identity, generator: np.random.Generator
) -> tuple[list[str | None], list[str | None]]:
    size = len(clients.person)
    slip = generator.random((2, size)) < rates.NAME_SLIPS / 2
    place = generator.integers(0, 30, size)
    stranger = clients.person < 0
    found = []
    for row, (vocabulary, drawn) in enumerate(
        ((names.FAMILY_NAMES, identity.family), (names.GIVEN_NAMES, identity.given))
    ):
        codes = np.where(stranger, generator.integers(0, len(vocabulary), size), drawn[np.maximum(clients.person, 0)])
        typed: list[str | None] = [vocabulary[code] for code in codes.tolist()]
        for at in np.flatnonzero(slip[row]).tolist():
            typed[at] = names.with_slip(str(typed[at]), int(place[at]))
        found.append(typed)
    return found[0], found[1]


def _slipped_births(birth: Ints, generator: np.random.Generator) -> Ints:
    """Birth dates with day and month exchanged where both can be, or a year out; a few empty."""
    dates = birth.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    day = (dates - months).astype(int) + 1
    month = months.astype(int) % 12 + 1
    years = dates.astype("datetime64[Y]")
    exchanged = (years.astype("datetime64[M]") + (day - 1).clip(0, 11)).astype("datetime64[D]") + (month - 1)
    draw = generator.random(len(birth))
    slipped = np.where((draw < rates.BIRTH_DATE_SLIPS) & (day <= 12), exchanged.astype(int), birth)
    slipped = np.where((draw > 1 - rates.BIRTH_DATE_SLIPS / 4), birth + 365, slipped)
    return np.where((draw > 0.5) & (draw < 0.51), NO_DAY, slipped).astype(np.int32)


def events_table(setting: Setting, clients: Clients) -> Table:
    """Requests, assessments, services and reviews as they would stand when every service has ended."""
    generator = setting.stream("council events")
    rows, client = clients.events, clients.event_client
    size = len(client)
    told = clients.numbered[client] & (generator.random(size) < 0.97)
    rank = np.where(told, setting.rank[np.maximum(clients.person[client], 0)], -1).astype(np.int32)
    day = rows["day"].astype(np.int32)
    last = np.minimum(setting.end[rows["person"]], NEVER)
    ended = np.minimum(rows["end"], np.where(rows["event"] == 2, last, NEVER))
    ended = np.where(ended >= NEVER, NO_DAY, np.maximum(ended, day))
    columns: dict[str, Column] = {
        "event_id": Marks("E", generator.permutation(size)),
        "la_code": Coded(np.zeros(size, dtype=np.int8), (AREA_CODE,)),
        "la_person_id": Marks("P", _local_numbers(setting, len(clients.person))[client]),
        "client_group": Coded(
            np.where(generator.random(size) < 0.02, NO_CODE, clients.group[client]).astype(np.int8), GROUPS
        ),
        "event_type": Coded(rows["event"], EVENT_TYPES),
        "started_on": Dates(day),
        "ended_on": Dates(ended.astype(np.int32)),
        "service_type": Coded(rows["service"], SERVICES),
        "hours_per_week": Numbers(from_tenths(rows["hours"])),
        "outcome": Coded(rows["outcome"], OUTCOMES),
    }
    available = setting.available(day, rates.DELAY_SOCIAL, generator)
    table = Table("social_care_events", rank, day, available, columns)
    order = np.lexsort((day, _local_numbers(setting, len(clients.person))[client]))
    return table.take(order)


def events_as_extracted(table: Table, extracted: int) -> Table:
    """The events at an extraction: a service that goes on has no end yet."""
    known = table.known_by(extracted)
    ended = known.columns["ended_on"]
    assert isinstance(ended, Dates)
    columns = dict(known.columns)
    columns["ended_on"] = Dates(np.where(ended.days >= extracted, NO_DAY, ended.days))
    return Table(known.name, known.rank, known.day, known.available, columns)
