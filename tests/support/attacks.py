"""What somebody could do to the case database who has its password but not the installation's secret."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text


@contextmanager
def triggers_off(engine: Engine) -> Iterator[Connection]:
    """A transaction in which nothing is kept append-only and no reference is enforced."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            yield connection
            connection.commit()
            return
        driver = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys = OFF")
        triggers = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        for name, _ in triggers:
            connection.execute(text(f"DROP TRIGGER {name}"))
        yield connection
        for _, words in triggers:
            connection.exec_driver_sql(words)
        connection.commit()
        driver.execute("PRAGMA foreign_keys = ON")


def attack(engine: Engine, *statements: str) -> None:
    """Statements one after the other, past every trigger."""
    with triggers_off(engine) as connection:
        for statement in statements:
            connection.execute(text(statement))
