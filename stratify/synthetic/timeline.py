"""The steps of the simulation: twelfths of a 365-day year, laid out from the index date both ways."""

from dataclasses import dataclass
from datetime import date, timedelta

from stratify.synthetic import rates

EPOCH = date(1970, 1, 1)


def day_number(value: date) -> int:
    """Days since 1970-01-01."""
    return (value - EPOCH).days


def calendar_date(day: int) -> date:
    """The date of a day number."""
    return EPOCH + timedelta(days=int(day))


@dataclass(frozen=True)
class Step:
    """One twelfth of a year: [start, end) as day numbers; `number` 0 starts on the index date."""

    number: int
    start: int
    end: int

    @property
    def days(self) -> int:
        return self.end - self.start

    @property
    def years(self) -> float:
        return self.days / 365.0


@dataclass(frozen=True)
class Timeline:
    """When the made-up records begin, the index date, and the two extractions, as day numbers."""

    index: int

    def boundary(self, number: int) -> int:
        """First day of a step; twelve steps are 365 days exactly."""
        return self.index + (number * 365) // 12

    @property
    def first_day(self) -> int:
        return self.boundary(-rates.STEPS_OF_HISTORY - rates.STEPS_OF_BURN_IN)

    @property
    def history_start(self) -> int:
        return self.boundary(-rates.STEPS_OF_HISTORY)

    @property
    def later(self) -> int:
        return self.boundary(rates.STEPS_AFTER_INDEX)

    def steps(self) -> list[Step]:
        """All steps in order, burn-in first."""
        first = -rates.STEPS_OF_HISTORY - rates.STEPS_OF_BURN_IN
        return [
            Step(number, self.boundary(number), self.boundary(number + 1))
            for number in range(first, rates.STEPS_AFTER_INDEX)
        ]
