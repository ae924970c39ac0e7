"""What allows the use of each table: who answers for it, for what, on which basis and until when."""

from collections.abc import Iterator
from datetime import date, timedelta

from interfaces.extracts.feeds import PackRules
from interfaces.extracts.manifest import ManifestTable
from interfaces.extracts.pack import Pack
from interfaces.extracts.refusal import Notice, Refusal

_ASK = "Ask the information governance lead; the table must not be used until it is settled."


def lawful_refusals(pack: Pack, rules: PackRules) -> Iterator[Refusal]:
    """Tables whose lawful basis had ended when the pack was made, or is not stated for real people."""
    for name in pack.tables:
        told = pack.manifest.tables.get(name, ManifestTable())
        missing = (
            [] if pack.manifest.synthetic else [at for at in rules.lawful.required if not getattr(told.origin, at)]
        )
        if missing:
            yield Refusal(
                "lawful_basis_missing",
                f"the manifest to give {', '.join(rules.lawful.required)} of every table about real people",
                f"no {', '.join(missing)}",
                _ASK,
                name,
            )
        expires = told.origin.lawful_basis_expires
        if expires is not None and expires < pack.manifest.extracted_on:
            yield Refusal(
                "lawful_basis_lapsed",
                f"a lawful basis that holds on {pack.manifest.extracted_on.isoformat()}",
                f"one that ended on {expires.isoformat()}",
                _ASK,
                name,
            )


def lawful_notices(pack: Pack, rules: PackRules) -> Iterator[Notice]:
    """Tables whose lawful basis ends soon, and what the manifest does not say of the tables it should describe."""
    for name in pack.tables:
        told = pack.manifest.tables.get(name)
        if told is None:
            yield Notice(name, "the manifest does not describe it, so its rows and bytes could not be compared")
            continue
        if told.rows is None or told.sha256 is None:
            yield Notice(name, "the manifest gives no rows or no SHA-256, so they could not be compared")
        expires = told.origin.lawful_basis_expires
        if expires is not None and _soon(pack.manifest.extracted_on, expires, rules.lawful.warn_days):
            yield Notice(name, f"its lawful basis ends on {expires.isoformat()}: have it renewed")


def _soon(today: date, expires: date, days: int) -> bool:
    return today <= expires < today + timedelta(days=days)
