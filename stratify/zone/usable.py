"""Which rows of the scoring zone a score at an index date may look at; every reader starts from here.

The zone holds rows from after an index date too (a fit needs several index dates, outcomes need the
window that follows), so a reader that forgets `usable_sql` sees the future.
"""

from datetime import date

from stratify.days import day_number


def usable_sql(index_date: date) -> str:
    """SQL condition: the event happened, and its row had reached the warehouse, before the index date."""
    t = day_number(index_date)
    return f"(day < {t} AND avail < {t})"


def discharged_sql(index_date: date) -> str:
    """SQL condition on `admissions`: the person had left hospital before the index date.

    Only then may discharge_destination and the whole length of stay be used.
    """
    return f"(discharged_day < {day_number(index_date)})"
