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


def length_of_stay_sql(index_date: date) -> str:
    """SQL expression on usable `admissions`: whole days in hospital as far as known at the index date, never below 0.

    A stay still open then counts up to the index date; one without a discharge date counts up to the
    day its row reached the warehouse (`los_days`), the last day the hospital vouched for.
    """
    t = day_number(index_date)
    return f"greatest(least(coalesce(discharged_day, day + los_days), {t}) - day, 0)"
