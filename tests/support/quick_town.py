"""The made-up place, made once in a test process and copied for each SQLite database that is still empty."""

from copy import deepcopy
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from caseload.database import open_database
from caseload.secrets import Secrets
from caseload.store import Store
from tests.support.case_app import Town, make_town
from tests.support.sqlite import content_of, migrated, sqlite_url


def quick_town(store: Store) -> Town:
    """`make_town`, for less: what is in the database already stays, and then the place is made there by hand."""
    address = store.engine.url
    if address.get_backend_name() != "sqlite" or not address.database:
        return make_town(store)
    path = Path(address.database)
    if path.with_name(f"{path.name}-wal").exists() or path.read_bytes() != migrated():
        return make_town(store)
    store.engine.dispose()
    content, town = _made()
    path.write_bytes(content)
    return deepcopy(town)


@cache
def _made() -> tuple[bytes, Town]:
    with TemporaryDirectory() as folder:
        engine = open_database(sqlite_url(Path(folder)))
        town = make_town(Store(engine, Secrets.of("of no matter: nothing in the place is signed")))
        engine.dispose()
        return content_of(Path(folder) / "case.sqlite"), town
