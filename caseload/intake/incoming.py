"""What is about to be taken in: a run, the pack it was made from and the key, each checked against the others.

Nothing of the case database is touched here. What is wrong is said before anything is read into memory.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from caseload.exceptions import RunRefused
from caseload.run_manifest import SCORES, check_outputs, read_origin, read_outputs, sha256_of
from caseload.settings import config_folder
from interfaces.exceptions import KeyRefused, PackRefused
from interfaces.extracts.feeds import PackFacts, read_rules
from interfaces.extracts.pack import Pack, open_pack
from interfaces.pseudonyms import Key, load_key
from interfaces.scores import ScoreFile, check_scores, read_scores

NEEDED = ("practices", "gp_register", "demographics")
"""Tables of the pack without which nobody can be shown."""

USED = (*NEEDED, "admissions", "ed_attendances", "objections")
"""Every table of the pack that is read: the identifiable zone, and who was in hospital."""

_ONCE = ["outcome", "score_kind", "model_version", "tier_method", "key_id"]
_FEEDS = "feeds.toml"


@dataclass(frozen=True)
class LoadRequest:
    """The folders of a run and of the pack it was made from, the file of the key, and what is allowed that is not by itself.

    `older` allows a month before the latest one taken in, `new_key` another key than that of the months before. The
    practices in `allow_leavers` may have lost more of their people than `leavers_percent`, even all. `feeds_file` names the hospitals' feeds where they are
    not in the configuration.
    """

    run: Path
    pack: Path
    key_file: Path
    older: bool = False
    new_key: bool = False
    allow_leavers: tuple[str, ...] = ()
    leavers_percent: int = 10
    feeds_file: str = ""


@dataclass(frozen=True)
class Incoming:
    """A run with its pack and key that fit each other. `what` holds the columns that are the same for everybody."""

    run_ref: str
    scores: ScoreFile
    scores_sha256: str
    what: Mapping[str, str]
    pack: Pack
    pack_files: Mapping[str, str]
    facts: PackFacts
    key: Key
    request: LoadRequest

    @property
    def place(self) -> str:
        """The place the run was made for."""
        return self.scores.header.place

    @property
    def index_date(self) -> date:
        """The day its scores were made for."""
        return self.scores.header.index_date

    @property
    def extracted_on(self) -> date:
        """The day its pack was extracted."""
        return self.pack.manifest.extracted_on


def read_incoming(request: LoadRequest) -> Incoming:
    """The run, its pack and key, checked.

    Raises RunRefused for a run or pack that is incomplete or was changed, PackError for a pack that cannot be read,
    ScoreFileError for the score file, and KeyRefused for another key than the run's.
    """
    outputs = read_outputs(request.run)
    check_outputs(request.run, outputs)
    origin = read_origin(request.run)
    scores = check_scores(request.run / SCORES)
    what = _same_for_everybody(scores)
    key = load_key(request.key_file, outside=[request.run, request.pack])
    _refuse_other_key(key, what["key_id"])
    pack = open_pack(request.pack, configured=config_folder() / "feeds")
    _refuse_other_place(scores, pack)
    _refuse_unreadable(pack)
    files = _checked_files(pack, origin.inputs)
    facts = read_rules(config_folder() / _FEEDS).facts(pack.manifest)
    sha256 = next(output.sha256.lower() for output in outputs if output.name == SCORES)
    return Incoming(origin.run_id, scores, sha256, what, pack, files, facts, key, request)


def _same_for_everybody(scores: ScoreFile) -> dict[str, str]:
    batch = next(read_scores(scores.path, _ONCE, batch_rows=1), None)
    if batch is None:
        raise RunRefused("a run that scored somebody", "one that scored nobody", "Run the month again.")
    return dict(batch.to_pylist()[0])


def _refuse_other_key(key: Key, run_key: str) -> None:
    if key.id != run_key:
        raise KeyRefused(
            f"the key {run_key} that the run was made with", f"the key {key.id}", "Give the key file of that run."
        )


def _refuse_other_place(scores: ScoreFile, pack: Pack) -> None:
    if scores.header.place != pack.manifest.place:
        raise RunRefused(
            f"a pack of {scores.header.place}, as the run is",
            f"one of {pack.manifest.place}",
            "Give the pack the run was made from.",
        )


def _refuse_unreadable(pack: Pack) -> None:
    faults = [fault for fault in pack.faults if fault.table in USED]
    if faults:
        raise PackRefused(f"{faults[0].table}: {faults[0].expected}", faults[0].found, faults[0].todo)
    missing = [table for table in NEEDED if table not in pack.tables]
    if missing:
        raise RunRefused(
            f"a pack with the tables {', '.join(NEEDED)}",
            f"one without {', '.join(missing)}",
            "Names and practices come from the pack: give one that has them.",
        )


def _checked_files(pack: Pack, inputs: Mapping[str, str]) -> dict[str, str]:
    """The pack's files that are read, by name, with their SHA-256; RunRefused unless the run was made from these."""
    files = {
        path.relative_to(pack.folder).as_posix(): path
        for table in USED
        if table in pack.tables
        for path in pack.tables[table].files.paths
    }
    # What is read through a mapping has the supplier's own name; what has the contract's must all be there.
    gone = [name for name in inputs if name not in files and _table_of(name) in USED]
    other = [name for name, path in files.items() if inputs.get(name) != sha256_of(path)]
    if gone or other:
        raise RunRefused(
            f"the pack {pack.manifest.pack_id} as it was when the run was made",
            "; ".join(_differences(gone, other)),
            "Give the pack of that month, untouched.",
        )
    return {name: inputs[name] for name in files}


def _differences(gone: list[str], other: list[str]) -> Iterator[str]:
    if gone:
        yield f"without {', '.join(sorted(gone))}"
    if other:
        yield f"other contents in {', '.join(sorted(other))}"


def _table_of(name: str) -> str:
    return name.split("/", maxsplit=1)[0].split(".", maxsplit=1)[0].lower()
