"""Care sites become practices; where the source names none, practices are made up."""

from interfaces.codes import OdsCode
from interfaces.exceptions import CodeError
from interfaces.extracts.casts import literal
from stratify.omop.workspace import Workspace

_PEOPLE_EACH = 2_500
_FEWEST = 6  # so that whole practices can be held out of a fit
_MOST = 999
_NOT_RECORDED = "Not recorded"


def build_practices(work: Workspace) -> None:
    """Makes pack.practices and work.practice_of (person_id, practice_code)."""
    if work.count("work.people", "care_site_id IS NOT NULL"):
        _from_care_sites(work)
    else:
        _made_up(work)
    work.take("practices", "care_site" if work.source.has("care_site") else "nothing: they are made up")
    work.notes.lacking.append("networks, localities and deprivation: OMOP has no place for them")


def _from_care_sites(work: Workspace) -> None:
    sites = work.connection.execute("""
        SELECT DISTINCT p.care_site_id, s.care_site_name, s.care_site_source_value
        FROM work.people p LEFT JOIN (
            SELECT care_site_id, min(care_site_name) AS care_site_name, min(care_site_source_value) AS care_site_source_value
            FROM omop.care_site GROUP BY care_site_id) s USING (care_site_id)
        WHERE p.care_site_id IS NOT NULL ORDER BY 1
    """).fetchall()
    own = [_ods_code(value) for _, _, value in sites]
    use_own = None not in own and len(set(own)) == len(own)
    made_up = [f"CS{place:04d}" for place in range(1, len(sites) + 1)]
    codes = [code or "" for code in own] if use_own else made_up
    rows: list[tuple[int | None, str, str]] = [
        (site, code, name or code) for (site, name, _), code in zip(sites, codes, strict=True)
    ]
    if work.count("work.people", "care_site_id IS NULL"):
        rows.append((None, "CS0000", "No practice recorded"))
    _write(work, rows)
    work.run("""
        CREATE TABLE work.practice_of AS SELECT person_id, practice_code FROM work.people p
        JOIN work.practice_sites s ON s.care_site_id IS NOT DISTINCT FROM p.care_site_id
    """)
    if not use_own:
        work.notes.assumed.append("practice codes are made up: the care sites carry no codes of the ODS form")


def _made_up(work: Workspace) -> None:
    number = min(max(_FEWEST, work.count("work.people") // _PEOPLE_EACH), _MOST)
    _write(work, [(place, f"ZZZ{place:03d}", f"Made-up practice {place}") for place in range(1, number + 1)])
    share = f"substring(md5(concat({literal(f'practice/{work.seed}/')}, CAST(person_id AS VARCHAR))), 1, 8)"
    work.run(f"""
        CREATE TABLE work.practice_of AS SELECT person_id, practice_code FROM work.people
        JOIN work.practice_sites s ON s.care_site_id = 1 + CAST('0x' || {share} AS BIGINT) % {number}
    """)
    work.notes.assumed.append(
        f"practices are made up: the source links nobody to a care site, so people are spread over {number} at random"
    )


def _write(work: Workspace, rows: list[tuple[int | None, str, str]]) -> None:
    work.run("CREATE TABLE work.practice_sites (care_site_id BIGINT, practice_code VARCHAR, name VARCHAR)")
    work.connection.executemany("INSERT INTO work.practice_sites VALUES (?, ?, ?)", rows)
    work.run(f"""
        CREATE TABLE pack.practices AS SELECT practice_code, name, {literal(_NOT_RECORDED)} AS network,
               {literal(_NOT_RECORDED)} AS locality, {literal(work.place)} AS borough
        FROM work.practice_sites
    """)


def _ods_code(value: str | None) -> str | None:
    try:
        return OdsCode.parse(value).code
    except CodeError:
        return None
