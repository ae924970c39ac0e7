"""Family and given names for made-up people: common ones, paired at random, so that some people share both."""

import numpy as np

from stratify.synthetic.arrays import Ints
from stratify.synthetic.people import People
from stratify.synthetic.rates import ETHNIC_SHARES

_SOUTH_ASIAN_FAMILY = (
    "Begum Ahmed Ali Uddin Miah Islam Hussain Khatun Rahman Khan Hoque Chowdhury Choudhury Alam Akhtar Bibi Hasan Karim Malik Mia "
    "Aziz Haque Sultana Kamal Siddique Sarkar Talukdar Bhuiyan Mahmud Noor Patel Shah Singh Kaur Rashid Jahan Parvin Quddus Latif Iqbal"
).split()
_SOUTH_ASIAN_WOMEN = (
    "Fatima Ayesha Nasima Rahima Shahida Rokeya Sultana Nazma Salma Farzana Ruksana Taslima Halima Amina Jasmin Rehana Shirin Nusrat Sabina "
    "Maryam Tahmina Yasmin Hasina Monira Parveen Priya Anika Zara Inaya Safa"
).split()
_SOUTH_ASIAN_MEN = (
    "Mohammed Abdul Shah Rafiq Kamal Jamal Faruk Habib Nazrul Shafiq Anwar Mizanur Tariq Yusuf Ibrahim Ismail Hamza Zakir Masud Salim "
    "Imran Rahim Saiful Monir Delwar Aminul Bilal Omar Hasan Ravi"
).split()
_BLACK_FAMILY = (
    "Mohamed Hassan Abdi Ali Warsame Jama Farah Omar Osman Adeyemi Okafor Mensah Boateng Campbell Williams Brown Johnson Clarke Grant Francis "
    "Okeke Asante Owusu Bello Diallo Kamara Sesay Ibrahim Yusuf Nwosu"
).split()
_BLACK_WOMEN = (
    "Amina Hodan Fadumo Halima Sahra Ayaan Ifrah Asha Khadija Zainab Grace Esther Joy Blessing Abena Akosua Michelle Sharon Marcia Yvonne "
    "Chantelle Naomi Ruth Mariam Hawa"
).split()
_BLACK_MEN = (
    "Abdirahman Ahmed Mohamud Hassan Yusuf Abdi Ismail Liban Samuel Emmanuel David Kofi Kwame Chidi Tunde Daniel Michael Leroy Winston Marcus "
    "Jerome Isaac Joseph Ibrahima Musa"
).split()
_OTHER_FAMILY = (
    "Smith Jones Taylor Brown Williams Wilson Johnson Davies Robinson Wright Thompson Evans Walker White Roberts Green Hall Wood Jackson Clarke "
    "Harris Cooper King Lee Martin Baker Carter Turner Hill Scott Murphy Kelly O'Brien Sullivan Walsh Nowak Kowalski Rossi Silva Santos "
    "Garcia Popescu Ivanova Chen Wang Li Zhang Nguyen Tran Yilmaz Demir Cohen Levy Schmidt Dubois Anderson Bailey Bennett Cox Ellis"
).split()
_OTHER_WOMEN = (
    "Olivia Emma Sophie Charlotte Jessica Emily Hannah Sarah Laura Rebecca Rachel Lucy Alice Margaret Patricia Susan Linda Barbara Jean Doreen "
    "Christine Julie Karen Helen Claire Louise Anna Maria Elena Sofia Mei Ling Agnieszka Ioana Katarzyna Joan Dorothy Sheila Eileen Maureen"
).split()
_OTHER_MEN = (
    "James John David Michael Robert William Thomas Daniel Matthew Christopher Andrew Paul Mark Peter Stephen George Harry Jack Oliver Charlie "
    "Ronald Kenneth Derek Brian Alan Dennis Leonard Ryan Liam Sean Marco Luca Piotr Adam Wei Minh Mehmet Pierre Joao Andrei"
).split()

_GROUPS = (
    (_SOUTH_ASIAN_FAMILY, _SOUTH_ASIAN_WOMEN, _SOUTH_ASIAN_MEN),
    (_BLACK_FAMILY, _BLACK_WOMEN, _BLACK_MEN),
    (_OTHER_FAMILY, _OTHER_WOMEN, _OTHER_MEN),
)
FAMILY_NAMES: tuple[str, ...] = tuple(dict.fromkeys(name for group in _GROUPS for name in group[0]))
GIVEN_NAMES: tuple[str, ...] = tuple(dict.fromkeys(name for group in _GROUPS for names in group[1:] for name in names))
STREETS: tuple[str, ...] = tuple(
    f"{name} {kind}"
    for kind in ("Street", "Road", "Close", "Walk", "House", "Court")
    for name in "Larkspur Tamarisk Quince Bramble Foxglove Saltmarsh Heron Cooper Mercer Ropemaker Lantern Tidewell Barge Cinnamon Pepper Clove".split()
)
_FAMILY_AT = {name: number for number, name in enumerate(FAMILY_NAMES)}
_GIVEN_AT = {name: number for number, name in enumerate(GIVEN_NAMES)}


def draw_names(people: People, generator: np.random.Generator) -> tuple[Ints, Ints]:
    """Positions in FAMILY_NAMES and GIVEN_NAMES for each person, by ethnic group and sex; the commoner names first."""
    family = np.empty(people.count, dtype=np.int16)
    given = np.empty(people.count, dtype=np.int16)
    for (families, women, men), rows in zip(_GROUPS, _by_group(people), strict=True):
        family[rows] = _pick(families, _FAMILY_AT, len(rows), generator)
        for names, of in ((women, rows[people.female[rows]]), (men, rows[~people.female[rows]])):
            given[of] = _pick(names, _GIVEN_AT, len(of), generator)
    return family, given


def _by_group(people: People) -> list[Ints]:
    group = np.where(people.asian, 0, np.where(people.black, 1, 2))
    not_told = np.asarray([code in {"Z", "99", ""} for code, _ in ETHNIC_SHARES])[people.ethnic]
    group = np.where(not_told, (people.area + people.practice) % 3, group)
    return [np.flatnonzero(group == number) for number in range(3)]


def _pick(names: list[str], at: dict[str, int], size: int, generator: np.random.Generator) -> Ints:
    weights = 1.0 / np.sqrt(1.0 + np.arange(len(names)))
    edges = np.cumsum(weights) / weights.sum()
    place = np.searchsorted(edges, generator.random(size)).clip(0, len(names) - 1)
    return np.asarray(np.asarray([at[name] for name in names])[place])


def with_slip(name: str, place: int) -> str:
    """A name as a hurried clerk types it: two neighbouring letters exchanged, or the last one lost."""
    if len(name) < 4:
        return name + "h"
    if place % 3 == 0:
        return name[:-1]
    at = 1 + place % (len(name) - 2)
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def postcodes(localities: int, per_locality: int) -> list[str]:
    """Postcodes of outward codes that are not in use, E91 and on, one run per locality."""
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    return [
        f"E9{locality + 1} {number // 400 % 10}{letters[number // 20 % 20]}{letters[number % 20]}"
        for locality in range(localities)
        for number in range(per_locality)
    ]
