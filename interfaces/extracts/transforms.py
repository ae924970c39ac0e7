"""What a mapping file may do to a source's cell before it is read as the contract's column.

Each transform takes SQL text expressions (NULL where a cell is empty) and gives one SQL text expression.
"""

from collections.abc import Callable

from interfaces.extracts.casts import literal

_MARKERS = ("1800-01-01", "1801-01-01", "01/01/1800", "01/01/1801")


def _list_of_diagnoses(text: str) -> str:
    # SUS writes a spell's diagnoses as "||I10 ,E119 ||N390": episodes parted by bars, codes by commas.
    parts = f"regexp_split_to_array({text}, '[|,]+')"
    trimmed = f"list_transform({parts}, part -> replace(trim(part), '.', ''))"
    return f"list_filter({trimmed}, part -> part <> '')"


def first_diagnosis(text: str) -> str:
    """The first code of a SUS diagnosis string: the primary diagnosis of the first episode."""
    return f"{_list_of_diagnoses(text)}[1]"


def other_diagnoses(joined: str, *singles: str) -> str:
    """Every code of a SUS diagnosis string after the first, else the codes of separate cells, separated by ';'."""
    rest = f"array_to_string(({_list_of_diagnoses(joined)})[2:], ';')"
    cells = ", ".join(no_dot(single) for single in singles)
    return f"nullif(CASE WHEN {joined} IS NOT NULL THEN {rest} ELSE concat_ws(';', {cells}) END, '')"


def no_dot(text: str) -> str:
    """An ICD-10 code without its dot."""
    return f"replace({text}, '.', '')"


def date_part(text: str) -> str:
    """The date of a date and time such as "2026-09-14 10:31:00" or "14/09/2026 10:31"."""
    return f"substr({text}, 1, 10)"


def missing_date(text: str) -> str:
    """A date, empty where it is one of the days that Hospital Episode Statistics writes for "not known"."""
    markers = ", ".join(literal(marker) for marker in _MARKERS)
    day = date_part(text)
    return f"CASE WHEN {day} NOT IN ({markers}) THEN {day} END"


def open_end(text: str) -> str:
    """A date of an end, empty where the source writes an open one as 31 December 9999."""
    return f"CASE WHEN {date_part(text)} NOT IN ('9999-12-31', '31/12/9999') THEN {date_part(text)} END"


def packed_date(text: str) -> str:
    """A date written "20260914", with or without a time after it, as 2026-09-14; anything else stays as it is."""
    day = f"try_strptime(regexp_extract({text}, '^((18|19|20|21)[0-9]{{6}})([0-9]{{6}})?([^0-9].*)?$', 1), '%Y%m%d')"
    return f"coalesce(strftime({day}, '%Y-%m-%d'), {text})"


def named_month(text: str) -> str:
    """A date written "14-Sep-2026" or "14 September 2026", as 2026-09-14; anything else stays as it is."""
    form = "'^([0-9]{1,2})[- ]([A-Za-z]{3})[a-z]*[- ]([0-9]{4})([^0-9].*)?$'"
    parts = ", ".join(f"regexp_extract({text}, {form}, {group})" for group in (1, 2, 3))
    return f"coalesce(strftime(try_strptime(concat_ws('-', {parts}), '%d-%b-%Y'), '%Y-%m-%d'), {text})"


def ten_digits(text: str) -> str:
    """An NHS number written 3-3-4, without its spaces or hyphens."""
    return f"replace(replace({text}, ' ', ''), '-', '')"


def two_digits(text: str) -> str:
    """A national code written with a leading zero that the source leaves out."""
    return f"CASE WHEN length({text}) = 1 THEN concat('0', {text}) ELSE {text} END"


def filled(text: str) -> str:
    """1 where the cell is filled, else 0."""
    return f"CASE WHEN {text} IS NULL THEN '0' ELSE '1' END"


def care_group(support_reason: str, client_type: str) -> str:
    """The primary support reason of a council's client, or "carer" where the client is one."""
    return f"CASE WHEN contains(lower({client_type}), 'carer') THEN 'carer' ELSE {support_reason} END"


def care_hours(units: str, unit_type: str) -> str:
    """Planned units a week where the unit is an hour; other units (days, sessions, weeks) say nothing of hours."""
    return f"CASE WHEN lower({unit_type}) LIKE 'hour%' THEN {units} END"


def care_event_key(event_type: str, ended_on: str, *others: str) -> str:
    """What makes a council's event the same in two returns, as a key of 32 hexadecimal digits.

    Its own reference is no key. The end counts for requests, assessments and reviews; a service is
    the same service before and after its end is known (NHS England, central transformation principles).
    """
    end = f"CASE WHEN lower({event_type}) <> 'service' THEN {ended_on} END"
    cells = ", ".join(f"coalesce(lower({text}), '')" for text in (event_type, end, *others))
    return f"md5(concat_ws('|', {cells}))"


CELL_TRANSFORMS: dict[str, Callable[[str], str]] = {
    rule.__name__: rule
    for rule in (
        first_diagnosis,
        no_dot,
        date_part,
        missing_date,
        open_end,
        packed_date,
        named_month,
        ten_digits,
        two_digits,
        filled,
    )
}
"""Transforms of one cell. Where a mapping names several sources, the first that is filled is taken."""

ROW_TRANSFORMS: dict[str, Callable[..., str]] = {
    rule.__name__: rule for rule in (other_diagnoses, care_group, care_hours, care_event_key)
}
"""Transforms of several cells together, in the order the mapping names them."""
