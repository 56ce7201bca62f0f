"""The colours can be told from the page and from each other, also by readers who do not see every hue."""

from __future__ import annotations

import ast
import itertools
import math
import subprocess
import sys
import tomllib

import numpy as np
import pytest

from tests.conftest import PROJECT
from ui.base import theme

CONFIG = tomllib.loads((PROJECT / ".streamlit/config.toml").read_text())["theme"]
SCHEMES = [CONFIG["light"], CONFIG["dark"]]
DRAWN = [theme.TRAINING, theme.VALIDATION, theme.PUBLISHED, *theme.CLASSES]
DRAWN += [theme.STATE_ZERO, theme.STATE_PLUS, theme.ANSATZ, theme.OTHER_ANSATZ, *theme.RUNS]
DRAWN += [theme.CARRIED, theme.SCRATCH]
# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
SIGHTS = {
    "all hues": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}


def linear(colour: str) -> np.ndarray:
    """Linear RGB of a `#RRGGBB` colour, shape (3,)."""
    share = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2."""
    dark, light = sorted(float(linear(colour) @ (0.2126, 0.7152, 0.0722)) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def oklab(rgb: np.ndarray) -> np.ndarray:
    """Ottosson's Oklab (2020), in which a distance of 0.02 is about the least that is seen."""
    to_cones = [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
    to_lab = [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
    return np.array(to_lab) @ np.cbrt(np.array(to_cones) @ rgb.clip(0))


@pytest.mark.parametrize("scheme", SCHEMES, ids=["light", "dark"])
def test_drawn_colours_stand_out_from_the_page(scheme: dict[str, str]):
    assert {colour for colour in DRAWN if contrast(colour, scheme["backgroundColor"]) < 3} == set()


@pytest.mark.parametrize("scheme", SCHEMES, ids=["light", "dark"])
@pytest.mark.parametrize("ink", ["textColor", "linkColor", "primaryColor"])
@pytest.mark.parametrize("paper", ["backgroundColor", "secondaryBackgroundColor"])
def test_text_meets_wcag_aa(scheme: dict[str, str], ink: str, paper: str):
    assert contrast(scheme[ink], scheme[paper]) >= 4.5


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize(
    "together",
    [
        (theme.TRAINING, theme.VALIDATION),
        theme.CLASSES[:2],
        tuple(theme.GATE_FAMILIES.values()),
        (theme.ANSATZ, theme.OTHER_ANSATZ),
        (theme.CARRIED, theme.SCRATCH),
        theme.RUNS,
    ],
    ids=["curves", "first two classes", "gate families", "ansaetze", "starts", "runs"],
)
def test_colours_shown_together_stay_apart(sight: str, together: tuple[str, ...]):
    seen = {colour: oklab(SIGHTS[sight] @ linear(colour)) for colour in together}
    assert len(seen) == len(together) > 1
    assert all(math.dist(seen[one], seen[other]) >= 0.07 for one, other in itertools.combinations(together, 2))


def test_a_colour_has_one_meaning():
    colours = [*DRAWN, *theme.GATE_FAMILIES.values(), *(scheme["primaryColor"] for scheme in SCHEMES)]
    assert len(colours) == len(set(colours))


def test_streamlits_own_charts_use_the_class_colours():
    assert tuple(CONFIG["chartCategoricalColors"]) == theme.CLASSES


def test_classes_beyond_the_sequence_start_again():
    assert theme.class_colour(len(theme.CLASSES)) == theme.CLASSES[0]


def test_a_layout_is_one_that_plotly_takes():
    import plotly.graph_objects as go

    figure = go.Figure(layout=theme.plotly_layout(height=200, yaxis_title="Accuracy"))
    assert (figure.layout.height, figure.layout.yaxis.title.text) == (200, "Accuracy")
    assert figure.layout.yaxis.automargin


RACE = """
import threading
from qtl_core.settings import RunSettings
from qtl_core.runs.view import RunView
from ui.results.curves import history_figure

failed, imported = [], threading.Event()

def draw():
    while not imported.is_set():
        try:
            history_figure(RunView(), RunSettings())
        except AttributeError as error:
            failed.append(error)

drawing = threading.Thread(target=draw)
drawing.start()
import pandas
imported.set()
drawing.join()
assert not failed, failed[0]
"""


def test_a_chart_can_be_drawn_while_another_thread_imports_pandas():
    subprocess.run([sys.executable, "-c", RACE], cwd=PROJECT, check=True)


def test_no_marker_is_cut_at_the_edge_of_its_chart():
    """The ring around the best epoch at 100% is whole: what has markers may reach over its axes."""
    cut, found = [], 0
    for file in sorted((PROJECT / "ui").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Dict):
                continue
            entries = {
                key.value: value for key, value in zip(node.keys, node.values, strict=True) if hasattr(key, "value")
            }
            if "markers" in ast.unparse(entries.get("mode", ast.Constant(""))):
                found += 1
                if ast.unparse(entries.get("cliponaxis", ast.Constant(True))) != "False":
                    cut.append(f"{file.relative_to(PROJECT)}:{node.lineno}")
    assert found > 10
    assert cut == []


def test_words_of_charts_in_the_ink_of_either_theme_turn_with_it():
    style = (PROJECT / "ui/shell/page.css").read_text()
    rule = style[style.index(".stPlotlyChart text:is(") :].partition("}")[0]
    for scheme in SCHEMES:
        red, green, blue = bytes.fromhex(scheme["textColor"].removeprefix("#"))
        assert f'[style*="fill: rgb({red}, {green}, {blue})"]' in rule
    assert "fill: currentColor !important" in rule
