"""The headline's numbers from the raw rows, in SQL written by hand (SQLite): no word of the product's is used."""

from sqlalchemy import text

from tests.support.headline_history import last_moment


def by_plain_sql(store, day):
    """The same numbers from the raw rows, in SQL written by hand (SQLite)."""
    at = last_moment(day).strftime("%Y-%m-%d %H:%M:%S.%f")
    with store.reading() as session:
        rows = session.execute(text(PLAIN), {"at": at, "day": day.isoformat(), "ymd": int(f"{day:%Y%m%d}")}).all()
    return {(practice, line): tuple(numbers) for practice, line, *numbers in rows}


def _then(name):
    """A field as it was: from the first event after the moment that changed it, or as it is now."""
    first = (
        f"FROM person_event e WHERE e.person_id = p.id AND e.at > :at AND json_type(e.before, '$.{name}') IS NOT NULL"
    )
    return f"""CASE WHEN EXISTS (SELECT 1 {first})
        THEN (SELECT json_extract(e.before, '$.{name}') {first} ORDER BY e.id LIMIT 1) ELSE p.{name} END AS {name}"""


PLAIN = f"""
WITH run AS (
    SELECT id FROM risk_run WHERE index_date <= :day AND loaded_at <= :at ORDER BY index_date DESC, id DESC LIMIT 1
),
person_then AS (
    SELECT p.id, {_then("practice_id")}, {_then("date_of_birth")}, {_then("date_of_death")}, {_then("deregistered_on")},
        (SELECT s.tier FROM risk_score s JOIN run ON run.id = s.run_id WHERE s.person_id = p.id) AS tier,
        (SELECT c.state FROM consent c WHERE c.person_id = p.id AND c.purpose = 'risk_stratification' AND c.at <= :at
            ORDER BY c.id DESC LIMIT 1) AS said,
        EXISTS (
            SELECT 1 FROM care_case k
            WHERE k.person_id = p.id AND k.opened_at <= :at AND (k.closed_at IS NULL OR k.closed_at > :at)
        ) AS in_case,
        EXISTS (
            SELECT 1 FROM care_case k JOIN lead_allocation l ON l.case_id = k.id
            WHERE k.person_id = p.id AND l.from_at <= :at AND (l.until_at IS NULL OR l.until_at > :at)
        ) AS led,
        EXISTS (
            SELECT 1 FROM care_case k
            JOIN lead_allocation l ON l.case_id = k.id AND l.from_at <= :at AND (l.until_at IS NULL OR l.until_at > :at)
            JOIN plan_version v ON v.case_id = k.id AND v.active_at <= :at AND (v.ended_at IS NULL OR v.ended_at > :at)
            WHERE k.person_id = p.id
            AND (SELECT a.state FROM plan_agreement a WHERE a.version_id = v.id AND a.at <= :at ORDER BY a.id DESC LIMIT 1)
                IN ('agreed', 'by_representative')
            AND (
                SELECT count(DISTINCT j.value) FROM plan_section x, json_each(x.contributed) j
                WHERE x.version_id = v.id AND j.value IN ('health', 'social_care')
            ) = 2
        ) AS joint
    FROM person p WHERE p.merged_into_id IS NULL
),
placed AS (
    SELECT *, CASE
        WHEN date_of_death <= :day THEN 'died'
        WHEN deregistered_on <= :day THEN 'left'
        WHEN (:ymd - CAST(replace(date_of_birth, '-', '') AS INTEGER)) / 10000 < 18 THEN 'under_18'
        WHEN said IN ('refused', 'withdrawn') THEN 'objects'
        WHEN tier IS NULL THEN 'not_scored'
        WHEN tier = 'none' THEN 'rest'
        ELSE tier END AS line
    FROM person_then
)
SELECT practice_id, line, count(*), sum(in_case AND line IN ('very_high', 'high', 'moderate')), sum(led AND line IN ('very_high', 'high', 'moderate')),
    sum(joint AND line IN ('very_high', 'high', 'moderate'))
FROM placed
WHERE tier IS NOT NULL OR (said IS NOT NULL AND line NOT IN ('died', 'left'))
GROUP BY practice_id, line
"""
