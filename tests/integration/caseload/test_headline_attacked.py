"""Everything a reader of the headline can see, put together: every page, every tier, every month and every file.

What the pages and files say is read as a person would read it, and handed to a linear programme that knows what adds up.
Nothing small may come out of it: no number from 1 to 7 that has one possible value.
"""

import csv
import io
import random
import re
from collections import defaultdict
from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import lil_matrix

from caseload.domain.words import CaseState, Sex, Tier
from caseload.tables import (
    Case,
    LeadAllocation,
    Person,
    PlanAgreement,
    PlanSection,
    PlanVersion,
    RiskScore,
)
from tests.support.case_app import NOW, RUNS
from tests.support.packs import nhs

BOUND = 8
PLACES = {"TESTHAM": None, "EAST": "TESTHAM", "NORTH": "EAST", "SOUTH": "EAST", "Y90001": "NORTH", "Y90002": "NORTH", "Y90003": "SOUTH"}  # fmt: skip
TIERS = ("very_high", "high", "moderate")
ROWS = (*TIERS, "at_risk")
CHAIN = ("people", "cases", "led", "joint")
LEFT_OUT = ("died", "left", "under_18", "objects", "not_scored")
HEADS = {
    "Very high": "very_high", "High": "high", "Moderate": "moderate", "All three tiers": "at_risk",
}  # fmt: skip
FILE = {
    "people": "adults_at_risk", "cases": "with_open_case", "led": "with_lead", "joint": "with_joint_plan",
}  # fmt: skip


def fill(store, town, seed):
    """Random people of each tier at each practice, some with a case, a lead, a joint plan: many small numbers."""
    chance, number = random.Random(seed), 1_000
    with store.writing() as session:
        for practice, tier in product(("Y90001", "Y90002", "Y90003"), Tier):
            people = chance.choice([0, chance.randint(1, 9), chance.randint(10, 40)])
            depth, alike = chance.choice([0, 1, 2, 3]), chance.random() < 0.5
            for _ in range(people):
                number += 1
                person = Person(
                    nhs_number=nhs(number), pseudonym=f"{number:032x}", family_name="F", given_name="G", name_key="f g",
                    date_of_birth=NOW.date().replace(year=1950), sex=Sex.FEMALE, updated_at=NOW,
                    practice_id=town.places[practice],
                )  # fmt: skip
                session.add(person)
                session.flush()
                for day in RUNS[: chance.choice([1, 2, 2])]:
                    session.add(score(person.id, town.runs[day], number, tier))
                if tier is not Tier.NONE:
                    care(session, town, person.id, depth if alike else chance.randint(0, depth))


def score(person_id, run_id, rank, tier):
    return RiskScore(
        person_id=person_id, run_id=run_id, rank=rank, raw_score=0, probability=0.1, percentile=50, tier=tier,
        short_history=False, not_known_to_services=False, rising=False, segment="x", age_band="x", cohorts=[], reasons=[],
    )  # fmt: skip


def care(session, town, person_id, depth):
    """Nothing, a case, a lead, or a joint plan."""
    user, at = town.users["ash.gp"], NOW.replace(month=8, day=1)
    if depth == 0:
        return
    case = Case(person_id=person_id, state=CaseState.OPEN, opened_at=at, opened_by=user)
    session.add(case)
    session.flush()
    if depth == 1:
        return
    session.add(
        LeadAllocation(
            case_id=case.id, user_id=user, profession="doctor", from_at=at, rule_code="x", rule_version="1", sentence="x",
            confirmed_by=user,
        )
    )  # fmt: skip
    if depth == 2:
        return
    version = PlanVersion(
        case_id=case.id, number=1, state="active", created_at=at, created_by=user, ready_at=at, ready_by=user, signed_at=at,
        signed_by=user, active_at=at, active_by=user,
    )  # fmt: skip
    session.add(version)
    session.flush()
    session.add(PlanAgreement(version_id=version.id, state="agreed", copy_given=True, at=at, by=user))
    for heading, sector in (("needs", "health"), ("goals", "social_care")):
        session.add(
            PlanSection(
                version_id=version.id, heading=heading, content=[], contributed=[sector], author_id=user,
                organisation_id=town.places["TRUST"], saved_at=at,
            )
        )  # fmt: skip


class Reader:
    """What somebody has read: numbers by month, place, line and measure; None for one that is withheld."""

    def __init__(self):
        self.read = {}

    def note(self, key, cell):
        text = cell.split()[0].replace(",", "") if cell else ""
        if text in ("", "–"):
            return
        number = None if text.lower() == "withheld" else int(text)
        assert self.read.setdefault(key, number) == number, f"{key} is said in two ways"

    def page(self, html, month, code):
        tables = re.findall(r"<table.*?<caption[^>]*>(.*?)</caption>(.*?)</table>", html, flags=re.S)
        everyone = re.search(r"Registered adults counted: <strong>(.*?)</strong>", html)[1]
        self.note((month, code, "all", "people"), everyone)
        for caption, table in tables:
            for row in re.findall(r"<tr role.*?</tr>", table, flags=re.S):
                cells = re.findall(r'<span class="app-cell">(.*?)</span>', row, flags=re.S)
                words = [re.sub(r"<[^>]+>", "", cell).strip() for cell in cells]
                if caption.startswith("Adults at risk by tier") and words:
                    line = HEADS[words[0]]
                    for measure, cell in zip(CHAIN, [words[1], *words[3:]], strict=True):
                        self.note((month, code, line, measure), cell)

    def places(self, html, month, tier, names):
        found = re.search(r"<caption[^>]*>Places in .*?</caption>(.*?)</table>", html, flags=re.S)
        for row in re.findall(r"<tr role.*?</tr>", found[1] if found else "", flags=re.S):
            cells = [
                re.sub(r"<[^>]+>", "", one).strip() for one in re.findall(r'"app-cell">(.*?)</span>', row, flags=re.S)
            ]
            if cells:
                for measure, cell in zip(CHAIN, cells[1:], strict=True):
                    self.note((month, names[cells[0]], tier, measure), cell)

    def file(self, text):
        for row in csv.DictReader(io.StringIO(text)):
            if row["record"] != "figure":
                continue
            month, code = row["reporting_date"][:7], row["place_code"]
            self.note((month, code, "all", "people"), row["adults_registered"])
            for measure, name in FILE.items():
                self.note((month, code, row["tier"], measure), row[name])
            for why in LEFT_OUT:
                self.note((month, code, why, "people"), row[f"not_counted_{why}"])


def everything_read(town, client, get):
    reader, names = Reader(), {}
    for code in PLACES:
        html = client.get(f"/headline?place={town.places[code]}").text
        names[re.search(r"</span> (.*?)</h1>", html)[1]] = code
    for code, month, tier in product(PLACES, ("2026-09", "2026-10"), ROWS):
        html = get(client, f"/headline?place={town.places[code]}&month={month}&tier={tier}")
        reader.page(html, month, code)
        reader.places(html, month, tier, names)
        reader.file(client.get(f"/headline.csv?place={town.places[code]}&month={month}").text)
    return reader.read


def sums():
    """What a reader knows adds up, in one month; differences and those in no tier are unknown numbers of their own."""
    for place, measure in product(PLACES, CHAIN):
        yield (place, "at_risk", measure), [(place, tier, measure) for tier in TIERS]
    for place in PLACES:
        yield (place, "all", "people"), [(place, "at_risk", "people"), (place, "rest", "people")]
        for row, (whole, part) in product(ROWS, zip(CHAIN, CHAIN[1:], strict=False)):
            yield (place, row, whole), [(place, row, part), (place, row, f"{whole} less {part}")]
    inside = defaultdict(list)
    for place, around in PLACES.items():
        inside[around].append(place)
    lines = [*product(ROWS, CHAIN), *((one, "people") for one in ("all", "rest", *LEFT_OUT))]
    for place, (line, measure) in product(PLACES, lines):
        if place in inside:
            yield (place, line, measure), [(one, line, measure) for one in inside[place]]


def ranges(known):
    """For each number that was withheld: the least and the most it can be for all that was read."""
    equations = list(sums())
    cells = list(dict.fromkeys(cell for total, parts in equations for cell in (total, *parts)))
    index = {cell: at for at, cell in enumerate(cells)}
    matrix = lil_matrix((len(equations), len(cells)))
    for at, (total, parts) in enumerate(equations):
        matrix[at, index[total]] = -1
        for part in parts:
            matrix[at, index[part]] += 1
    bounds = [
        (0, None) if cell not in known else (1, None) if known[cell] is None else (known[cell], known[cell])
        for cell in cells
    ]
    for cell in (cell for cell in cells if cell in known and known[cell] is None):
        ends = []
        for sign in (1, -1):
            costs = np.zeros(len(cells))
            costs[index[cell]] = sign
            solved = linprog(costs, A_eq=matrix.tocsr(), b_eq=np.zeros(len(equations)), bounds=bounds)
            assert solved.status in (0, 3), "what is shown contradicts itself"
            ends.append(np.inf if solved.status == 3 else sign * solved.fun)
        yield cell, ends[0], abs(ends[1])


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3, 7))
def test_nothing_small_comes_out_of_everything_a_reader_can_see(store, town, client_as, get, seed):
    fill(store, town, seed)
    client = client_as("integration")
    assert client.get("/overview").status_code == 404  # nothing else counts people for who reads the headline
    read = everything_read(town, client, get)
    shown = [number for number in read.values() if number is not None]
    assert len(shown) > 100
    assert all(number == 0 or number >= BOUND for number in shown)
    for month in ("2026-09", "2026-10"):
        known = {key[1:]: number for key, number in read.items() if key[0] == month}
        assert len(known) == len(PLACES) * (len(ROWS) * len(CHAIN) + 1 + len(LEFT_OUT))
        hidden = list(ranges(known))
        assert hidden
        for cell, least, most in hidden:
            assert np.ceil(least - 1e-7) < np.floor(most + 1e-7), (month, cell, least, most)
