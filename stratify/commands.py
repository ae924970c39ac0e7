"""The `stratify` command: options in, one pipeline call, a few plain lines out.

Each command imports what it needs when it is called, so that `--help` and `make-key` answer at once.
"""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from interfaces.exceptions import UsageRefused
from interfaces.usage import PlainGroup
from stratify import clock
from stratify.json_option import refuse_unwritable, write_json_option
from stratify.progress import on_terminal
from stratify.settings import read_settings

app = typer.Typer(
    name="stratify",
    cls=PlainGroup,
    help="Score everyone registered for emergency admission, in tiers, with reasons and what changed.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


class Format(StrEnum):
    """How a pack's tables are written."""

    csv = "csv"
    parquet = "parquet"


class IndexScore(StrEnum):
    """The published indices that can be run without a fitted model."""

    hfrs = "hfrs"
    charlson = "charlson"
    efi = "efi"


def _in_our_time(option: typer.CallbackParam, day: datetime | None) -> datetime | None:
    """The day, unless a slip of the keyboard is all that can explain it: sums with days end at the year 1."""
    if day is not None and not 1900 <= day.year < 2200:
        raise UsageRefused(f"{option.opts[0]} to be a day from 1900 to 2199", "another", "Correct the year.")
    return day


def _day(name: str, says: str) -> Any:
    return typer.Option(name, metavar="DATE", formats=["%Y-%m-%d"], callback=_in_our_time, help=says)


Pack = Annotated[Path, typer.Argument(metavar="PACK", help="The folder of this month's extracts.")]
Run = Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a finished run.")]
Key = Annotated[Path, typer.Option("--key", metavar="FILE", help="The pseudonym key, kept outside the data.")]
Index = Annotated[datetime, _day("--index", "The index date, as 2026-09-01.")]
Memory = Annotated[
    str | None, typer.Option("--memory", metavar="SIZE", help="Memory limit of the feature engine, as 2GB.")
]
Threads = Annotated[int | None, typer.Option("--threads", min=1, help="Processor threads to use.")]
Json = Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Also write the result there as JSON.")]
AllowGap = Annotated[
    list[str] | None, typer.Option("--allow-gap", metavar="FEED", help="Go on although this feed stops early.")
]
ObjectionsFor = Annotated[
    str | None,
    typer.Option(
        "--objections-for", metavar="PURPOSE", help="Whose objections count: a purpose of objections.toml, as planning."
    ),
]
Seed = Annotated[int, typer.Option("--seed", metavar="N", min=0, max=2**31 - 1, help="The seed of everything random.")]


@app.command("synth")
def synth(  # noqa: PLR0913
    out: Annotated[Path, typer.Argument(metavar="OUT", help="A new folder for pack, pack_later and truth.")],
    people: Annotated[int, typer.Option("--people", metavar="N", min=500, help="People registered at the index date.")],
    index: Index,
    seed: Seed = 0,
    earlier: Annotated[datetime | None, _day("--earlier", "Also the pack of this day before.")] = None,
    file_format: Annotated[Format, typer.Option("--format", help="How tables are written.")] = Format.parquet,
    json_path: Json = None,
) -> None:
    """Make a synthetic borough: a pack, the same place fifteen months later, and the true risk kept apart."""
    from stratify.run_folder import refuse_existing
    from stratify.synthetic.borough import make_borough, refuse_size

    refuse_existing(out)
    refuse_size(people)
    refuse_unwritable(json_path)
    with on_terminal() as show:
        borough = make_borough(
            out, people=people, index_date=index.date(), seed=seed, file_format=file_format.value,
            earlier=earlier.date() if earlier else None,
            progress=lambda stage, done: show(stage, round(done * 100), 100),
        )  # fmt: skip
    typer.echo(f"{borough.people:,} made-up people registered on {index.date()}, {sum(borough.rows.values()):,} rows.")
    if borough.pack_earlier:
        typer.echo(f"Earlier: {borough.pack_earlier}")
    typer.echo(f"Pack: {borough.pack}\nFifteen months later: {borough.pack_later}\nTrue risk: {borough.truth}")
    write_json_option(json_path, {"people": borough.people, "rows": borough.rows, "rows_later": borough.rows_later})


@app.command("check-pack")
def check_pack(
    pack: Pack,
    json_path: Json = None,
    feeds: Annotated[
        Path | None, typer.Option("--feeds", metavar="FOLDER", help="Mapping files for the source's own column names.")
    ] = None,
    allow_gap: AllowGap = None,
    memory: Memory = None,
    threads: Threads = None,
) -> None:
    """Report on a pack, table by table; exit 0 where a run may use it, 1 where it is refused."""
    from stratify.pipeline.check_pack import check_pack_command

    check_pack_command(
        pack, json_path=json_path, feeds=feeds, allow_gap=allow_gap or (), memory=memory, threads=threads,
        echo=typer.echo,
    )  # fmt: skip


@app.command("make-key")
def make_key(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A new file, on another disk than the data.")],
) -> None:
    """Make the key that turns NHS numbers into pseudonyms."""
    from stratify.pseudonyms import make_key as make

    key = make(path)
    typer.echo(f"Key {key.id} written to {path}, readable by you only. Keep it apart from the data, and back it up.")


@app.command("fit")
def fit(  # noqa: PLR0913
    pack: Pack,
    index: Index,
    key: Key,
    model: Annotated[Path, typer.Option("--model", metavar="FOLDER", help="A new folder for the model.")],
    seed: Seed = 0,
    demonstration: Annotated[
        bool | None,
        typer.Option(
            "--demonstration/--for-care", help="Mark the model as not for care; so by itself for made-up people."
        ),
    ] = None,
    version: Annotated[str | None, typer.Option("--version", help="A name for the model.")] = None,
    allow_gap: AllowGap = None,
    objections_for: ObjectionsFor = None,
    memory: Memory = None,
    threads: Threads = None,
    json_path: Json = None,
) -> None:
    """Learn a model from outcomes up to DATE inside the pack, and judge it on practices it never saw."""
    refuse_unwritable(json_path)
    from stratify.evaluation.summary import summary_lines
    from stratify.pipeline.fit import FitOptions
    from stratify.pipeline.fit import fit as fit_model

    settings = read_settings()
    options = FitOptions(
        seed=seed, threads=threads or settings.threads, memory=memory or settings.memory, demonstration=demonstration,
        version=version, allowed_gaps=tuple(allow_gap or ()), objections_for=objections_for, config=settings.config,
    )  # fmt: skip
    with on_terminal() as show:
        fitted = fit_model(
            pack, index_date=index.date(), key_file=key, model_folder=model, options=options, progress=show
        )
    typer.echo("Practices that had no part in the fit, a year later than what the trees saw:")
    for line in [*summary_lines(fitted.evaluation), *fitted.manifest.get("warnings", [])]:
        typer.echo(f"  {line}")
    typer.echo(f"Model {fitted.version}: {model}. Read {model / 'card.md'} before using it.")
    write_json_option(json_path, fitted.evaluation)


@app.command("run")
def run(  # noqa: PLR0913
    pack: Pack,
    index: Index,
    key: Key,
    out: Annotated[Path, typer.Option("--out", metavar="RUN", help="A new folder for the run.")],
    model: Annotated[
        Path | None, typer.Option("--model", metavar="FOLDER", help="The fitted model; not needed with --score.")
    ] = None,
    previous: Annotated[Path | None, typer.Option("--previous", metavar="RUN", help="Last month's run.")] = None,
    score: Annotated[IndexScore | None, typer.Option("--score", help="A published index instead of a model.")] = None,
    purpose: Annotated[
        str | None, typer.Option("--purpose", metavar="TEXT", help="Why the lists may carry NHS numbers; logged.")
    ] = None,
    keep_zone: Annotated[
        Path | None, typer.Option("--keep-zone", metavar="FOLDER", help="Keep the scoring zone there.")
    ] = None,
    allow_gap: AllowGap = None,
    objections_for: ObjectionsFor = None,
    memory: Memory = None,
    threads: Threads = None,
    json_path: Json = None,
) -> None:
    """Score everyone registered at DATE, with tiers, reasons and what changed since the previous run."""
    refuse_unwritable(json_path)
    from stratify.pipeline.run import run as run_month

    settings = read_settings()
    with on_terminal() as show:
        summary = run_month(
            pack, index_date=index.date(), key_file=key, out=out, model_folder=model,
            score=score.value if score else None, previous=previous, threads=threads or settings.threads,
            memory=memory or settings.memory, allow_gap=allow_gap or (), objections_for=objections_for, purpose=purpose, keep_zone=keep_zone,
            progress=show, config_folder=settings.config, who=settings.user, now=clock.now(),
        )  # fmt: skip
    for line in summary.lines():
        typer.echo(line)
    write_json_option(json_path, summary.to_json())


@app.command("describe")
def describe(json_path: Json = None) -> None:
    """List every feature with its source, window, unit and reason, the code lists, and the published indices."""
    from stratify.pipeline.describe import describe as description

    typer.echo(description(json_path, read_settings().config), nl=False)


@app.command("import-omop")
def import_omop(  # noqa: PLR0913
    source: Annotated[Path, typer.Argument(metavar="SOURCE", help="A DuckDB or SQLite file, or a folder of tables.")],
    out: Annotated[Path, typer.Option("--out", metavar="PACK", help="A new folder for the pack.")],
    place: Annotated[str, typer.Option("--place", help="What to call the place.")] = "OMOP import",
    extracted_on: Annotated[datetime | None, _day("--extracted-on", "Where the source does not say.")] = None,
    seed: Seed = 0,
    file_format: Annotated[Format, typer.Option("--format", help="How tables are written.")] = Format.parquet,
    json_path: Json = None,
) -> None:
    """Turn somebody else's OMOP CDM 5.x database into a pack, and say what it lacks."""
    refuse_unwritable(json_path)
    from stratify.omop.importer import import_omop as import_source

    with on_terminal() as show:
        show("Reading the source")
        report = import_source(
            source, out, extracted_on=extracted_on.date() if extracted_on else None, place=place, seed=seed,
            format=file_format.value, config=read_settings().config,
        )  # fmt: skip
    for line in report.lines():
        typer.echo(line)
    write_json_option(json_path, report.to_json())


@app.command("evaluate")
def evaluate(  # noqa: PLR0913
    run_folder: Run,
    outcomes: Annotated[
        Path, typer.Option("--outcomes", metavar="PACK", help="A pack of the same place from at least a year later.")
    ],
    key: Key,
    json_path: Json = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Also write it as a page.")] = None,
    everyone: Annotated[
        bool, typer.Option("--everyone", help="Judge on everyone, also in practices the model learned from.")
    ] = False,
    truth: Annotated[
        Path | None, typer.Option("--truth", metavar="FOLDER", help="The true risks of a made-up borough.")
    ] = None,
    allow_incomplete: Annotated[
        bool, typer.Option("--allow-incomplete", help="Go on although late admissions may not have arrived.")
    ] = False,
    allow_gap: AllowGap = None,
    objections_for: ObjectionsFor = None,
    seed: Seed = 0,
    memory: Memory = None,
    threads: Threads = None,
) -> None:
    """Judge a run by what happened in the twelve months after it, beside its rivals."""
    refuse_unwritable(json_path)
    refuse_unwritable(html, "--html")
    from stratify.evaluation.summary import evaluation_lines
    from stratify.pipeline.evaluate import EvaluateOptions
    from stratify.pipeline.evaluate import evaluate as judge

    settings = read_settings()
    options = EvaluateOptions(
        seed=seed, held_out_only=not everyone, allow_incomplete=allow_incomplete, allow_gap=tuple(allow_gap or ()), objections_for=objections_for,
        truth=truth, threads=threads or settings.threads, memory=memory or settings.memory, json_path=json_path,
        html_path=html, config=settings.config,
    )  # fmt: skip
    with on_terminal() as show:
        result = judge(run_folder, outcomes, key_file=key, options=options, progress=show)
    for line in evaluation_lines(result):
        typer.echo(line)


@app.command("identify")
def identify(  # noqa: PLR0913
    run_folder: Run,
    pack: Pack,
    key: Key,
    purpose: Annotated[str, typer.Option("--purpose", metavar="TEXT", help="Why, in a sentence; logged.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="A new .csv or .xlsx file.")],
    practice: Annotated[str | None, typer.Option("--practice", metavar="CODE", help="Only this practice.")] = None,
    tier: Annotated[str | None, typer.Option("--tier", help="Only this tier.")] = None,
    json_path: Json = None,
) -> None:
    """Write a run's people with their NHS numbers, for a stated purpose; every use is logged beside the key."""
    refuse_unwritable(json_path)
    from stratify.pipeline.identify import identify as identify_people

    settings = read_settings()
    done = identify_people(
        run_folder, pack, key_file=key, purpose=purpose, out=out, who=settings.user, now=clock.now(),
        practice=practice, tier=tier, config=settings.config,
    )  # fmt: skip
    typer.echo(f"{done.rows:,} people written to {done.path}, readable by you only. Logged in {done.log}.")
    write_json_option(json_path, done.to_json())


@app.command("derive-cutoffs")
def derive_cutoffs(
    run_folder: Run,
    name: Annotated[str, typer.Option("--name", help="What to call the reference population.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="A new TOML file.")],
    json_path: Json = None,
) -> None:
    """Take absolute tier cut-offs from a reference run, for places that cut by probability."""
    refuse_unwritable(json_path)
    from stratify.pipeline.cutoffs import derive_cutoffs as derive
    from stratify.tier_scheme import CUT_TIERS

    table = derive(run_folder, name=name, out=out, config=read_settings().config)
    for tier, cut in zip(CUT_TIERS, table.cut_offs.probability, strict=True):
        typer.echo(f"{tier.replace('_', ' ')}: a probability of {cut:.4f} or more")
    typer.echo(f"Written to {out}. Copy it to the configuration folder and name it in tiers.toml to use it.")
    write_json_option(json_path, table.to_json())
