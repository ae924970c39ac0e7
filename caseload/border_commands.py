"""The commands at the product's borders: taking in what hospitals send, as it comes and from files."""

from pathlib import Path
from typing import Annotated

import typer

from caseload import clock
from caseload.command_options import Database, Host, Port
from caseload.opening import opened_store, settings_for
from interfaces.progress import on_terminal

border = typer.Typer(rich_markup_mode=None)

Feed = Annotated[
    str, typer.Option("--feed", metavar="NAME", help="Take the messages of this feed only, and refuse all others.")
]


@border.command("listen")
def listen(  # noqa: PLR0913 - one argument for each option
    host: Host = "127.0.0.1",
    port: Port = 2575,
    feed: Feed = "",
    tls_cert: Annotated[
        Path | None, typer.Option("--tls-cert", metavar="FILE", help="Our certificate in PEM: then only TLS is spoken.")
    ] = None,
    tls_key: Annotated[Path | None, typer.Option("--tls-key", metavar="FILE", help="Its key in PEM.")] = None,
    tls_ca: Annotated[
        Path | None,
        typer.Option("--tls-ca", metavar="FILE", help="Let in only senders with a certificate of this authority."),
    ] = None,
    metrics: Annotated[
        Path | None, typer.Option("--metrics", metavar="FILE", help="Keep the figures there, as Prometheus reads them.")
    ] = None,
    database: Database = None,
) -> None:
    """Take in what hospitals send (HL7 v2 over MLLP) until SIGTERM or Ctrl-C; their feeds are in config/hospital_feeds.toml.

    A message is answered AA once it is stored, AE or AR with the reason otherwise.
    """
    from caseload.intake.hospital.begin import begin_listening

    settings = settings_for(database)
    with opened_store(settings) as store:
        begin_listening(
            store, settings, host=host, port=port, feed=feed, tls=(tls_cert, tls_key, tls_ca), metrics=metrics,
            say=typer.echo,
        )  # fmt: skip


@border.command("replay")
def replay_command(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="Messages, framed or as plain text, one or many in a file.")
    ],
    feed: Feed = "",
    processes: Annotated[
        int | None,
        typer.Option(
            "--processes",
            metavar="N",
            min=1,
            max=64,
            help="How many act on the messages; more than one on PostgreSQL only.",
        ),
    ] = None,
    database: Database = None,
) -> None:
    """Take in files of messages as if they had been sent. What is here already is not taken twice.

    Exit 0: everything in the files is taken, now or before. 1: something was refused or belongs to no message, with
    counts by reason, or a file cannot be read. 2: usage. 3: no feed, or no case database.
    """
    from caseload.hospital_feeds import feeds_to_take
    from caseload.intake.hospital.door import Door
    from caseload.intake.hospital.replay import ReplayRequest, processes_for, replay

    settings = settings_for(database)
    door = Door(feeds_to_take(feed, settings.hospital_feeds_file), feed)
    with opened_store(settings) as store, on_terminal() as show:
        request = ReplayRequest(tuple(files), settings.hospital_message_bytes, processes_for(store, processes))
        replayed = replay(store, door, settings, request, now=clock.now, progress=show)
    for line in replayed.lines():
        typer.echo(line)
    if not replayed.is_clean:
        raise typer.Exit(1)
