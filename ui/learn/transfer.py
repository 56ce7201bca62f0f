"""The four directions of transfer learning: a diagram of each, and the way to train it."""

from __future__ import annotations

import streamlit as st

from qtl_core.learn.directions import DIRECTIONS, Direction, linear_numbers, trained_numbers
from qtl_core.pictures.backbones.weights_files import spec_of
from qtl_core.settings import CircuitSettings
from qtl_core.settings.backbones import BackboneSpec
from qtl_core.settings.heads import HEADS as HEAD_SPECS
from ui.learn import quantum_to_classical, quantum_to_quantum
from ui.learn.diagram import direction_svg
from ui.learn.widgets import choice, whole
from ui.session import keys, session

TOPIC = "transfer"
HEADS = {"CC": "linear", "CQ": "dressed"}  # what is trained behind the image network
COMPARED = ("efficientnet_lite0", "resnet18")  # of 1,280 and of 512 features


def show() -> None:
    """Shows the choice of a direction, its diagram, and for the app's own the numbers that are trained."""
    names = {key: direction.title for key, direction in DIRECTIONS.items()}
    direction = DIRECTIONS[choice(TOPIC, "direction", "Direction", names, "From what was trained, to what is trained.")]
    st.markdown(f'<div class="direction">{direction_svg(direction)}</div>', unsafe_allow_html=True)
    st.markdown(direction.text)
    if direction.key in HEADS:
        _show_numbers(direction)
        _offer_training(direction)
    else:
        (quantum_to_quantum if direction.key == "QQ" else quantum_to_classical).show()


def _offer_training(direction: Direction) -> None:
    """Leads to the Train page with this direction's head chosen; pictures and the rest stay."""
    if session.screen.hides("train"):
        return
    head = HEADS[direction.key]
    if st.button(
        "Train it on pictures",
        key=keys.learn_key(TOPIC, "train"),
        icon=":material/model_training:",
        help=f"Opens the Train page with this head chosen: {HEAD_SPECS[head].title}.",
        on_click=session.screen.choose,
        args=("head", head),
    ):
        st.switch_page("pages/train.py")


def _show_numbers(direction: Direction) -> None:
    backbone = spec_of(session.screen.settings.data.backbone)
    if direction.key == "CC":
        total = linear_numbers(backbone.feature_size)
        st.caption(f"With {backbone.title} and two classes, a linear layer trains {total:,} numbers.")
        return
    qubits = whole(TOPIC, "qubits", "Qubits", 4, "How many numbers the features are squeezed into.", 1, 12)
    trained = trained_numbers(backbone.feature_size, CircuitSettings(qubits=qubits))
    st.caption(
        f"With {backbone.title} ({backbone.feature_size:,} features), {qubits} qubits, 6 layers and two classes, "
        f"{trained.total:,} numbers are trained: {trained.before:,} in the linear layer before the circuit, "
        f"**{trained.circuit} in the circuit** ({trained.circuit / trained.total:.1%}) and {trained.after} after it. "
        f"{_other_network(backbone, CircuitSettings(qubits=qubits))}"
    )


def _other_network(chosen: BackboneSpec, circuit: CircuitSettings) -> str:
    """Says that the count belongs to the network, by one that gives another number of features."""
    other = next(spec_of(name) for name in COMPARED if spec_of(name).feature_size != chosen.feature_size)
    total = trained_numbers(other.feature_size, circuit).total
    return (
        f"{chosen.title} is the network chosen on the Train page; with another the count is another: "
        f"{total:,} with {other.title} ({other.feature_size:,} features)."
    )
