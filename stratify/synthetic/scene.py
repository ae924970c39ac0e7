"""What the writers of one step share."""

from dataclasses import dataclass

import numpy as np

from stratify.synthetic.conditions import LifeCourse
from stratify.synthetic.journal import Journal
from stratify.synthetic.people import People


@dataclass(frozen=True)
class Scene:
    """The people, their conditions, where to write, and the random stream of one writer in one step."""

    people: People
    course: LifeCourse
    journal: Journal
    generator: np.random.Generator
