"""A gate said with CNOTs and turns."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from qtl_core.learn.compilation import MOST_CNOTS, SWEEPS, TARGETS, Compiled, compiled
from ui.base.theme import TRAINING
from ui.learn.widgets import chart, choice, heat, line, whole

TOPIC = "compilation"
DONE = 0.999999


def show() -> None:
    """Shows gate and CNOTs, how the search went, and both matrices."""
    target = choice(TOPIC, "target", "The gate to imitate", {name: name for name in TARGETS}, "It acts on two qubits.")
    cnots = whole(TOPIC, "cnots", "CNOTs allowed", 2, "Between them, every qubit is turned freely.", 0, MOST_CNOTS)
    found = compiled(target, cnots)
    steps = np.arange(SWEEPS + 1)
    chart(
        TOPIC,
        "search",
        [line(steps, found.likeness, "likeness", TRAINING)],
        210,
        showlegend=False,
        xaxis={"title": "Times through all angles"},
        yaxis={"title": "Likeness", "range": [-0.03, 1.05], "dtick": 0.5},
    )
    wanted, got = st.columns(2)
    with wanted:
        _show_matrix("wanted", TARGETS[target])
    with got:
        _show_matrix("found", found.matrix)
    st.caption(words(found, target, cnots))


def words(found: Compiled, target: str, cnots: int) -> str:
    """Says how close it came."""
    reached = found.likeness[-1]
    outcome = (
        "They do the same, up to a phase that nobody can measure." if reached > DONE else "That is not the same gate."
    )
    return (
        f"With {cnots} CNOT{'' if cnots == 1 else 's'} and {found.angles} angles, the likeness to {target} is "
        f"{reached:.4f}. {outcome} The squares are the sizes of the sixteen entries."
    )


def _show_matrix(name: str, matrix: np.ndarray) -> None:
    names = ["00", "01", "10", "11"]
    table: dict[str, Any] = heat(names, names, np.abs(matrix), "from %{x} to %{y}: %{z:.3f}")
    table |= {"zmin": 0, "zmax": 1, "showscale": False, "xgap": 2, "ygap": 2}
    chart(
        TOPIC,
        name,
        [table],
        190,
        xaxis={"type": "category", "side": "top", "title": name, "showgrid": False},
        yaxis={"type": "category", "autorange": "reversed", "showgrid": False},
    )
