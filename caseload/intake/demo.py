"""A demonstration from nothing: a made-up place, two months of runs taken in, staff of every role, cases under way.

The months are made by the `stratify` command as a process of its own, unless runs are given. Everything lies in one new
folder; nothing in it is about anybody.
"""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from caseload.clock import local_day
from caseload.exceptions import OutputRefused, RunRefused
from caseload.intake.demo_first_month import first_month
from caseload.intake.demo_flags import flags
from caseload.intake.demo_hospital import connect_hospital, feeds_file, in_hospital
from caseload.intake.demo_meetings import meetings
from caseload.intake.demo_plans import assessments, plans
from caseload.intake.demo_scene import Scene
from caseload.intake.demo_second_month import second_month
from caseload.intake.demo_staff import Account, Staff, hire
from caseload.intake.incoming import LoadRequest
from caseload.intake.load_run import load_run
from caseload.opening import opened_store, set_up
from caseload.settings import Settings, config_folder, installed_folder, settings_with
from interfaces.extracts.engine import connect
from interfaces.extracts.pack import open_pack
from interfaces.progress import Progress
from interfaces.scores import open_scores

_ACCOUNTS = "accounts.txt"
_SEED = 7


@dataclass(frozen=True)
class DemoRequest:
    """Where to make it, and how many people; or the packs, runs and key that are here already, oldest first."""

    folder: Path
    people: int
    packs: tuple[Path, ...] = ()
    key: Path | None = None
    runs: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Demo:
    """What was made: the folder, the place and its accounts with their one password."""

    folder: Path
    place: str
    accounts: tuple[Account, ...]
    password: str

    def lines(self) -> Iterator[str]:
        """Accounts as a table, for whoever tries it out."""
        yield f"{self.place}: made-up people, two months taken in, cases under way."
        yield ""
        yield f"Sign in with any of these; the password of all is  {self.password}"
        yield ""
        shown = [("username", "role", "name", "job", "place")]
        shown += [
            (one.username, one.role.value.replace("_", " "), one.name, one.job_title, one.place)
            for one in self.accounts
        ]
        widths = [max(len(row[column]) for row in shown) for column in range(len(shown[0]))]
        for row in shown:
            yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        yield ""
        yield "To take in messages of its hospital (MLLP, port 2575):"
        yield f"  CARETIER_HOSPITAL_FEEDS_FILE={feeds_file(self.folder)} \\"
        yield f"  caseload listen --database sqlite:///{self.folder / 'caseload.sqlite'}"


def demo_settings(folder: Path) -> Settings:
    """The settings of a demonstration: its own database, plain HTTP on this machine, no second factor."""
    database = (folder / "caseload.sqlite").resolve()
    feeds = feeds_file(folder.resolve())
    return settings_with(
        database_url=f"sqlite:///{database}", secure_cookies=False, require_second_factor=False,
        hospital_feeds_file=str(feeds) if feeds.is_file() else "",
    )  # fmt: skip


def make_demo(request: DemoRequest, *, now: datetime, progress: Progress) -> Demo:
    """Make it all. Raises OutputRefused for a folder that exists, RunRefused for months that do not fit together.

    The folder stays where it fails half-way, so that what went wrong can be looked at.
    """
    _check(request)
    _make_folder(request.folder)
    connect_hospital(request.folder)
    months = _given(request) if request.runs else _made(request, local_day(now), progress)
    settings = demo_settings(request.folder)
    set_up(settings)
    with opened_store(settings) as store:
        first, second = months
        scene_start = datetime(first.index.year, first.index.month, first.index.day, 7, tzinfo=UTC)
        end = now - timedelta(minutes=5)
        progress("Taking in the first month")
        load_run(store, first.request, now=min(scene_start + timedelta(days=1), end))
        progress("Hiring staff")
        staff = hire(store, min(scene_start + timedelta(days=1), end))
        scene = Scene(store, staff, first.index, second.index, end)
        progress("A month of work")
        first_month(scene, _soon_gone(second.request.pack, first.index))
        assessments(scene)
        progress("Taking in the second month")
        load_run(store, second.request, now=scene.at(second.index + timedelta(days=1), 7))
        progress("What is under way")
        second_month(scene)
        plans(scene)
        flags(scene)
        in_hospital(scene)
        meetings(scene)
        place = open_scores(second.request.run / "scores.parquet").header.place
    return _written(request.folder, place, staff)


@dataclass(frozen=True)
class _Month:
    index: date
    request: LoadRequest


def _check(request: DemoRequest) -> None:
    given = (len(request.runs), len(request.packs))
    if given not in {(0, 0), (2, 2)} or bool(request.runs) != (request.key is not None):
        raise RunRefused(
            "two runs with the packs they were made from and their key, or none of these",
            f"{given[0]} runs and {given[1]} packs",
            "Give --run, --pack twice each, oldest first, and --key.",
        )


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        raise OutputRefused("a new folder", "one that exists", f"Remove it, or choose another than {folder}.") from None


def _given(request: DemoRequest) -> list[_Month]:
    assert request.key is not None
    return [
        _Month(open_scores(run / "scores.parquet").header.index_date, LoadRequest(run, pack, request.key))
        for run, pack in zip(request.runs, request.packs, strict=True)
    ]


def _made(request: DemoRequest, today: date, progress: Progress) -> list[_Month]:
    """This month and the one before, each scored from what was known at its beginning."""
    second = today.replace(day=1)
    first = (second - timedelta(days=1)).replace(day=1)
    place, key = request.folder / "place", request.folder / "keys" / "place.key"
    runs = request.folder / "runs"
    key.parent.mkdir(mode=0o700)
    runs.mkdir()
    model = max((installed_folder("models") / "emergency_admission_12m").glob("*/manifest.json")).parent
    progress(f"Making a place of {request.people:,} people")
    _stratify(
        "synth",
        place,
        "--people",
        str(request.people),
        "--index",
        f"{second}",
        "--earlier",
        f"{first}",
        "--seed",
        f"{_SEED}",
    )
    _stratify("make-key", key)
    months: list[_Month] = []
    for index, pack in ((first, place / "pack_earlier"), (second, place / "pack")):
        progress(f"Scoring {index:%B %Y}")
        run = runs / f"{index}"
        earlier = ("--previous", f"{months[-1].request.run}") if months else ()
        _stratify("run", pack, "--index", f"{index}", "--key", key, "--model", model, "--out", run, *earlier)
        months.append(_Month(index, LoadRequest(run, pack, key)))
    return months


def _stratify(*arguments: str | Path) -> None:
    """Scoring is a command of its own; the two meet in files."""
    command = [sys.executable, "-m", "stratify", *map(str, arguments)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603  (no shell)
    if done.returncode != 0:
        raise RunRefused(
            f"`stratify {arguments[0]}` to make the months",
            f"exit code {done.returncode}: {done.stderr.strip()}",
            "Run it by hand to see more.",
        )


def _soon_gone(pack_folder: Path, since: date) -> set[str]:
    """NHS numbers of made-up people who died or left since: the story takes some of them on before."""
    pack = open_pack(pack_folder, configured=config_folder() / "feeds")
    rows = pack.tables["gp_register"].relation_sql()
    with connect(threads=1) as connection:
        gone = connection.execute(
            f"SELECT nhs_number FROM {rows} WHERE date_of_death >= ? OR deregistered_on >= ?", [since, since]
        ).fetchall()
    return {number for (number,) in gone}


def _written(folder: Path, place: str, staff: Staff) -> Demo:
    demo = Demo(folder, place, staff.accounts, staff.password)
    file = folder / _ACCOUNTS
    file.touch(mode=0o600)
    file.write_text("\n".join(demo.lines()) + "\n", encoding="utf-8")
    return demo
