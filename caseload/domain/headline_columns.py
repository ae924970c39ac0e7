"""The columns of the headline's CSV file, in their order."""

from caseload.domain.columns import Column
from caseload.domain.headline import Exclusion

_WITHHELD = "“withheld” where a number under the bound, or one that would tell it, may not be shown."
_MEANS = {
    "record": ("figure, or note for the lines at the end", "the product"),
    "reporting_date": ("The date everything is told as at", "what was asked for"),
    "run_index_date": ("The day the run predicts from", "risk_run.index_date"),
    "tier_method": ("How the run makes tiers", "risk_run.tier_method"),
    "place_code": ("The place", "organisation.code"),
    "place": ("Its name", "organisation.name"),
    "place_kind": ("practice, network, locality or borough", "organisation.kind"),
    "tier": ("very_high, high or moderate", "risk_score.tier"),
}
_NOTED = {
    "local_percent": ("Of the adults registered the percentage at risk", "worked out"),
    "national_percent": ("The same as the national plans expect it", "Better Care Fund plans"),
    "note": ("A sentence about how the figures are counted", "the product"),
}
_COUNTS = {
    "adults_at_risk": ("Adults in the tier", "risk_score, person"),
    "adults_registered": ("Adults on the practices’ lists", "person"),
    "with_open_case": ("Of the adults at risk those with an open case", "care_case"),
    "with_lead": ("Of the adults at risk those with an accountable lead", "lead_allocation"),
    "with_joint_plan": ("Of the adults at risk those with a joint care plan", "plan_version, plan_section"),
}


def _column(name: str) -> Column:
    if name in _MEANS or name in _NOTED:
        return Column(name, *(_MEANS.get(name) or _NOTED[name]), "")
    if name.startswith("not_counted_"):
        why = name.removeprefix("not_counted_").replace("_", " ")
        return Column(name, f"Not counted in the tiers: {why}", "person, consent", _WITHHELD)
    count = name.removesuffix("_percent")
    meaning, source = _COUNTS[count]
    share = count != name
    return Column(name, f"{meaning}, in per cent" if share else meaning, "worked out" if share else source, _WITHHELD)


HEADLINE_COLUMNS: tuple[Column, ...] = tuple(
    map(
        _column,
        (
            *_MEANS, "adults_at_risk", "adults_registered", "local_percent", "national_percent", "with_open_case",
            "with_open_case_percent", "with_lead", "with_lead_percent", "with_joint_plan", "with_joint_plan_percent",
            *(f"not_counted_{one.value}" for one in Exclusion), "note",
        ),
    )
)  # fmt: skip
