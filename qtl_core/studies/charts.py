"""A study's charts as Plotly figures, from the numbers of `figures`: for pages, and for whoever works in a notebook.

A point's `customdata` begins with the key of its run. Backgrounds are left open and the colour of text is left out, so
that a page gives them by its theme.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from qtl_core.compare.charts import COLOURS, SYMBOLS
from qtl_core.drawing.plotly_parts import band_edges, plotly_layout
from qtl_core.studies.axes import axis_spec
from qtl_core.studies.figures import EPOCH, FEWEST_IN_BAND, Band, Bands, Dots, HeatMap, Parallel
from qtl_core.studies.importance import Importance
from qtl_core.studies.naming import number_words
from qtl_core.studies.plan import Value
from qtl_core.studies.rows import MEASURES
from qtl_core.studies.words import value_words

if TYPE_CHECKING:
    import plotly.graph_objects as go

HEIGHT = 380
MANY_NAMES, LONGEST_LINE = 4, 12  # along an axis; letters
SCALE = "Viridis"  # even in lightness, so that it is read without colour
LINE_SCALE = [[0, "#3B64D4"], [0.5, "#8A8D94"], [1, "#D26A10"]]  # of lines: each is seen on paper and on night
CHARACTER = 7  # pixels of a letter
DASHES = ("solid", "dash", "dot", "dashdot")
BAND_OPACITY, DOT_OPACITY = 0.16, 0.65
MOST_NUMBERED = 120  # places of a heat map that have their number written in them
CLEAR = "rgba(0,0,0,0)"
EVEN = 0.179  # the luminance on which black and white are seen equally well
MOST_DOTS = 10_000  # that a browser moves at once
ABOVE = {
    "x": 0,
    "y": 1.02,
    "xref": "paper",
    "yref": "paper",
    "xanchor": "left",
    "yanchor": "bottom",
    "showarrow": False,
}
# Once a point is clicked it grows, and the others stay as they are: of many dots opacities are multiplied.
CLICKED: dict[str, Any] = {"selected": {"marker": {"opacity": 1, "size": 12}}, "unselected": {"marker": {"opacity": 1}}}
MOST_TICKS = 12  # along an axis, a value each
MOST_SYMBOLS = 40  # of a line; beyond, they would run into each other
WIDE = 20  # times the least value: from here on an axis that moves in factors is drawn in factors
SPREAD = 0.32  # how far a dot may be beside its place
GOLDEN = 0.6180339887498949  # multiples of it are spread evenly, however many there are
EPOCH_FIGURES = {
    "train_accuracy": "training accuracy",
    "val_accuracy": "validation accuracy",
    "train_loss": "training loss",
    "val_loss": "validation loss",
}


def heat_map(found: HeatMap) -> go.Figure:
    """Draws means over two axes as coloured squares."""
    import plotly.graph_objects as go

    words = measure_title(found.measure)
    style: dict[str, Any] = {"hoverongaps": False, "xgap": 1, "ygap": 1, "colorscale": SCALE}
    trace = go.Heatmap(
        x=value_names(found.x, found.x_values),
        y=value_names(found.y, found.y_values),
        z=found.means,
        customdata=np.stack([found.keys, found.counts.astype(str)], axis=-1),
        colorbar={"title": {"text": f"mean {short_measure(found.measure)}", "side": "right"}, **_ticks(found.measure)},
        hovertemplate=f"{setting_label(found.x)} %{{x}}<br>{setting_label(found.y)} %{{y}}<br>"
        f"mean {words.lower()} {_hover(found.measure, 'z')}<br>%{{customdata[1]}} runs<extra></extra>",
        **style,
    )
    layout = plotly_layout(height=HEIGHT, hovermode="closest")
    layout["xaxis"] |= {"title": {"text": setting_label(found.x)}, "type": "category", "showgrid": False}
    layout["yaxis"] |= {"title": {"text": setting_label(found.y)}, "type": "category", "showgrid": False}
    written = _written(found) if found.means.size <= MOST_NUMBERED else []
    return go.Figure([trace, *written], layout)


def _written(found: HeatMap) -> list[dict[str, Any]]:
    """Returns the number of every square, black or white, whichever is seen better on its colour.

    A colour is a trace of clear squares, as Plotly gives the words of one trace one colour, and fits their size.
    """
    from plotly.colors import sample_colorscale, unlabel_rgb

    there = np.isfinite(found.means)
    values = found.means[there]
    form = ".1%" if found.measure.endswith("accuracy") else ".3f"
    shares = (values - values.min()) / np.ptp(values) if len(values) and np.ptp(values) else np.full(len(values), 0.5)
    light = [_lightness(unlabel_rgb(each)) > EVEN for each in sample_colorscale(SCALE, list(shares))]
    words = {colour: np.full(found.means.shape, "", dtype="U16") for colour in ("#000000", "#FFFFFF")}
    for place, value, is_light in zip(np.argwhere(there), values, light, strict=True):
        words["#000000" if is_light else "#FFFFFF"][tuple(place)] = f"{value:{form}}"
    clear = {"colorscale": [[0, CLEAR], [1, CLEAR]], "showscale": False, "hoverinfo": "skip"}
    names = {"x": value_names(found.x, found.x_values), "y": value_names(found.y, found.y_values)}
    return [
        {
            **names,
            **clear,
            "type": "heatmap",
            "z": np.zeros(found.means.shape),
            "text": text,
            "texttemplate": "%{text}",
            "textfont": {"color": colour},
        }
        for colour, text in words.items()
        if text.any()
    ]


def _lightness(colour: Sequence[float]) -> float:
    """Returns the relative luminance of a colour of parts to 255 (WCAG 2.2)."""
    parts = np.array(colour[:3]) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def bands(found: Bands) -> go.Figure:
    """Draws lines of means with the band that holds 90% of the runs, of few runs all."""
    import plotly.graph_objects as go

    traces = [
        trace for number, line in enumerate(found.lines) for trace in _line(found, line, number, line_names(found))
    ]
    layout = plotly_layout(height=HEIGHT)
    layout["xaxis"] |= {"title": {"text": setting_label(found.x)}, **_number_axis(found)}
    layout["yaxis"] |= {"title": {"text": measure_title(found.measure)}, **_ticks(found.measure)}
    layout["legend"] |= {"title": {"text": setting_label(found.by) if found.by else ""}}
    return go.Figure(traces, layout)


def dots(found: Dots) -> go.Figure:
    """Draws every run as a dot about its place, and the mean of each place as a stroke."""
    import plotly.graph_objects as go

    every_run, found = found, _thinned(found)
    aside = SPREAD * (2 * ((np.arange(len(found.seeds)) * GOLDEN) % 1) - 1)
    hover = f"seed %{{customdata[1]}}: {_hover(found.measure, 'y')}<extra></extra>"
    every = go.Scattergl(
        x=found.places + aside,
        y=found.values,
        mode="markers",
        name="A run",
        marker={"color": [COLOURS[place % len(COLOURS)] for place in found.places], "size": 6, "opacity": DOT_OPACITY},
        **CLICKED,
        customdata=np.stack([found.keys, found.seeds.astype(str)], axis=-1) if len(found.keys) else [],
        hovertemplate=hover,
        showlegend=False,
    )
    places = np.arange(len(found.x_values))
    means = go.Scatter(
        x=places,
        y=found.means,
        mode="markers",
        name="Mean",
        marker={"symbol": "line-ew", "size": 44, "line": {"width": 3, "color": "#8A8D94"}},
        hoverinfo="skip",  # so wide a mark would take the clicks on all dots around it
        showlegend=False,
        unselected={"marker": {"opacity": 1}},
    )
    layout = plotly_layout(height=HEIGHT, hovermode="closest")
    names = value_names(found.x, found.x_values) if found.x else ["all seeds"]
    title = setting_label(found.x) if found.x else ""
    layout["xaxis"] |= {"title": {"text": title}, "tickvals": places, "ticktext": in_lines(names), "showgrid": False}
    layout["xaxis"]["range"] = [-0.6, len(places) - 0.4]
    layout["yaxis"] |= {"title": {"text": measure_title(found.measure)}, **_ticks(found.measure)}
    if len(found.keys) < len(every_run.keys):
        words = f"{len(found.keys):,} of {len(every_run.keys):,} runs, drawn by lot; strokes are the means of all"
        layout["annotations"] = [{"text": words, **ABOVE}]
    return go.Figure([every, means], layout)


def parallel(found: Parallel) -> go.Figure:
    """Draws every cell as a line through all axes and the mean over its seeds; a part of any axis can be chosen."""
    import plotly.graph_objects as go

    dimensions: list[dict[str, Any]] = [
        {
            "label": setting_label(name),
            "values": found.at[name],
            "tickvals": list(range(len(found.places[name]))),
            "ticktext": value_names(name, found.places[name]),
            "range": [-0.1, max(len(found.places[name]) - 0.9, 0.1)],
        }
        for name in found.axes
    ]
    last = {"label": f"mean {short_measure(found.measure)}", "values": found.means, **_ticks(found.measure)}
    line = {"color": found.means, "colorscale": LINE_SCALE}
    longest = max((len(word) for word in dimensions[0]["ticktext"]), default=0) if dimensions else 0
    margin = {"l": max(60, 12 + CHARACTER * longest), "r": 80, "t": 60, "b": 30}
    layout = plotly_layout(height=HEIGHT + 40, margin=margin)
    return go.Figure([go.Parcoords(dimensions=[*dimensions, last], line=line, labelside="top")], layout)


def importance(found: Importance) -> go.Figure:
    """Draws how much each setting matters, with the spread over its shuffles; empty where nothing can be said."""
    import plotly.graph_objects as go

    shown = found.weights[::-1]  # the largest on top
    bars = go.Bar(
        x=[each.mean for each in shown],
        y=[setting_label(each.setting) for each in shown],
        orientation="h",
        error_x={"type": "data", "array": [each.error for each in shown], "color": "#8A8D94", "thickness": 2},
        marker={"color": COLOURS[0]},
        customdata=[each.error for each in shown],
        hovertemplate="%{x:.2f} ± %{customdata:.2f}<extra></extra>",
    )
    layout = plotly_layout(height=110 + 44 * len(shown), hovermode="closest", bargap=0.4)
    layout["xaxis"] |= {"title": {"text": "R² lost when the setting is shuffled"}, "tickformat": ".2~f"}
    layout["yaxis"] |= {"type": "category", "showgrid": False}
    return go.Figure([bars], layout)


def epochs(found: Bands) -> go.Figure:
    """Draws curves over epochs with the band that holds 90% of the runs, of few runs all."""
    return bands(found)


def setting_label(setting: str) -> str:
    """Returns what a setting is called on screen."""
    return "Epoch" if setting == EPOCH else axis_spec(setting).label


def value_names(setting: str, values: Sequence[Value]) -> list[str]:
    """Returns what values are called along an axis or in a legend."""
    return [value_words(setting, value) for value in values]


def measure_title(measure: str) -> str:
    """Returns what an axis of a measure is called."""
    words = MEASURES[measure] if measure in MEASURES else EPOCH_FIGURES[measure]
    return words[0].upper() + words[1:]


def short_measure(measure: str) -> str:
    """Returns what a measure is called where there is little room."""
    return MEASURES[measure].split(" after ")[0].split(" of the ")[0]


def tick_format(measure: str) -> str:
    """Returns how Plotly writes a value of a measure."""
    return ".1%" if measure.endswith("accuracy") else ".3f"


def line_names(found: Bands) -> list[str]:
    """Returns the names of the lines."""
    return value_names(found.by, [line.value for line in found.lines]) if found.by else ["All runs"] * len(found.lines)


def is_in_factors(found: Bands) -> bool:
    """Returns whether an axis is drawn in factors: one that moves in them, over a wide range."""
    x = np.concatenate([line.x for line in found.lines]) if found.lines else np.zeros(1)
    is_such = found.x != EPOCH and axis_spec(found.x).logarithmic
    return bool(is_such and x.min() > 0 and x.max() >= WIDE * x.min())


def _thinned(found: Dots) -> Dots:
    """Returns as many runs as stay fluid: keys are hashes, so that the first in their order are drawn by lot."""
    if len(found.keys) <= MOST_DOTS:
        return found
    some = np.sort(np.argsort(found.keys)[:MOST_DOTS])
    columns = {name: getattr(found, name)[some] for name in ("places", "values", "seeds", "keys")}
    return replace(found, **columns)


def _line(found: Bands, line: Band, number: int, names: Sequence[str]) -> list[dict[str, Any]]:
    colour = COLOURS[number % len(COLOURS)]
    common: dict[str, Any] = {"x": line.x, "legendgroup": names[number]}
    few = len(line.x) <= MOST_SYMBOLS
    form = tick_format(found.measure)
    share = ["all of" if count < FEWEST_IN_BAND else "90% of" for count in line.counts]
    return [
        *band_edges(line.low, line.high, colour, BAND_OPACITY, common),
        common
        | {
            "y": line.means,
            "name": names[number],
            "mode": "lines+markers" if few else "lines",
            "cliponaxis": False,
            "line": {"color": colour, "width": 2, "dash": DASHES[number % len(DASHES)]},
            "marker": {"size": 7, "symbol": SYMBOLS[number % len(SYMBOLS)]},
            **CLICKED,
            "customdata": [list(each) for each in zip(line.keys, line.low, line.high, line.counts, share, strict=True)],
            "hovertemplate": f"%{{y:{form}}} (%{{customdata[4]}} %{{customdata[3]}} runs: %{{customdata[1]:{form}}} to "
            f"%{{customdata[2]:{form}}})",
        },
    ]


def _number_axis(found: Bands) -> dict[str, Any]:
    """Returns an axis of numbers, with a tick at every value where they are few."""
    if found.x == EPOCH:
        return {"tickformat": "d"}
    values = sorted({float(x) for line in found.lines for x in line.x})
    few = {"tickvals": values, "ticktext": [number_words(value) for value in values]}
    ticks = few if len(values) <= MOST_TICKS else {"exponentformat": "none"}
    return ticks | ({"type": "log"} if is_in_factors(found) else {})


def in_lines(names: Sequence[str]) -> list[str]:
    """Returns names broken into lines where they are many, as on a phone there is no room for them side by side."""
    if len(names) < MANY_NAMES:
        return list(names)
    return ["<br>".join(textwrap.wrap(name, LONGEST_LINE)) for name in names]


def _ticks(measure: str) -> dict[str, Any]:
    return {"tickformat": ".1~%" if measure.endswith("accuracy") else "~g"}


def _hover(measure: str, axis: str) -> str:
    return f"%{{{axis}:{'.2%' if measure.endswith('accuracy') else '.4f'}}}"
