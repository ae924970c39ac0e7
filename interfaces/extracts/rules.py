"""The rules a row must meet, as a table: one list for the check and for everything that reads a pack after it.

A predicate is SQL over the typed relation of `TableSource.relation_sql`, joined to the register as
`reg_birth` and `reg_death` (both NULL where the NHS number is not on it); it is TRUE where the row
breaks the rule, and FALSE or NULL where it does not.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from interfaces.codes import admission_method_valid_sql, nhs_number_valid_sql
from interfaces.extracts.casts import literal, quoted
from interfaces.extracts.contract import TABLES, ColumnSpec, Kind, TableSpec
from interfaces.extracts.feeds import PackFacts
from interfaces.extracts.pack import Pack
from interfaces.extracts.source import RAW, TableSource

REGISTER = "gp_register"


@dataclass(frozen=True)
class RowRule:
    """One rule for the rows of one table: its code, the column it is about, its predicate and its sentence.

    `found` says what a row that breaks it holds, without the value.
    """

    code: str
    table: str
    column: str
    predicate: str
    sentence: str
    found: str


# Dates that may lie ahead of the extract: planned ends of care, objections that are to begin or lapse, and
# the year a population projection is for.
_MAY_BE_AHEAD = frozenset(
    {
        ("social_care_events", "ended_on"),
        ("objections", "from_date"),
        ("objections", "to_date"),
        ("population", "as_of"),
    }
)

_ORDERED_DATES: dict[str, tuple[str, str, str]] = {
    "admissions": ("discharged_before_admitted", "admitted_on", "discharged_on"),
    "social_care_events": ("ended_before_started", "started_on", "ended_on"),
    "objections": ("ended_before_started", "from_date", "to_date"),
    "gp_register": ("ended_before_started", "registered_on", "deregistered_on"),
}
"""Per table: the code of the rule, the date that comes first and the one that must not precede it."""


def row_rules(table: str, facts: PackFacts) -> tuple[RowRule, ...]:
    """The rules that set a row of the table aside, in the order the report gives them."""
    spec = TABLES[table]
    return (
        *_missing_values(spec),
        *_nhs_number_rules(spec, facts),
        *_closed_sets(spec),
        *_admission_methods(spec),
        *_future_dates(spec, facts),
        *_life_span(spec, facts),
        *_date_order(spec),
    )


def joins_register(table: str) -> bool:
    """Whether the table's rules look at the register: it names people and is not the register itself."""
    return table != REGISTER and "nhs_number" in TABLES[table].column_names


def broken_sql(rules: tuple[RowRule, ...]) -> str:
    """One predicate: the row breaks at least one of the rules. Use it with IS TRUE or IS NOT TRUE."""
    return "(" + (" OR ".join(f"({rule.predicate})" for rule in rules) or "FALSE") + ")"


def register_sql(pack: Pack, facts: PackFacts) -> str:
    """A subquery of the register's accepted rows: reg_number, reg_birth, reg_death, one row per number."""
    source = pack.tables.get(REGISTER)
    if source is None:
        nothing = (
            "CAST(NULL AS VARCHAR) AS reg_number, CAST(NULL AS DATE) AS reg_birth, CAST(NULL AS DATE) AS reg_death"
        )
        return f"(SELECT {nothing} WHERE 1 = 0)"
    accepted = accepted_sql(source, facts, "")
    people = "nhs_number AS reg_number, min(date_of_birth) AS reg_birth, min(date_of_death) AS reg_death"
    return f"(SELECT {people} FROM {accepted} GROUP BY nhs_number)"


def joined_sql(source: TableSource, register: str, *, with_rows: bool = False, with_raw: bool = False) -> str:
    """FROM-clause text: the relation, joined to the register where the table's rules need it.

    `register` is the name of a table, or a subquery, with the columns of `register_sql`.
    """
    relation = source.relation_sql(with_rows=with_rows, with_raw=with_raw)
    if not joins_register(source.name):
        return f"{relation} AS entry"
    return f"{relation} AS entry LEFT JOIN {register} AS register ON entry.nhs_number = register.reg_number"


def accepted_sql(source: TableSource, facts: PackFacts, register: str, *, with_rows: bool = False) -> str:
    """A subquery of exactly the rows the check accepts: the columns of the relation, and for tables
    that join the register also `reg_birth` and `reg_death` (NULL for a valid number that is not on it).
    """
    columns = "entry.*, register.reg_birth, register.reg_death" if joins_register(source.name) else "entry.*"
    broken = broken_sql(row_rules(source.name, facts))
    return f"(SELECT {columns} FROM {joined_sql(source, register, with_rows=with_rows)} WHERE {broken} IS NOT TRUE)"


def refusal_rules(source: TableSource) -> tuple[RowRule, ...]:
    """The rules a single row can break that refuse the whole pack, over the relation `with_raw`."""
    return (*_wrong_types(source), *_damaged(source), *_dotted(source))


def _missing_values(spec: TableSpec) -> Iterator[RowRule]:
    for column in spec.columns:
        if column.required:
            yield RowRule(
                "value_missing",
                spec.name,
                column.name,
                f"{quoted(column.name)} IS NULL",
                "a value in every row",
                "an empty cell",
            )


def _nhs_number_rules(spec: TableSpec, facts: PackFacts) -> Iterator[RowRule]:
    if "nhs_number" not in spec.column_names:
        return
    # A number that is on the register has been validated there; only the others need their digits checked.
    unknown = "nhs_number IS NOT NULL" + (" AND reg_birth IS NULL" if joins_register(spec.name) else "")
    valid = nhs_number_valid_sql("nhs_number", synthetic=True)
    yield RowRule(
        "nhs_number_invalid",
        spec.name,
        "nhs_number",
        f"CASE WHEN {unknown} THEN NOT {valid} END",
        "ten plain digits with a correct check digit",
        "a number that is not valid",
    )
    if not facts.synthetic:
        yield RowRule(
            "nhs_number_made_up",
            spec.name,
            "nhs_number",
            "substring(nhs_number, 1, 3) = '999'",
            "numbers of real people, because the manifest does not say synthetic",
            "a number of the 999 range",
        )


def _closed_sets(spec: TableSpec) -> Iterator[RowRule]:
    for column in spec.columns:
        values = ("0", "1") if column.kind is Kind.FLAG else column.values
        if values:
            listed = ", ".join(values if column.kind in (Kind.WHOLE, Kind.FLAG) else map(literal, values))
            yield RowRule(
                "value_not_allowed",
                spec.name,
                column.name,
                f"{quoted(column.name)} NOT IN ({listed})",
                f"one of {', '.join(values)}",
                "another value",
            )


def _admission_methods(spec: TableSpec) -> Iterator[RowRule]:
    """A hospital's own word for an emergency would count as none, and the outcome is made of these."""
    if "admission_method" in spec.column_names:
        yield RowRule(
            "value_not_allowed",
            spec.name,
            "admission_method",
            f"NOT {admission_method_valid_sql('admission_method')}",
            "a national code of two characters, such as 21 or 2A",
            "something else",
        )


def _future_dates(spec: TableSpec, facts: PackFacts) -> Iterator[RowRule]:
    for column in spec.columns:
        if column.kind is Kind.DATE and (spec.name, column.name) not in _MAY_BE_AHEAD:
            yield RowRule(
                "date_in_future",
                spec.name,
                column.name,
                f"{quoted(column.name)} > DATE '{facts.extracted_on.isoformat()}'",
                f"a date up to the extract's own, {facts.extracted_on.isoformat()}",
                "a later date",
            )


def _life_span(spec: TableSpec, facts: PackFacts) -> Iterator[RowRule]:
    if spec.name == REGISTER:
        yield RowRule(
            "death_before_birth",
            spec.name,
            "date_of_death",
            "date_of_death < date_of_birth",
            "a date of death on or after the date of birth",
            "an earlier date",
        )
    event = spec.event_date
    if event is None or not joins_register(spec.name):
        return
    yield RowRule(
        "event_before_birth",
        spec.name,
        event,
        f"{quoted(event)} < reg_birth",
        "a date on or after the person's date of birth in gp_register",
        "an earlier date",
    )
    # Letters, results and death administration arrive late; the grace keeps them and still catches a wrong person.
    grace = facts.death_grace_days
    yield RowRule(
        "event_after_death",
        spec.name,
        event,
        f"{quoted(event)} > reg_death + {grace}",
        f"a date up to {grace} days after the person's date of death in gp_register",
        "a later date",
    )


def _date_order(spec: TableSpec) -> Iterator[RowRule]:
    if spec.name in _ORDERED_DATES:
        code, first, last = _ORDERED_DATES[spec.name]
        yield RowRule(
            code,
            spec.name,
            last,
            f"{quoted(last)} < {quoted(first)}",
            f"{last} on or after {first}",
            "an earlier date",
        )


def _wrong_types(source: TableSource) -> Iterator[RowRule]:
    for column in source.checked_columns:
        yield RowRule(
            "wrong_type",
            source.name,
            column.name,
            f"{quoted(RAW + column.name)} IS NOT NULL AND {quoted(column.name)} IS NULL",
            _TYPE_SENTENCES[column.kind],
            "text that is none",
        )


_TYPE_SENTENCES = {
    Kind.DATE: "a date as 2026-09-14 or 14/09/2026",
    Kind.WHOLE: "a whole number",
    Kind.FLAG: "0 or 1",
    Kind.NUMBER: "a number with a decimal point and no separators",
}

# "1.23E+09" and "9990000018.0" are numbers a spreadsheet or a data frame rewrote; "#N/A" is a formula that failed.
# The plus sign is asked for because 5E1 was the code of a primary care trust.
_DAMAGE = r"[0-9]+([.,][0-9]+)?[eE]\+[0-9]+|[0-9]+\.0+|#(N/A|REF!|NAME\?|VALUE!|NUM!|NULL!|DIV/0!|#+)"


def _damaged(source: TableSource) -> Iterator[RowRule]:
    for column in source.spec.columns:
        if column.kind in (Kind.IDENTIFIER, Kind.NHS_NUMBER, Kind.CODE) and _can_be_damaged(source, column):
            name = quoted(column.name)
            suspect = f"{name} LIKE '%+%' OR {name} LIKE '%.0%' OR {name} LIKE '#%'"
            if column.kind is Kind.NHS_NUMBER and joins_register(source.name):
                suspect = f"reg_birth IS NULL AND ({suspect})"
            yield RowRule(
                "damaged_identifier",
                source.name,
                column.name,
                f"CASE WHEN {suspect} THEN regexp_full_match({name}, {literal(_DAMAGE)}) END",
                "text as the source system holds it",
                "a value that a spreadsheet has rewritten, of the form 1.23E+09, 123.0 or #N/A",
            )


def _can_be_damaged(source: TableSource, column: ColumnSpec) -> bool:
    return column.name in source.cells and not column.values


def _dotted(source: TableSource) -> Iterator[RowRule]:
    for column in ("primary_diagnosis", "secondary_diagnoses"):
        if column in source.cells:
            yield RowRule(
                "wrong_form",
                source.name,
                column,
                f"{quoted(column)} LIKE '%.%'",
                "ICD-10 codes without the dot, as I210",
                "a code with a dot",
            )
