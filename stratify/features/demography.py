"""Who the person is: age, sex and how deprived the place they live in is.

Ethnic category is left out on purpose: results are reported by it, the score does not use it.
"""

from stratify.features.definition import NAN, Aggregate, Feature, Kind, Measure, Relation

PERSON = Relation(
    "person",
    (),
    """SELECT o.pid, o.age_years, p.imd_decile, o.registered_days,
        CASE p.sex WHEN 1 THEN 1 WHEN 2 THEN 0 END AS male
    FROM chunk_population AS o JOIN chunk_people AS p ON o.pid = p.pid""",
    once=True,
)


def _attribute(name: str, group: str, unit: str, rationale: str, kind: Kind = Kind.ATTRIBUTE) -> Feature:
    measure = Measure(Aggregate.AS_IS, None, name, empty=NAN)
    return Feature(name, group, "gp_register", None, unit, rationale, kind, PERSON, measure)


FEATURES = (
    _attribute(
        "age_years", "age", "years",
        "Risk rises with age throughout adult life (QAdmissions, Hippisley-Cox 2013; SPARRA v4, Liley 2024).",
    ),
    _attribute(
        "male", "sex", "yes/no",
        "Separate effects for women and men are fitted in QAdmissions (Hippisley-Cox 2013); other and unknown stay blank.",
        Kind.STATE,
    ),
    _attribute(
        "imd_decile", "deprivation", "decile, 1 most deprived",
        "Deprivation raises emergency admission at every age (QAdmissions uses Townsend score, SPARRA v4 SIMD).",
    ),
    _attribute(
        "registered_days", "registration", "days",
        "A short registration means a short record, so that little recorded need not mean little need.",
    ),
)  # fmt: skip
