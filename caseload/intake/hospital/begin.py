"""`caseload listen`: a listener put together from settings and options, its log, and how it ends."""

import logging
import sys
from collections.abc import Callable
from pathlib import Path
from signal import SIGINT, SIGTERM

from caseload import clock
from caseload.exceptions import OutputRefused
from caseload.hospital_effects import read_hospital_rules
from caseload.hospital_feeds import feeds_to_take
from caseload.intake.hospital.applying import apply_stored
from caseload.intake.hospital.door import Door
from caseload.intake.hospital.hall import Limits
from caseload.intake.hospital.listening import Figures, Listener, Port
from caseload.intake.hospital.metrics import write_metrics
from caseload.intake.hospital.tls import tls_context, tls_files
from caseload.settings import Settings
from caseload.store import Store


def begin_listening(  # noqa: PLR0913 - the options of the command
    store: Store,
    settings: Settings,
    *,
    host: str,
    port: int,
    feed: str,
    tls: tuple[Path | None, Path | None, Path | None],
    metrics: Path | None,
    say: Callable[[str], None],
) -> None:
    """Listen until SIGTERM, or Ctrl-C, which is KeyboardInterrupt afterwards.

    SettingsRefused for a feed or certificate that cannot be used, OutputRefused for a port or file that cannot.
    """
    files = tls_files(*tls)
    read_hospital_rules()  # what is wrong with them is said now, and not at the first message
    listener = Listener(
        store, Door(feeds_to_take(feed, settings.hospital_feeds_file), feed), Limits.of(settings), now=clock.now, apply=apply_stored,
        figures=Figures(metrics, settings.hospital_metrics_seconds),
    )  # fmt: skip
    where = Port(host, port, tls_context(files) if files else None)
    _check_figures(listener, metrics)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    protocol = "HL7 v2 over MLLP with TLS" if files else "HL7 v2 over MLLP"
    ended = listener.run(where, lambda at, number: say(f"Listening for {protocol} at {at}:{number}"), (SIGTERM, SIGINT))
    if ended is SIGINT:
        raise KeyboardInterrupt


def _check_figures(listener: Listener, file: Path | None) -> None:
    if file is None:
        return
    try:
        write_metrics(listener.metrics, file)
    except OSError as error:
        raise OutputRefused(
            f"to write {file.name}", error.strerror or "another error", "Name a file in a folder of yours."
        ) from None
