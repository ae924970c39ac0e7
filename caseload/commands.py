"""The `caseload` command: setting up, taking in a run, serving, keeping.

Each command imports what it needs when it is called, so that `--help` answers at once.
"""

import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from caseload import clock
from caseload.border_commands import border
from caseload.client_commands import programs
from caseload.command_options import Database, Host, Port, a_day
from caseload.domain.words import OrganisationKind, Role
from caseload.exceptions import CaseloadError, OutputRefused, RunRefused, SettingsRefused
from caseload.opening import opened_store, set_up, settings_for
from caseload.outward_commands import outward
from caseload.settings import folder_for_exports
from interfaces.exceptions import InterfaceError
from interfaces.progress import on_terminal
from interfaces.usage import PlainGroup

if TYPE_CHECKING:
    from caseload.run_summary import RunSummary

app = typer.Typer(
    name="caseload",
    cls=PlainGroup,
    help="The team's side of Caretier: who to look at, what was decided, what happened.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
audit = typer.Typer(no_args_is_help=True, help="The audit log.", rich_markup_mode=None)
app.add_typer(audit, name="audit")
app.add_typer(border)
app.add_typer(outward)
app.add_typer(programs)

Run = Annotated[Path, typer.Argument(metavar="RUN", help="Folder that `stratify run` wrote.")]


@app.command("init")
def init(database: Database = None) -> None:
    """Make a case database, or bring one up to date; what is in it stays."""
    settings = settings_for(database)
    made = set_up(settings)
    typer.echo("The case database is ready." if made else "The case database was here and is up to date.")
    typer.echo("Next: caseload load-run RUN PACK --key FILE, then caseload add-user.")


@app.command("load-run")
def load_run_command(  # noqa: PLR0913 - one argument for each option
    run: Run,
    pack: Annotated[Path, typer.Argument(metavar="PACK", help="The folder of extracts the run was made from.")],
    key: Annotated[Path, typer.Option("--key", metavar="FILE", help="The pseudonym key the run was made with.")],
    older: Annotated[
        bool, typer.Option("--older", help="Add the scores of a month before the latest one taken in.")
    ] = False,
    new_key: Annotated[
        bool,
        typer.Option("--new-key", help="The place has changed its key since the month before. Stop the app first."),
    ] = False,
    allow_leavers: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-leavers",
            metavar="PRACTICE",
            help="The code of a practice that has closed, or whose missing people have really gone; once for each.",
        ),
    ] = None,
    database: Database = None,
) -> None:
    """Take in a monthly run: people, scores, the list. The same run again does nothing."""
    from caseload.intake.incoming import LoadRequest
    from caseload.intake.load_run import load_run

    settings = settings_for(database)
    request = LoadRequest(
        run,
        pack,
        key,
        older,
        new_key,
        tuple(allow_leavers or ()),
        settings.leavers_percent,
        settings.hospital_feeds_file,
    )
    with opened_store(settings) as store, on_terminal() as show:
        loaded = load_run(store, request, now=clock.now(), progress=show)
    for line in loaded.lines():
        typer.echo(line)


@app.command("serve")
def serve(port: Port = 8000, host: Host = "127.0.0.1", database: Database = None) -> None:
    """Serve the app until Ctrl-C."""
    from caseload.app import create_app
    from caseload.serving import serve_app

    settings = settings_for(database)
    with opened_store(settings) as store:
        served = create_app(settings, store=store)
        serve_app(
            served, host=host, port=port, threads=settings.threads, ready=lambda url: typer.echo(f"Serving at {url}")
        )


@app.command("demo")
def demo(  # noqa: PLR0913 - one argument for each option
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A new folder for everything it makes.")],
    people: Annotated[
        int, typer.Option("--people", metavar="N", min=500, help="People of the made-up place.")
    ] = 20_000,
    port: Port = 8000,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Make it all and end.")] = False,
    pack: Annotated[
        list[Path] | None,
        typer.Option("--pack", metavar="PACK", help="Extracts that are here already, one for each run."),
    ] = None,
    key: Annotated[Path | None, typer.Option("--key", metavar="FILE", help="The key of their runs.")] = None,
    run: Annotated[
        list[Path] | None, typer.Option("--run", metavar="RUN", help="Their runs, oldest first; give it twice.")
    ] = None,
) -> None:
    """Make a place with staff of every role, two months of runs and cases under way, and serve it."""
    from caseload.intake.demo import DemoRequest, make_demo

    request = DemoRequest(folder, people, tuple(pack or ()), key, tuple(run or ()))
    with on_terminal() as show:
        made = make_demo(request, now=clock.now(), progress=show)
    for line in made.lines():
        typer.echo(line)
    if not no_serve:
        _serve_demo(folder, port)


@app.command("add-user")
def add_user(  # noqa: PLR0913 - one argument for each option
    username: Annotated[str, typer.Argument(metavar="USERNAME", help="What they sign in with.")],
    name: Annotated[str, typer.Option("--name", help="Their name as colleagues write it.")],
    role: Annotated[Role, typer.Option("--role", help="What they sign in as.")],
    place: Annotated[
        str | None,
        typer.Option("--place", metavar="CODE", help="Where: code or name of a place; else the whole of it."),
    ] = None,
    employer: Annotated[
        str | None, typer.Option("--employer", metavar="CODE", help="Code or name of their employer; else the place.")
    ] = None,
    job_title: Annotated[str, typer.Option("--job-title", help="Their job.")] = "",
    email: Annotated[str, typer.Option("--email", help="For the daily digest.")] = "",
    database: Database = None,
) -> None:
    """Add a user, such as the first administrator. The password is asked for, or read as a line from standard input."""
    from caseload.actions.users import create_user

    with opened_store(settings_for(database)) as store:
        with store.reading() as session:
            place_id = _place(session, place)
            home_id = place_id if employer is None else _called(session, employer)
        with store.writing() as session:
            create_user(
                session, by=None, now=clock.now(), username=username, display_name=name,
                job_title=job_title or role.value.replace("_", " "), home_id=home_id, password=_password(),
                roles=[(role, place_id)], email=email,
            )  # fmt: skip
    typer.echo(f"{username} may sign in as {role.value.replace('_', ' ')}.")


@app.command("add-organisation")
def add_organisation_command(
    code: Annotated[str, typer.Argument(metavar="CODE", help="Its ODS or other code.")],
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name.")],
    kind: Annotated[OrganisationKind, typer.Option("--kind", help="trust, council or voluntary.")],
    database: Database = None,
) -> None:
    """Add an employer that is not a place: an NHS trust, a council, a voluntary body."""
    from caseload.actions.organisations import add_organisation

    with opened_store(settings_for(database)) as store, store.writing() as session:
        add_organisation(session, by=None, now=clock.now(), code=code, name=name, kind=kind)
    typer.echo(f"{name} was added.")


@app.command("add-team")
def add_team_command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its name.")],
    place: Annotated[str, typer.Option("--place", metavar="CODE", help="Code or name of the place it serves.")],
    database: Database = None,
) -> None:
    """Add a team with a list of its own, for everyone registered within a place."""
    from caseload.actions.organisations import add_team

    with opened_store(settings_for(database)) as store, store.writing() as session:
        add_team(session, by=None, now=clock.now(), name=name, place_id=_called(session, place))
    typer.echo(f"{name} was added.")


@app.command("propose-leads")
def propose_leads(database: Database = None) -> None:
    """Apply the lead rule to every case again, after birthdays or a change of config/lead_rules.toml. Names nobody."""
    from caseload.actions.leads import propose_leads_everywhere

    with opened_store(settings_for(database)) as store, store.writing() as session:
        changed = propose_leads_everywhere(session, now=clock.now())
    typer.echo(f"{changed:,} proposals changed.")


@app.command("proportions")
def proportions(
    as_at: Annotated[datetime, a_day("--as-at", "The reporting date, as 2026-09-30.")],
    json_file: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write it as JSON.")] = None,
    csv_file: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write it as CSV.")] = None,
    database: Database = None,
) -> None:
    """What proportion of adults is at risk, and of those what proportion has a lead and a joint care plan, by place.

    As it was recorded by the end of that day, with small numbers withheld as on the page. The same database and date give
    the same bytes. Exit 0: done. 1: a date to come, or without a run. 2: usage. 3: no case database. 5: FILE cannot be
    written.
    """
    from caseload.presenters.headline_files import csv_text, in_order, json_of, summary_lines
    from caseload.queries.headline import headline_on

    settings = settings_for(database)
    day = _reporting_date(as_at.date())
    with opened_store(settings) as store, store.reading() as session:
        found = headline_on(session, day, settings.small_number)
    if found is None:
        raise RunRefused(
            f"a run of {day.isoformat()} or before", "none taken in", "Name a later date, or take in that month's run."
        )
    _write(json_file, json_of(found, settings.small_number))
    _write_text(csv_file, csv_text([(found, list(in_order(found)))], settings.small_number))
    for line in summary_lines(found):
        typer.echo(line)


@app.command("digest")
def digest(database: Database = None) -> None:
    """Send today's e-mail to everyone who wants one and was not sent it: numbers, and nothing about anybody.

    Flags for urgent care that ended by themselves are written down first, so that their leads are told; the files of bulk
    exports whose time is over are taken away.
    """
    from caseload.actions.flag_endings import sweep_flags
    from caseload.api.export_files import remove_old
    from caseload.intake.digest import send_digests

    settings = settings_for(database)
    with opened_store(settings) as store:
        with store.writing() as session:
            sweep_flags(session, now=clock.now())
        remove_old(store, folder_for_exports(settings), now=clock.now(), hours=settings.export_hours)
        typer.echo(f"{send_digests(store, settings, clock.now()):,} e-mails sent.")


@app.command("backup")
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file; readable by you only.")],
    database: Database = None,
) -> None:
    """Copy the case database while it is in use. Keep the secret apart from the copy, and back it up too."""
    from caseload.backup import back_up

    with opened_store(settings_for(database)) as store:
        size = back_up(store.engine, file)
    typer.echo(f"{size:,} bytes written to {file}, readable by you only. The secret is not in it.")


@audit.command("verify")
def verify_command(
    note: Annotated[
        Path | None,
        typer.Option("--note", metavar="FILE", help="Compare with the note an earlier check left there, and renew it."),
    ] = None,
    database: Database = None,
) -> None:
    """Read the whole audit log; exit 6 and the first bad event where it is not what was written."""
    from caseload.audit_chain import verify
    from caseload.audit_note import compare_with_note, write_note

    with opened_store(settings_for(database)) as store:
        with store.reading() as session:
            verified = verify(session, store.secrets.audit)
            if note is not None:
                compare_with_note(session, note)
        if note is not None:
            write_note(verified, note)
    typer.echo(f"The audit log is whole: {verified.events:,} events, the last with hash {verified.last_hash[:16]}…")


@app.command("check-run")
def check_run_command(
    run: Run,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the same as JSON, also when refused.")
    ] = None,
) -> None:
    """Say whether a run is whole and unchanged, and what would be taken in from it.

    Exit 0: it can be taken in. 1: refused, with the reason. 2: usage. 5: FILE cannot be written.
    """
    summary = _checked(run, json_file)
    for line in summary.lines():
        typer.echo(line)


def _serve_demo(folder: Path, port: int) -> None:
    from caseload.app import create_app
    from caseload.intake.demo import demo_settings
    from caseload.serving import serve_app

    settings = demo_settings(folder)
    with opened_store(settings) as store:
        served = create_app(settings, store=store)
        serve_app(
            served, host="127.0.0.1", port=port, threads=settings.threads,
            ready=lambda url: typer.echo(f"\nThe app is running at {url}  (Ctrl-C ends it)"),
        )  # fmt: skip


def _place(session: Any, words: str | None) -> int:
    from caseload.queries.places import whole_places

    if words is not None:
        return _called(session, words)
    found = whole_places(session)
    if len(found) != 1:
        raise SettingsRefused(
            "one place the user's role is for",
            f"{len(found)} to choose from" if found else "none: places come with the first run",
            "Name it with --place." if found else "Take in a run first: caseload load-run.",
        )
    return found[0]


def _called(session: Any, words: str) -> int:
    from caseload.queries.places import organisations_called

    found = organisations_called(session, words)
    if not found:
        raise SettingsRefused(
            "the code or name of an organisation that is here",
            "none of that name",
            "Places come with a run; other employers with caseload add-organisation.",
        )
    return found[0]


def _password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")


def _checked(run: Path, json_file: Path | None) -> "RunSummary":
    from caseload.run_summary import check_run

    try:
        summary = check_run(run)
    except (CaseloadError, InterfaceError) as error:
        _write(json_file, {"usable": False, "expected": error.expected, "found": error.found, "todo": error.todo})
        raise
    _write(json_file, summary.to_json())
    return summary


def _reporting_date(day: date) -> date:
    if day > clock.local_day(clock.now()):
        raise RunRefused("a reporting date that has come", "one in the future", "Name today or a day before.")
    return day


def _write(json_file: Path | None, content: dict[str, Any]) -> None:
    _write_text(json_file, json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def _write_text(file: Path | None, content: str) -> None:
    if file is None:
        return
    try:
        file.write_text(content, encoding="utf-8", newline="")
    except OSError:
        raise OutputRefused(
            f"to write {file.name}", "a place that cannot be written to", "Name a file in a folder of yours."
        ) from None
