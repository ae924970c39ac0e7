"""How to read a report: its words explained, and where its figures come from."""

from stratify.report.small_numbers import HELD_BACK

GLOSSARY: tuple[tuple[str, str], ...] = (
    ("Index date", "The day the run looks from. Nothing dated on or after it, or that arrived on or after it, was used."),
    ("Emergency admission", "An unplanned stay in hospital. The score is about having at least one in the 12 months from the index date."),
    ("Predicted risk", "Of 100 people with a predicted risk of 20%, about 20 would be expected to be admitted."),
    ("Tier", "Very high, high or moderate: where a person stands on the ranked list."),
    ("Percentile", "The share of people scored who rank at or below a person."),
    ("Cohort", "People chosen by a rule, not by their score, for example everyone over 75."),
    ("Segment", "A stage of life or need. Everyone is in exactly one."),
    ("Rising risk", "A person whose predicted risk has gone up enough since the last run to be worth a look."),
    ("Not known to services", "In a tier, without contact with community, mental health or social care."),
    ("PPV", "Positive predictive value: of the people picked, the share who were admitted."),
    ("Sensitivity", "Of everyone who was admitted, the share who had been picked."),
    ("AUROC", "The chance that somebody who was admitted had a higher score than somebody who was not."),
    ("Observed over expected", "Admissions that happened for each one the predicted risks add up to."),
    ("Net benefit", "People rightly picked, less those wrongly picked at the rate of exchange one is willing to accept."),
    ("95% interval", "Chance alone would put the figure outside it about 5 times in 100."),
)  # fmt: skip


def small_number_rule(least: int) -> str:
    """The rule by which small counts are held back, in a sentence or two."""
    return (
        f"Counts of 1 to {least - 1} by practice, network, cohort, segment or other group are shown as {HELD_BACK}, and so are "
        "others from which they could be worked out. Counts of the whole place are shown in full, so that they add up. "
        "This report is for the people who look after the list: do not publish it."
    )
