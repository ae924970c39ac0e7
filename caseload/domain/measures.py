"""A person's own measures: what each can be, what its values say, and which end of it is the better one.

Sources: patient activation, NHS England's four levels (only the level is kept; its questions are licensed); loneliness,
the direct question of the Office for National Statistics' indicators of 2018; the "I" statements, an outcomes framework in
the person's own words.
"""

from collections.abc import Mapping

from caseload.domain.plan_words import MeasureKind

_HOW_OFTEN: Mapping[int, str] = {1: "Never", 2: "Rarely", 3: "Sometimes", 4: "Often", 5: "Always"}

VALUES: Mapping[MeasureKind, Mapping[int, str]] = {
    **dict.fromkeys(MeasureKind, _HOW_OFTEN),
    MeasureKind.ACTIVATION: {
        1: "Level 1: feels overwhelmed and leaves health to others",
        2: "Level 2: knows a little, not yet sure of managing",
        3: "Level 3: takes action, may lack the confidence to keep on",
        4: "Level 4: keeps healthy habits, may need help under stress",
    },
    MeasureKind.LONELINESS: {
        1: "Never",
        2: "Hardly ever",
        3: "Occasionally",
        4: "Some of the time",
        5: "Often or always",
    },
}
"""What can be answered, lowest first."""

LOWER_IS_BETTER = frozenset({MeasureKind.LONELINESS})


def is_value(kind: MeasureKind, value: int) -> bool:
    """Whether this can be the answer."""
    return value in VALUES[kind]


def value_words(kind: MeasureKind, value: int) -> str:
    """What an answer says."""
    return VALUES[kind][value]


def short_words(kind: MeasureKind, value: int) -> str:
    """The same where there is little room: a level without what it means."""
    return VALUES[kind][value].partition(":")[0]
