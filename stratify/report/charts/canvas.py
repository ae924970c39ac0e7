"""The paper charts are drawn on: one size of type, one set of colours, the same bytes every time.

The only module that loads matplotlib, and only when a chart is drawn.
"""

import base64
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stratify.report.tables import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

WIDTH = 400
"""Units across; a unit is a pixel on a phone and about one and a half on a large screen."""

TEXT, GREY, LIGHT, WHITE = "#212b32", "#4c6272", "#d8dde0", "#ffffff"
TIER_COLOURS = {"very_high": "#002f5c", "high": "#005eb8", "moderate": "#7fb4e8", "none": "#d8dde0"}
"""From dark to light with risk; every bar is also labelled, so that colour is never alone."""

ON_COLOUR = {"very_high": WHITE, "high": WHITE, "moderate": TEXT, "none": TEXT}

_LOOK: dict[str, Any] = {
    "svg.hashsalt": "caretier",  # otherwise element names are random
    "svg.fonttype": "none",  # text stays text: smaller, and sharp in print
    "font.size": 11.0,
    "axes.labelsize": 11.0,
    "axes.edgecolor": GREY,
    "axes.labelcolor": TEXT,
    "text.color": TEXT,
    "xtick.color": TEXT,
    "ytick.color": TEXT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e8edee",
    "grid.linewidth": 0.8,
    "hatch.linewidth": 0.6,
    "legend.frameon": False,
}
_MACHINE_SETTINGS = ("backend", "interactive", "toolbar", "savefig.directory", "timezone", "webagg", "date.epoch")


@dataclass(frozen=True)
class Chart:
    """A picture with what it shows in words (`alt`) and in figures (`table`)."""

    key: str
    title: str
    alt: str
    source: str
    width: int
    height: int
    table: Table | None = None


@contextmanager
def look() -> Iterator[None]:
    """Draw with our settings only, whatever the machine's own matplotlib settings say."""
    import matplotlib

    defaults: dict[Any, Any] = dict(matplotlib.rcParamsDefault)
    standard = {name: value for name, value in defaults.items() if not name.startswith(_MACHINE_SETTINGS)}
    with matplotlib.rc_context(standard | _LOOK):
        yield


def sheet(height: int, box: tuple[int, int, int, int]) -> "Axes":
    """Axes on a sheet of that height; the box is the free space left, right, above and below them."""
    from matplotlib.figure import Figure

    left, right, above, below = box
    figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=72)
    place = (left / WIDTH, below / height, 1 - (left + right) / WIDTH, 1 - (above + below) / height)
    return figure.add_axes(place)


def _figure(axes: "Axes") -> "Figure":
    return axes.get_figure(root=True)  # type: ignore[return-value]


def source(axes: "Axes") -> str:
    """The drawing as a data address an <img> can show, without a date and with ordinary typefaces."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    held = io.StringIO()
    canvas: Any = FigureCanvasSVG(_figure(axes))
    canvas.print_svg(held, metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    drawing = held.getvalue()
    drawing = drawing[drawing.index("<svg") :].replace("'DejaVu Sans'", "Arial, Helvetica")
    return "data:image/svg+xml;base64," + base64.b64encode(drawing.encode("utf-8")).decode("ascii")


def chart(axes: "Axes", key: str, title: str, alt: str, table: Table | None = None) -> Chart:
    """The finished chart of these axes."""
    width, height = (round(72 * inches) for inches in _figure(axes).get_size_inches())
    return Chart(key, title, alt, source(axes), width, height, table)


def patch(colour: str, name: str, hatch: str = "") -> "Patch":
    """A square of colour and pattern for a key, with its name."""
    from matplotlib.patches import Patch

    return Patch(facecolor=colour, hatch=hatch, edgecolor=GREY if hatch or colour == WHITE else colour, label=name)


def bare(axes: "Axes") -> None:
    """No frame, ticks or grid: for charts whose every bar carries its figure."""
    axes.grid(visible=False)
    axes.tick_params(length=0)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
