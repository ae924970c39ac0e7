"""Made-up places, made once in a test process and copied for each database that is still as it was before."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from caseload.database import open_database
from caseload.secrets import Secrets
from caseload.store import Store
from tests.support import postgres_content
from tests.support.sqlite import content_of, migrated, sqlite_url

Made = TypeVar("Made")


@dataclass(frozen=True)
class _Kept:
    content: Any
    store: Store
    made: Any


_on_postgresql: dict[tuple[Callable[..., Any], Secrets], _Kept] = {}


def copied(store: Store, make: Callable[..., Made], *given: Any, after: Callable[[Store], Any] | None = None) -> Made:
    """`make(store, *given)`, for less: what it writes and answers is that of the first time, with this store in it.

    With `after`, it is given what that function made in this store. In a database that has anything else in it, and on
    PostgreSQL with `after`, it is made there by hand.
    """
    if store.engine.dialect.name == "postgresql":
        return make(store, *given) if after or given else _copied_to_postgresql(store, make)
    path = _file_of(store)
    if path is None or path.read_bytes() != _before(after, store.secrets):
        return make(store, *given)
    kept = _kept(make, after, store.secrets)
    store.engine.dispose()
    path.write_bytes(kept.content)
    return _of(kept, store)


def _copied_to_postgresql(store: Store, make: Callable[[Store], Made]) -> Made:
    """The same there: the first place of its kind is made in the database of whoever asks first."""
    if not postgres_content.is_untouched(store.engine):
        return make(store)
    kept = _on_postgresql.get((make, store.secrets))
    if kept is not None:
        postgres_content.put(kept.content, store.engine)
        return _of(kept, store)
    made = make(store)
    kept = _Kept(postgres_content.content_of(store.engine), store, made)
    _on_postgresql[make, store.secrets] = kept
    return _of(kept, store)


def _of(kept: _Kept, store: Store) -> Any:
    return deepcopy(kept.made, {id(kept.store): store})


def _file_of(store: Store) -> Path | None:
    """The file of the store's database, where nobody has it open."""
    address = store.engine.url
    if address.get_backend_name() != "sqlite" or not address.database:
        return None
    path = Path(address.database)
    return None if path.with_name(f"{path.name}-wal").exists() else path


def _before(after: Callable[[Store], Any] | None, secrets: Secrets) -> bytes:
    return _kept(after, None, secrets).content if after else migrated()


@cache
def _kept(make: Callable[..., Any], after: Callable[[Store], Any] | None, secrets: Secrets) -> _Kept:
    with TemporaryDirectory() as folder:
        url = sqlite_url(Path(folder))
        path = Path(folder) / "case.sqlite"
        path.write_bytes(_before(after, secrets))
        store = Store(open_database(url), secrets)
        earlier = _kept(after, None, secrets) if after else None
        made = make(store, *([deepcopy(earlier.made, {id(earlier.store): store})] if earlier else []))
        store.engine.dispose()
        return _Kept(content_of(path), store, made)
