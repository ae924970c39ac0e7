"""Writes the reference pages from the code (--write), or says which are out of date (--check)."""

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import typer

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
sys.path.insert(0, str(ROOT))

from caseload.exceptions import EXIT_CODES as CASELOAD_EXIT_CODES  # noqa: E402
from interfaces.extracts.contract import TABLES, ColumnSpec, TableSpec  # noqa: E402
from interfaces.scores import describe_columns  # noqa: E402
from stratify.exceptions import EXIT_CODES  # noqa: E402
from stratify.features.catalogue import FEATURES  # noqa: E402
from stratify.features.codelists import load_codelists  # noqa: E402

MADE = "<!-- Written by `make docs`. Change the code it describes, not this page. -->\n"


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table; bars inside cells are escaped."""
    head = list(head)
    lines = ["| " + " | ".join(head) + " |", "| " + " | ".join("---" for _ in head) + " |"]
    lines += ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def option_rows(command: Any) -> list[tuple[str, str, str]]:
    rows = []
    for parameter in command.params:
        if parameter.name == "help":
            continue
        option = parameter.param_type_name == "option"
        name = ", ".join(parameter.opts) if option else (parameter.metavar or str(parameter.name).upper())
        meaning = getattr(parameter, "help", None) or ""
        rows.append((f"`{name}`", "yes" if parameter.required else "", meaning))
    return rows


def command_page(title: str, app: typer.Typer) -> str:
    # Typer brings its own copy of click, so a group is known by its commands and not by its class.
    group: Any = typer.main.get_command(app)
    parts = [f"# The `{title}` command\n", MADE]
    for name, command in commands_of(title, group):
        parts.append(f"## {name}\n\n{command.help or ''}\n")
        parts.append(table(("option", "required", "meaning"), option_rows(command)))
    return "\n".join(parts)


def commands_of(title: str, group: Any) -> Iterator[tuple[str, Any]]:
    """Every command of a group by its whole name, those of groups within it among them."""
    for name, command in sorted(group.commands.items()):
        if hasattr(command, "commands"):
            yield from commands_of(f"{title} {name}", command)
        else:
            yield f"{title} {name}", command


def stratify_page() -> str:
    from stratify.commands import app

    codes = table(("exit code", "meaning"), EXIT_CODES.items())
    return command_page("stratify", app) + f"\n## Exit codes\n\n{codes}"


def caseload_page() -> str:
    from caseload.__main__ import app

    codes = table(("exit code", "meaning"), CASELOAD_EXIT_CODES.items())
    return command_page("caseload", app) + f"\n## Exit codes\n\n{codes}"


def column_row(column: ColumnSpec) -> tuple[str, str, str, str]:
    required = "yes" if column.required else ""
    return f"`{column.name}`", column.kind.value, required, ", ".join(f"`{value}`" for value in column.values)


def pack_table(spec: TableSpec) -> str:
    key = ", ".join(f"`{name}`" for name in spec.key) or "none"
    needed = "Every pack must have it." if spec.required else "May be absent."
    rows = table(("column", "kind", "required", "values"), map(column_row, spec.columns))
    return f"## {spec.name}\n\nKey: {key}. {needed}\n\n{rows}"


def pack_page() -> str:
    return "\n".join(["# The extract pack\n", MADE, *map(pack_table, TABLES.values())])


def features_page() -> str:
    rows = ((f"`{f.name}`", f.group, f.source, f.window_days or "", f.unit, f.rationale) for f in FEATURES)
    head = ("feature", "group", "source", "window, days", "unit", "why")
    return f"# Features\n\n{MADE}\n{len(FEATURES)} features.\n\n{table(head, rows)}"


def code_lists_page() -> str:
    rows = (
        (f"`{e.name}`", e.system, len(e.codes), e.date, e.source, e.note)
        for e in load_codelists(ROOT / "config").values()
    )
    return f"# Code lists\n\n{MADE}\n{table(('list', 'system', 'codes', 'date', 'source', 'note'), rows)}"


def score_file_page() -> str:
    rows = ((f"`{name}`", kind, meaning) for name, kind, meaning in describe_columns())
    return f"# The score file\n\n{MADE}\n{table(('column', 'type', 'meaning'), rows)}"


def permissions_page() -> str:
    from caseload.domain.permissions import PERMISSIONS
    from caseload.domain.words import Role

    rows = ((f"`{p}`", *("yes" if role in roles else "" for role in Role)) for p, roles in PERMISSIONS.items())
    words = (
        "What each role may do. Whom it may be done to: see [who may open whom](../explanation/who-may-open-whom.md).\n"
    )
    return f"# Permissions\n\n{MADE}\n{words}\n{table(('permission', *Role), rows)}"


def addresses_page() -> str:
    from caseload.app import create_app
    from caseload.database import open_database
    from caseload.secrets import Secrets
    from caseload.settings import settings_with
    from caseload.store import Store

    secret = "only for listing the addresses, never served"  # noqa: S105
    app = create_app(settings_with(secret_key=secret), store=Store(open_database("sqlite://"), Secrets.of(secret)))
    rows = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, sorted(rule.methods or ()))):
        if rule.endpoint == "static":
            continue
        permission = vars(app.view_functions[rule.endpoint])["permission"]
        methods = ", ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        rows.append((f"`{rule.rule}`", methods, f"`{permission}`" if permission else "everyone"))
    return f"# Addresses of the case app\n\n{MADE}\n{table(('address', 'method', 'permission'), rows)}"


def settings_page() -> str:
    from caseload.settings import Settings

    rows = (
        (
            f"`{name}`",
            f"`CARETIER_{name.upper()}`",
            "" if "secret" in name or field.is_required() else f"`{field.default!r}`",
        )
        for name, field in Settings.model_fields.items()
    )
    words = "In `config/caseload.toml`, or in the environment, which wins. Secrets only in the environment.\n"
    return f"# Settings of the case app\n\n{MADE}\n{words}\n{table(('setting', 'environment', 'default'), rows)}"


PAGES: dict[str, Callable[[], str]] = {
    "stratify.md": stratify_page,
    "caseload.md": caseload_page,
    "permissions.md": permissions_page,
    "addresses.md": addresses_page,
    "settings.md": settings_page,
    "pack.md": pack_page,
    "features.md": features_page,
    "code-lists.md": code_lists_page,
    "score-file.md": score_file_page,
}


def stale() -> list[str]:
    """The names of pages that differ from what the code says."""
    return [
        name
        for name, page in PAGES.items()
        if not (REFERENCE / name).is_file() or (REFERENCE / name).read_text(encoding="utf-8") != page()
    ]


def main(arguments: list[str]) -> int:
    if arguments == ["--write"]:
        REFERENCE.mkdir(parents=True, exist_ok=True)
        for name, page in PAGES.items():
            (REFERENCE / name).write_text(page(), encoding="utf-8")
        return 0
    found = stale()
    if found:
        print(f"Expected generated pages to match the code. Found {', '.join(found)} out of date. Run: make docs")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
