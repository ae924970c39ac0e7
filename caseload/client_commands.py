"""The command that lets a program in; `caseload.commands` has it among the others."""

from pathlib import Path
from typing import Annotated

import typer

from caseload import clock
from caseload.command_options import Database
from caseload.domain.words import Role
from caseload.exceptions import SettingsRefused
from caseload.opening import opened_store, settings_for

programs = typer.Typer(rich_markup_mode=None)


@programs.command("add-client")
def add_client_command(  # noqa: PLR0913 - one argument for each option
    name: Annotated[str, typer.Argument(metavar="NAME", help="The program's name, as staff know it.")],
    employer: Annotated[str, typer.Option("--employer", metavar="CODE", help="Code or name of whose program it is.")],
    keys: Annotated[Path, typer.Option("--keys", metavar="FILE", help="Its public keys: a JSON Web Key Set.")],
    scope: Annotated[list[str], typer.Option("--scope", help="What it may ask for, as system/Flag.rs; once for each.")],
    purpose: Annotated[str, typer.Option("--purpose", help="What it is for.")],
    role: Annotated[
        Role | None, typer.Option("--role", help="What it acts as for itself; without it only people let it in.")
    ] = None,
    place: Annotated[
        str | None, typer.Option("--place", metavar="CODE", help="Code or name of the place of the role.")
    ] = None,
    redirect_uri: Annotated[
        list[str] | None,
        typer.Option("--redirect-uri", metavar="URL", help="Where people are sent back to; once for each."),
    ] = None,
    database: Database = None,
) -> None:
    """Let a partner's program ask the API. Prints the identifier (client_id) it is known by."""
    from caseload.actions.api_clients import add_client
    from caseload.queries.api_clients import client_id_of
    from caseload.queries.places import organisations_called

    with opened_store(settings_for(database)) as store:
        with store.reading() as session:
            home_id = _found(organisations_called(session, employer))
            place_id = None if place is None else _found(organisations_called(session, place))
        if (role is None) != (place_id is None):
            raise SettingsRefused(
                "a role with its place, or neither", "one of them", "Give --role and --place together."
            )
        roles = [] if role is None or place_id is None else [(role, place_id)]
        with store.writing() as session:
            made = add_client(
                session, by=None, now=clock.now(), name=name, purpose=purpose, home_id=home_id, roles=roles,
                keys=_text(keys), scopes=scope, redirect_uris=redirect_uri or [],
            )  # fmt: skip
            client_id = client_id_of(session, made)
    typer.echo(f"{name} may ask the API as {client_id}")


def _found(ids: list[int]) -> int:
    if not ids:
        raise SettingsRefused(
            "the code or name of an organisation that is here", "none of that name",
            "Places come with a run; other employers with caseload add-organisation.",
        )  # fmt: skip
    return ids[0]


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise SettingsRefused(
            "a file of public keys that can be read", "one that cannot", "Name the file with --keys."
        ) from None
