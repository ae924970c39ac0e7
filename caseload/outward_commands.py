"""The commands for what leaves: the nightly files of the practices, and flags that have ended by themselves."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from caseload import clock
from caseload.command_options import Database, a_day
from caseload.exceptions import RunRefused
from caseload.opening import opened_store, settings_for
from caseload.settings import folder_for_exports

outward = typer.Typer(rich_markup_mode=None)


@outward.command("gp-files")
def gp_files(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where a folder for each day is made.")],
    day: Annotated[datetime | None, a_day("--day", "The day they are called by, as 2026-09-30; else today.")] = None,
    database: Database = None,
) -> None:
    """Write a file for each practice, to copy back into its GP system: who is in care coordination there, and the flag.

    Nothing about who objects, and nothing about restricted records. As things stand now, whatever --day says; a day's
    files that are there already are left as they are. Readable by you only. Exit 0: done. 2: usage. 5: FOLDER cannot be
    written, or holds other files of that day.
    """
    from caseload.intake.gp_files import write_gp_files

    settings = settings_for(database)
    now = clock.now()
    with opened_store(settings) as store:
        called = clock.local_day(now) if day is None else day.date()
        if called > clock.local_day(now):
            raise RunRefused("a day that has come", "one in the future", "Name today or a day before.")
        files = write_gp_files(store, folder, called, now=now, bounds=settings)
    if files.made:
        typer.echo(f"{files.practices:,} files with {files.people:,} people written to {files.folder}.")
    else:
        typer.echo(f"The files of {called.isoformat()} are there already, as they were written.")


@outward.command("sweep-flags")
def sweep_flags_command(database: Database = None) -> None:
    """Write down that flags for urgent care have ended whose review date has passed, and tell their leads. Run it daily.

    They are told to nobody from that day on in any case. The files of bulk exports whose time is over are taken away too.
    """
    from caseload.actions.flag_endings import sweep_flags
    from caseload.api.export_files import remove_old

    settings = settings_for(database)
    with opened_store(settings) as store:
        with store.writing() as session:
            ended = sweep_flags(session, now=clock.now())
        remove_old(store, folder_for_exports(settings), now=clock.now(), hours=settings.export_hours)
    typer.echo(f"{ended:,} flags have ended.")
