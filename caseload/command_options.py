"""Options that several commands have, in the same words everywhere."""

from typing import Annotated

import typer

Database = Annotated[
    str | None,
    typer.Option("--database", metavar="URL", help="sqlite:///FILE or postgresql://…; else the setting database_url."),
]
Port = Annotated[
    int, typer.Option("--port", metavar="P", min=0, max=65535, help="The port to open; 0 for any free one.")
]
Host = Annotated[str, typer.Option("--host", help="The address to open it on.")]
