"""Options that several commands have, in the same words everywhere."""

from typing import Annotated, Any

import typer

Database = Annotated[
    str | None,
    typer.Option("--database", metavar="URL", help="sqlite:///FILE or postgresql://…; else the setting database_url."),
]
Port = Annotated[
    int, typer.Option("--port", metavar="P", min=0, max=65535, help="The port to open; 0 for any free one.")
]
Host = Annotated[str, typer.Option("--host", help="The address to open it on.")]


def a_day(name: str, says: str) -> Any:
    """An option that is a day; the command is given it as a datetime."""
    return typer.Option(name, metavar="DATE", formats=["%Y-%m-%d"], help=says)
