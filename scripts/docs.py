"""Writes the reference pages from the code (--write), or says which are out of date (--check)."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

import typer

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
sys.path.insert(0, str(ROOT))

from caseload.exceptions import EXIT_CODES as CASELOAD_EXIT_CODES  # noqa: E402
from interfaces.extracts.contract import TABLES, ColumnSpec, TableSpec  # noqa: E402
from interfaces.scores import describe_columns  # noqa: E402
from scripts.sent_elements import elements_taken, what_is_sent  # noqa: E402
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
        view = vars(app.view_functions[rule.endpoint])
        permission = view["permission"]
        methods = ", ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        everyone = "programs, by a token" if view.get("programs") else "everyone"
        rows.append((f"`{rule.rule}`", methods, f"`{permission}`" if permission else everyone))
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


def diagram(title: str, moves: Mapping[Any, Iterable[StrEnum]], said: str = "") -> str:
    """One table of moves as a drawing, and as a table for who cannot see it. It starts with the first state."""
    from caseload.presenters.words import words_of

    ends = [state for state, nexts in moves.items() if not nexts]
    arrows = [f"    {state.value} --> {to.value}" for state, nexts in moves.items() for to in sorted(nexts)]
    lines = [
        "```mermaid", "stateDiagram-v2", *(f"    {state.value}: {words_of(state)}" for state in moves),
        f"    [*] --> {next(iter(moves)).value}", *arrows, *(f"    {state.value} --> [*]" for state in ends), "```",
    ]  # fmt: skip
    rows = ((words_of(state), ", ".join(words_of(to) for to in sorted(nexts)) or "–") for state, nexts in moves.items())
    return f"## {title}\n\n{said}\n" + "\n".join(lines) + f"\n\n{table(('from', 'to'), rows)}"


def states_page() -> str:
    from caseload.domain import (
        assessment_rules,
        case_rules,
        cohort_rules,
        handover_rules,
        meeting_rules,
        plan_rules,
        proposal_rules,
    )
    from caseload.domain.words import ProposalState

    proposals: dict[StrEnum, Iterable[StrEnum]] = {
        state: {*proposal_rules.RESULTS.values(), ProposalState.CLOSED} if state in proposal_rules.UNDECIDED else ()
        for state in ProposalState
    }
    drawings = (
        diagram("Proposal", proposals, "A practice decides, or a load closes it.\n"),
        diagram("Case", case_rules.MOVES, "Somebody who comes back gets a new case.\n"),
        diagram("Handover", handover_rules.MOVES, "The sender is accountable until the receiver accepts.\n"),
        diagram("Assessment", assessment_rules.MOVES),
        diagram("Version of a care plan", plan_rules.MOVES, "From ready on its words never change.\n"),
        diagram("Meeting", meeting_rules.MOVES),
        diagram("Place in a cohort", cohort_rules.MOVES),
    )
    said = "Drawn from the tables in `caseload/domain` that the actions themselves ask.\n"
    return f"# States\n\n{MADE}\n{said}\n" + "\n".join(drawings)


def prsb_page() -> str:
    from caseload.domain.prsb import read_elements, source_of

    path = ROOT / "config" / "prsb.csv"
    elements = read_elements(path)
    rows = (
        (
            e.standard,
            e.path,
            f"{e.least}..{e.most}",
            "yes" if e.mandatory else "",
            f"`{e.held_by}`" if e.held_by else "not held",
        )
        for e in elements
    )
    held, must = sum(bool(e.held_by) for e in elements), sum(e.has_to_be_held for e in elements)
    said = (
        f"{source_of(path)}\n\n{len(elements)} elements, {must} of them mandatory or needed at least once: all of those are "
        f"held. {held} are held in all; the others are optional, most of them codes beside free text, devices, files, and the grades and numbers of "
        "professionals.\n"
    )
    head = ("standard", "element", "how often", "mandatory", "held by")
    return f"# The standards of a care plan\n\n{MADE}\n{said}\n{table(head, rows)}"


def hospital_messages_page() -> str:
    from interfaces.hl7v2.feed_rules import VERSIONS
    from interfaces.hl7v2.triggers import TRIGGERS

    rows = ((f"`{trigger.code}`", trigger.meaning, ", ".join(trigger.needs)) for trigger in TRIGGERS.values())
    said = (
        f"ADT messages of the HL7 versions {', '.join(VERSIONS)}. A trigger below is acted on. Any other of A01 to A62, and a local "
        "one such as Z01, is stored, answered AA and said to be *not acted on*. Anything else is answered AR with error 201. How a "
        "feed is connected: [connect a hospital](../how-to/connect-a-hospital.md).\n"
    )
    return f"# Hospital messages\n\n{MADE}\n{said}\n{table(('trigger', 'what it says', 'segments it needs'), rows)}"


def openapi_page() -> str:
    from caseload.api.openapi import description

    return description()


def fhir_page() -> str:
    from caseload.queries.outward.resources import RESOURCES
    from interfaces.fhir.code_systems import DISPLAYS, our_codes
    from interfaces.fhir.elements import ELEMENTS

    said = (
        "What is sent is FHIR R4 (4.0.1), with the UK Core profile where there is one. The logical id is the row’s; of a CarePlan, a "
        "CareTeam and an EpisodeOfCare it is that of the case. Every text that somebody wrote is escaped before it stands in a "
        "narrative. Only the Patient has a name, an NHS number or an address in it; a copy of a plan (Binary) says whose it is, as on "
        "paper. A warehouse is told of people by pseudonym, and "
        "nothing of what is marked. R4 is the release that is sent and taken; nothing that goes out is validated again when it is "
        "sent: the tests validate what the builders make.\n\n"
        "Every resource can be asked by `_id`, `_lastUpdated`, `_count` and the parameters below; `_include` may follow those that "
        "say so. Parameters marked with a star identify somebody and are taken by `POST` to `_search` only. Goals and "
        "encounters of an extract change without a moment of their own: `_lastUpdated` is that of the plan, or not there.\n"
    )
    parts = [f"# FHIR\n\n{MADE}\n{said}", *(fhir_part(name, RESOURCES.get(name)) for name in sorted(ELEMENTS))]
    rows = (
        (f"`{our_codes(name)}`", f"`{code}`", words)
        for name, codes in DISPLAYS.items()
        for code, words in codes.items()
    )
    systems = table(("system", "code", "display"), rows)
    ours = "Names of our own are URNs: they name something and promise no page. Codes of flags, models, audit events and pages are open.\n"
    return "\n".join(parts) + what_is_sent(table) + f"\n## Code systems of our own\n\n{ours}\n{systems}"


def fhir_part(name: str, served: Any | None) -> str:
    """One resource: who may ask for it, by what, and every element of it that is ever sent; a file is nothing to search for."""
    from interfaces.fhir.elements import ELEMENTS

    sent = ((f"`{one.path}`", one.type, one.meaning, one.source, "no" if one.stays else "") for one in ELEMENTS[name])
    elements = table(("element", "type", "meaning", "from", "warehouse"), sent)
    if served is None:
        asked = "Base R4. For who may read the DocumentReference of the same id, with the scopes for both. Can be asked for by read.\n"
        return f"## {name}\n\n{asked}\n{elements}"
    return f"## {name}\n\n{fhir_questions(name, served)}\n{elements}{elements_taken(name, table)}"


def fhir_questions(name: str, served: Any) -> str:
    """Who may ask for a resource, and by what."""
    from interfaces.fhir.resource import profile_of
    from interfaces.fhir.search_parameters import PARAMETERS

    may = ", ".join(f"`{permission}`" for permission in sorted(served.permissions))
    can = ", ".join(sorted(interaction.value for interaction in served.interactions))
    profile = profile_of(name)
    about = f"{f'Profile: `{profile}`. ' if profile else 'Base R4. '}Needs one of {may}. Can be asked for by {can}.\n"
    asked = (
        (
            f"`{one.name}`{'*' if one.personal else ''}",
            one.kind,
            f"`{one.path}`",
            one.meaning,
            "yes" if one.include else "",
        )
        for one in PARAMETERS[name]
    )
    return f"{about}\n{table(('parameter', 'kind', 'looks at', 'meaning', '`_include`'), asked)}"


def data_dictionary_page() -> str:
    from caseload.domain.gp_file import COLUMNS
    from caseload.domain.headline_columns import HEADLINE_COLUMNS
    from caseload.domain.outlets import OUTLETS

    ways = (
        (one.name, one.what, one.to_whom, one.rule, ", ".join(f"`{way}`" for way in one.made_by)) for one in OUTLETS
    )
    practice = ((f"`{one.name}`", one.meaning, one.source, one.rule or "as the file") for one in COLUMNS)
    headline = ((f"`{one.name}`", one.meaning, one.source, one.rule) for one in HEADLINE_COLUMNS)
    fields = ("field", "meaning", "source", "empty or withheld")
    parts = [
        "# Everything that leaves\n", MADE,
        "Every way out of the case app, to whom it leads and by which rule; then every field of it. Nothing leaves in another way: a test holds that.\n",
        f"## Ways out\n\n{table(('way out', 'what', 'to whom', 'rule', 'given by'), ways)}",
        f"## Practice file (`caseload gp-files`)\n\nOne line for each person in care coordination, for their own practice.\n\n{table(fields, practice)}",
        f"## Headline (`/headline.csv`, `caseload proportions`)\n\nNumbers only.\n\n{table(fields, headline)}",
        *fhir_parts(),
    ]  # fmt: skip
    return "\n".join(parts)


def fhir_parts() -> Iterator[str]:
    """The elements of every FHIR resource that is sent, from the table that the builders are held to."""
    from interfaces.fhir.elements import ELEMENTS

    head = ("element", "type", "meaning", "source", "for a warehouse")
    yield "## FHIR (`/fhir/R4`) and bulk export\n\nOf people a warehouse is told by pseudonym.\n"
    for resource, elements in sorted(ELEMENTS.items()):
        rows = ((f"`{one.path}`", one.type, one.meaning, one.source, "no" if one.stays else "yes") for one in elements)
        yield f"### {resource}\n\n{table(head, rows)}"


PAGES: dict[str, Callable[[], str]] = {
    "data-dictionary.md": data_dictionary_page,
    "fhir.md": fhir_page,
    "openapi.json": openapi_page,
    "states.md": states_page,
    "prsb.md": prsb_page,
    "stratify.md": stratify_page,
    "caseload.md": caseload_page,
    "permissions.md": permissions_page,
    "addresses.md": addresses_page,
    "settings.md": settings_page,
    "hospital-messages.md": hospital_messages_page,
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
