"""`stratify check-pack`: a readable report on a pack, and whether a run may use it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from interfaces.exceptions import PackError
from interfaces.extracts.check import check_pack, require_usable
from interfaces.extracts.feeds import PackRules, read_rules
from interfaces.extracts.pack import Pack, open_pack
from interfaces.extracts.report import PackReport
from interfaces.scratch import scratch_folder
from stratify.engine import connect
from stratify.json_option import refuse_unwritable, write_json_option
from stratify.progress import on_terminal
from stratify.settings import read_settings


def check_pack_command(  # noqa: PLR0913  (one argument for each option of the command)
    pack_folder: Path,
    *,
    json_path: Path | None = None,
    feeds: Path | None = None,
    allow_gap: Sequence[str] = (),
    memory: str | None = None,
    threads: int | None = None,
    echo: Callable[[str], None],
) -> None:
    """Check a pack and tell its report line by line.

    `feeds` is a folder of mapping files; `allow_gap` names feeds that may stop early. With `json_path`
    the verdict is written there too, also where the pack is refused. Raises PackError where it is refused
    or the folder is no pack, OutputRefused where the JSON cannot be written.
    """
    refuse_unwritable(json_path)
    settings = read_settings()
    rules = read_rules(settings.config / "feeds.toml").allowing(allow_gap)
    try:
        pack = open_pack(pack_folder, mapping=feeds, configured=settings.config / "feeds")
        report = _checked(pack, rules, memory or settings.memory, threads or settings.threads)
    except PackError as error:
        write_json_option(json_path, _unread(error))
        raise
    for line in report.lines():
        echo(line)
    write_json_option(json_path, report.to_json())
    require_usable(report)


def _checked(pack: Pack, rules: PackRules, memory: str | None, threads: int) -> PackReport:
    with scratch_folder("caretier-check-") as scratch, on_terminal() as show:
        connection = connect(memory_limit=memory, threads=threads, temp_directory=scratch)
        with connection:
            return check_pack(pack, rules=rules, connection=connection, progress=lambda table: show(f"Reading {table}"))


def _unread(error: PackError) -> dict[str, Any]:
    said = {"expected": error.expected, "found": error.found, "todo": error.todo}
    return {"usable": False, "refusals": [{"rule": "not_a_pack", "table": None, **said}]}
