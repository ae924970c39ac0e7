"""Writes the next step of the case database from what the tables say now and the last step does not.

    python scripts/migration.py "Care plans and their versions"

Read what it wrote: it sees tables, columns, types, references and indexes, but neither checks nor conditions of indexes
nor triggers (`caseload.migrations.append_only`). `tests/architecture/test_case_database.py` says what is missing.
"""

import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import typer  # noqa: E402
from alembic import command  # noqa: E402

from caseload.database import migrating, open_database  # noqa: E402
from caseload.migrations.running import configuration, upgrade  # noqa: E402
from caseload.migrations.steps import newest  # noqa: E402
from caseload.tables.base import UtcMoment, Word  # noqa: E402


def main(message: str) -> None:
    """Write the step MESSAGE describes, one sentence without a full stop."""
    number = f"{int(newest()) + 1:04}"
    with TemporaryDirectory() as folder:
        engine = open_database(f"sqlite:///{folder}/newest.sqlite")
        upgrade(engine)
        with migrating(engine) as connection:
            config = configuration()
            config.attributes.update(connection=connection, render_item=_plain)
            config.set_main_option(
                "file_template", f"{number}_{re.sub(r'[^a-z0-9]+', '_', message.lower()).strip('_')}"
            )
            command.revision(config, message, autogenerate=True, rev_id=number)


def _plain(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Types of our own are written as what they are in the database: a step must not change when our code does."""
    if kind == "type" and isinstance(item, UtcMoment):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Word):
        return "sa.String(40)"
    return False


if __name__ == "__main__":
    typer.run(main)
