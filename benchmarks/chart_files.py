"""Charts as files, by `qtl_core.drawing.charts` and by matplotlib: what each takes, in processes of their own.

    python -m pip install matplotlib        # no requirement: docs/decisions/18-charts-as-files.md says why
    python -m benchmarks.chart_files FOLDER

Prints a line a drawer and kind of file, and leaves the files in the folder to be looked at.
"""

from __future__ import annotations

import io
import math
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qtl_core.drawing.charts.chart import Chart

Write = Callable[["Chart", str], bytes]
NAMES = ("4 qubits, depth 6", "größere Lernrate", "муравьи и пчёлы", "蚂蚁和蜜蜂", "نمل ونحل", "bees 🐝", "αβγ", "⟨Z⟩")
EPOCHS, REPEATS, THREADS = 30, 10, 8
INK, PAPER, FAINT, GRID = "#20242E", "#FAF8F4", "#8A8D94", "#DAD4C8"
MARKS = {"circle": "o", "square": "s", "diamond": "D", "triangle-up": "^", "triangle-down": "v"}


def main(folder: Path) -> None:
    """Measures each drawer with each kind of file."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind in ("svg", "png"):
        for drawer in (ours, by_matplotlib):
            subprocess.run([sys.executable, "-m", __spec__.name, str(folder), drawer.__name__, kind], check=True)


def measure(folder: Path, drawer: str, kind: str) -> None:
    """Prints the processor time of the import, the first and a further file, its size, and the memory it took."""
    import numpy  # noqa: F401  # a server has both
    from PIL import Image, ImageDraw, ImageFont  # noqa: F401

    warnings.simplefilter("ignore")  # of glyphs that a font does not have
    memory, began = _megabytes(), time.process_time()
    write: Write = globals()[drawer]()
    imported, chart = time.process_time() - began, sample()
    content, first = _timed(write, chart, kind)
    further = statistics.median(_timed(write, chart, kind)[1] for _ in range(REPEATS))
    (folder / f"{drawer}.{kind}").write_bytes(content)
    grown = _megabytes() - memory
    with ThreadPoolExecutor(THREADS) as threads:
        same = {content} == set(threads.map(lambda _: write(chart, kind), range(2 * THREADS)))
    print(
        f"{drawer} {kind}: import {imported:.3f} s, first {first:.3f} s, further {further:.3f} s, "
        f"{len(content) / 1000:.0f} kB, {grown:.0f} MB; {THREADS} threads at once: {'the same' if same else 'OTHER'}"
    )


def ours() -> Write:
    """Returns what the app does."""
    from qtl_core.drawing.charts.painters import chart_png, chart_svg

    return lambda chart, kind: chart_png(chart) if kind == "png" else chart_svg(chart).encode()


def by_matplotlib() -> Write:
    """Returns the same by matplotlib, without pyplot, which is no good in threads."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    mpl.rcParams |= {"svg.fonttype": "none", "svg.hashsalt": "the same every time"}

    def write(chart: Chart, kind: str) -> bytes:
        height = sum(panel.height + 80 for panel in chart.panels) + 40
        figure = Figure((chart.width / 72, height / 72), dpi=72, facecolor=PAPER, layout="constrained")
        for axes, panel in zip(figure.subplots(len(chart.panels), squeeze=False)[:, 0], chart.panels, strict=True):
            _draw(axes, panel)
        handles = figure.axes[0].get_legend_handles_labels()
        figure.legend(*handles, loc="outside upper left", ncols=2, frameon=False, fontsize=12, labelcolor=INK)
        content = io.BytesIO()
        figure.savefig(
            content, format=kind, dpi=144 if kind == "png" else 72, metadata={"Date": None} if kind == "svg" else {}
        )
        return content.getvalue()

    return write


def _draw(axes: Any, panel: Any) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.set_facecolor(PAPER)
    for series in panel.series:
        dash = (0, tuple(length / 2 for length in series.dash)) if series.dash else "-"
        axes.plot(
            series.x, series.y, color=series.colour, ls=dash, lw=2, marker=MARKS[series.symbol], ms=8, label=series.name
        )
    axes.set(xlim=panel.x_range, ylim=panel.y_range)
    axes.set_title(panel.title, loc="left", fontsize=13, color=INK)
    axes.set_xlabel(panel.x_title, fontsize=11, color=INK)
    axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    axes.yaxis.set_major_formatter(lambda value, _: panel.y_words(value))
    axes.tick_params(length=0, labelsize=11, labelcolor=INK)
    axes.grid(color=GRID)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(FAINT)


def sample() -> Chart:
    """Returns the curves of eight runs, made up, with names in several scripts."""
    from qtl_core.compare.charts import COLOURS, DASHES, SYMBOLS, whole
    from qtl_core.drawing.charts.chart import Chart, Panel, Series, number, share

    def panel(title: str, y_range: tuple[float, float], words: Callable[[float], str], rises: bool) -> Panel:
        series = tuple(
            Series(name, range(1, EPOCHS + 1), _curve(run, rises), COLOURS[run], DASHES[run], SYMBOLS[run])
            for run, name in enumerate(NAMES)
        )
        return Panel(title, "Epoch", series, (0.5, EPOCHS + 0.5), y_range, whole, words)

    panels = panel("Validation accuracy", (0.6, 1.02), share, True), panel("Validation loss", (0, 0.8), number, False)
    return Chart("Validation accuracy and loss by epoch", panels)


def _curve(run: int, rises: bool) -> list[float]:
    falls = [math.exp(-epoch / (3 + run / 2)) + 0.02 * math.sin(3 * epoch + run) for epoch in range(EPOCHS)]
    return [0.97 - 0.012 * run - 0.3 * fall if rises else 0.12 + 0.02 * run + 0.5 * fall for fall in falls]


def _timed(write: Write, chart: Chart, kind: str) -> tuple[bytes, float]:
    began = time.process_time()
    return write(chart, kind), time.process_time() - began


def _megabytes() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


if __name__ == "__main__":
    folder, *rest = sys.argv[1:]
    measure(Path(folder), *rest) if rest else main(Path(folder))
