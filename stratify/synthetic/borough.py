"""The made-up borough from nothing to three folders: the pack, the same place fifteen months later, and the truth."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from stratify.exceptions import InputRefused
from stratify.run_folder import writing
from stratify.synthetic import conditions, council, gp_tables, hospital_tables, open_spells, places, register, spells
from stratify.synthetic.nhs_numbers import VALID_PER_RANGE
from stratify.synthetic.people import make_people
from stratify.synthetic.setting import Setting, make_setting
from stratify.synthetic.simulate import Progress, simulate
from stratify.synthetic.tables import Table
from stratify.synthetic.timeline import Timeline, calendar_date, day_number
from stratify.synthetic.truth import Truth, true_risk
from stratify.synthetic.writing import FileFormat, PackAbout, write_pack

SMALLEST = 500
"""People below which six practices and the rates make no sense."""


@dataclass(frozen=True)
class Borough:
    """What was made: the folders, rows by table in each pack, and people registered at the index date.

    `pack_earlier` is there where an earlier extraction was asked for.
    """

    pack: Path
    pack_later: Path
    truth: Path
    rows: dict[str, int]
    rows_later: dict[str, int]
    people: int
    pack_earlier: Path | None = None


def _silent(stage: str, done: float) -> None:
    """Tell nobody."""


def make_borough(  # noqa: PLR0913  (one argument for each option of the command)
    out: Path,
    *,
    people: int,
    index_date: date,
    seed: int,
    file_format: FileFormat = "parquet",
    progress: Progress = _silent,
    beyond_999: bool = False,
    earlier: date | None = None,
) -> Borough:
    """Make a synthetic borough of exactly `people` registered and alive on the index date, in a new folder `out`.

    The same arguments give the same bytes. The folder appears whole or not at all; one that exists is OutputRefused.
    `progress` is told each stage and how much of it is done, 0 to 1. InputRefused for fewer than 500 people, and for
    more than the 999 range has NHS numbers for, unless `beyond_999` (see `made_up_numbers`) allows it. With `earlier`
    there is also the pack of that day before the index date: the same people a month ago, say.
    """
    refuse_size(people, beyond_999=beyond_999)
    _refuse_not_earlier(earlier, index_date)
    timeline = Timeline(day_number(index_date))
    days = {"pack": timeline.index, "pack_later": timeline.later}
    if earlier is not None:
        days["pack_earlier"] = day_number(earlier)
    with writing(out) as folder:
        setting, truth = _simulate((people, seed, beyond_999), timeline, progress)
        makers = _Makers(setting, progress)
        rows = {}
        for name, extracted in days.items():
            about = _about(index_date, seed, people, extracted)
            rows[name] = write_pack(folder / name, about, makers.tables(extracted), setting.numbers, file_format)
        write_truth(folder / "truth", setting, truth)
    progress("truth", 1.0)
    return Borough(
        out / "pack", out / "pack_later", out / "truth", rows["pack"], rows["pack_later"], people,
        out / "pack_earlier" if earlier else None,
    )  # fmt: skip


def refuse_size(people: int, *, beyond_999: bool = False) -> None:
    """InputRefused for a place too small for its rates, or too large for the made-up range unless `beyond_999`."""
    most = VALID_PER_RANGE * 4 // 7  # three in four again come and go within the years recorded
    if people < SMALLEST:
        raise InputRefused(
            f"at least {SMALLEST} people, for the borough's practices and rates", f"{people}", "Ask for more people."
        )
    if people > most and not beyond_999:
        raise InputRefused(
            f"at most {most:,} people, for whom the 999 range has NHS numbers", f"{people:,}", "Ask for fewer people."
        )


def _refuse_not_earlier(earlier: date | None, index_date: date) -> None:
    if earlier is not None and earlier >= index_date:
        raise InputRefused(
            f"a day before {index_date.isoformat()} for the earlier pack", earlier.isoformat(), "Name an earlier day."
        )


def _simulate(wanted: tuple[int, int, bool], timeline: Timeline, progress: Progress) -> tuple[Setting, Truth]:
    people, seed, _ = wanted
    borough = places.make_places(people, seed)
    everybody = make_people(people, borough, timeline, seed)
    progress("people", 1.0)
    course = conditions.live(everybody, timeline, seed)
    progress("conditions", 1.0)
    history = simulate(everybody, course, timeline, seed, progress)
    truth = true_risk(history.at_index, course, timeline, seed)
    progress("true risk", 1.0)
    return make_setting(everybody, borough, course, history, timeline, wanted), truth


def _about(index_date: date, seed: int, people: int, extracted: int) -> PackAbout:
    day = calendar_date(extracted)
    return PackAbout(f"synthetic-{people}-{index_date.isoformat()}-{seed}-{day.isoformat()}", places.BOROUGH, extracted)


class _Makers:
    """Makes each table once, whole; an extraction is a view of it."""

    def __init__(self, setting: Setting, progress: Progress) -> None:
        self._setting = setting
        self._progress = progress
        self._spells = spells.all_spells(setting)
        self._clients = council.make_clients(setting)
        self._identity = register.make_identity(setting)
        self._whole: dict[str, Table] = {}

    def tables(self, extracted: int) -> Iterator[Table]:
        """Every table of the contract as extracted on a day."""
        views = self._views(extracted)
        for number, view in enumerate(views):
            yield view()
            self._progress(f"extraction of {calendar_date(extracted).isoformat()}", (number + 1) / len(views))

    def _views(self, extracted: int) -> list[Callable[[], Table]]:
        setting, identity = self._setting, self._identity
        events: dict[str, Callable[[], Table]] = {
            "gp_codes": lambda: gp_tables.codes_table(setting),
            "gp_prescriptions": lambda: gp_tables.prescriptions_table(setting),
            "gp_appointments": lambda: gp_tables.appointments_table(setting),
            "ed_attendances": lambda: hospital_tables.ed_table(setting, self._spells),
            "outpatients": lambda: hospital_tables.outpatients_table(setting),
            "community_contacts": lambda: gp_tables.community_table(setting),
            "mental_health_contacts": lambda: gp_tables.mental_health_table(setting),
        }
        return [
            lambda: register.practices_table(setting),
            lambda: register.register_table(setting, identity, extracted),
            lambda: open_spells.as_extracted(
                self._once("admissions", lambda: spells.admissions_table(setting, self._spells)), extracted
            ),
            *(self._view(name, make, extracted) for name, make in events.items()),
            lambda: council.events_as_extracted(
                self._once("social", lambda: council.events_table(setting, self._clients)), extracted
            ),
            lambda: council.people_table(setting, self._clients, identity, extracted),
            lambda: register.demographics_table(setting, identity, extracted),
            lambda: register.objections_table(setting, extracted),
            lambda: register.population_table(setting, extracted),
        ]

    def _view(self, name: str, make: Callable[[], Table], extracted: int) -> Callable[[], Table]:
        return lambda: self._once(name, make).known_by(extracted)

    def _once(self, name: str, make: Callable[[], Table]) -> Table:
        if name not in self._whole:
            self._whole[name] = make()
        return self._whole[name]


def write_truth(folder: Path, setting: Setting, truth: Truth) -> None:
    """risk.parquet by NHS number, and what its columns mean."""
    folder.mkdir()
    kept = np.flatnonzero(setting.rank[truth.person] >= 0)
    order = kept[np.argsort(setting.rank[truth.person[kept]])]
    state = truth.state
    numbers = [setting.numbers[rank] for rank in setting.rank[truth.person[order]].tolist()]
    index = np.full(len(order), setting.timeline.index, dtype=np.int32)
    columns = {
        "nhs_number": pa.array(numbers, pa.string()),
        "index_date": pa.array(index, pa.date32()),
        "true_risk": pa.array(np.asarray(truth.true_risk[order], dtype=np.float64)),
        "death_risk": pa.array(np.asarray(truth.death_risk[order], dtype=np.float64)),
        "rate_now": pa.array(np.asarray(truth.rate_now[order], dtype=np.float64)),
        "load": pa.array(np.asarray(state.load[order], dtype=np.float64)),
        "frailty": pa.array(np.asarray(state.frailty[order], dtype=np.float64)),
        "instability": pa.array(np.asarray(state.wobble[order], dtype=np.float64)),
        "lost_function": pa.array(np.asarray(state.lost_function[order], dtype=np.float64)),
        "recent_admission": pa.array(np.asarray(state.short[order], dtype=np.float64)),
    }
    pyarrow.parquet.write_table(pa.table(columns), folder / "risk.parquet", compression="zstd", store_schema=False)
    (folder / "README.txt").write_text(_README, encoding="utf-8", newline="\n")


_README = """The true risk of every made-up person registered and alive on the index date.

true_risk         chance of at least one emergency admission in [index date, index date + 365 days), given the person's
                  simulated state at the index date, were they to stay on the register. The coming year is followed along
                  several paths without an admission; on each the chance follows in closed form from the sum of the
                  monthly hazards, and the paths are averaged (see stratify/synthetic/truth.py).
death_risk        chance of dying in the year before any emergency admission
rate_now          emergency admissions a year at the rate of the index date
load              what the person's true conditions add up to
frailty           the fixed trait, in no record
instability       the month's instability, in no record
lost_function     function lost, in no record as such
recent_admission  memory of recent emergency admissions

These files are for judging a model against the best that could be known. They must never be read by a fit or a run.
"""
