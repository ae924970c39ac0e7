"""What every table is put together from: the people kept, their numbers, and what the years left behind."""

from dataclasses import dataclass

import numpy as np

from stratify.synthetic import rates
from stratify.synthetic.arrays import NEVER, Bools, Ints
from stratify.synthetic.conditions import LifeCourse
from stratify.synthetic.nhs_numbers import made_up_numbers
from stratify.synthetic.people import People
from stratify.synthetic.places import Places
from stratify.synthetic.simulate import History
from stratify.synthetic.streams import stream
from stratify.synthetic.timeline import Timeline


@dataclass(frozen=True)
class Setting:
    """`rank` is each person's place among `numbers` (ascending NHS numbers), -1 for the surplus left out.

    `visitors` are ranks of people on no register of the borough. `end` is the first day after a person's last here.
    """

    people: People
    places: Places
    course: LifeCourse
    history: History
    timeline: Timeline
    seed: int
    rank: Ints
    visitors: Ints
    numbers: list[str]
    end: Ints

    @property
    def kept(self) -> Bools:
        return np.asarray(self.rank >= 0)

    def stream(self, name: str) -> np.random.Generator:
        """The random stream of one table."""
        return stream(self.seed, "tables", name)

    def here(self, person: Ints, day: Ints, *, before_registration: bool = False) -> Bools:
        """Whether each row's person is kept, born, and on the register that day."""
        people = self.people
        first = people.birth[person] if before_registration else people.registered[person]
        return self.kept[person] & (day >= first) & (day < self.end[person])

    def available(self, day: Ints, delay: tuple[int, int], generator: np.random.Generator) -> Ints:
        """When rows reach the warehouse: some days after the event."""
        return (day + generator.integers(delay[0], delay[1], len(day))).astype(np.int32)


def make_setting(
    people: People,
    places: Places,
    course: LifeCourse,
    history: History,
    timeline: Timeline,
    about: tuple[int, int, bool],
) -> Setting:
    """Leave out the surplus so that exactly the wanted number is registered and alive on the index date; number the rest.

    `about` is the wanted number, the seed, and whether NHS numbers may go beyond the 999 range.
    """
    wanted, seed, beyond = about
    generator = stream(seed, "numbers")
    kept = np.ones(people.count, dtype=bool)
    present = history.at_index.person[history.died[history.at_index.person] >= timeline.index]
    surplus = len(present) - wanted
    if surplus < 0:
        raise AssertionError(f"the simulation gave {len(present)} people at the index date, {wanted} were wanted")
    kept[generator.choice(present, surplus, replace=False)] = False
    kept &= people.registered < timeline.later
    kept &= np.minimum(people.leaves, history.died) > timeline.history_start - 365
    count = int(kept.sum())
    visitors = max(int(count * rates.VISITOR_SHARE), 5)
    numbers = made_up_numbers(generator, count + visitors, beyond_999=beyond)
    order = generator.permutation(count + visitors).astype(np.int32)
    rank = np.full(people.count, -1, dtype=np.int32)
    rank[kept] = order[:count]
    end = np.minimum(people.leaves, np.where(history.died < NEVER, history.died + 1, NEVER)).astype(np.int32)
    texts = np.char.mod("%d", numbers).tolist()
    return Setting(people, places, course, history, timeline, seed, rank, order[count:], texts, end)
