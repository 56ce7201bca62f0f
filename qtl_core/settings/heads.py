"""The heads that can be trained on features: plain facts of each, known before anything is built.

To add a head:
  1. add its `HeadSpec` to `HEADS` below, and the width of its hidden layer to `parameters.hidden_width`;
  2. say how torch builds it in `network/model.py`, and what it computes in `network/head_scores.py`;
  3. teach it to the compiled engine in `training/compiled/head_kernels.py`;
  4. say how an exported script writes it in `export/script_parts.py`.
Settings, widgets, options and the tests that compare engines take it up from here.
"""

from __future__ import annotations

from dataclasses import dataclass

PRE_NET, CIRCUIT, POST_NET = "pre_net", "circuit", "post_net"


@dataclass(frozen=True)
class HeadSpec:
    """One kind of head.

    Attributes:
        name: Its value of the setting `head`.
        title: What to call it on screen.
        short: The same in a word or two, within a sentence.
        about: One plain sentence on what it is.
        parts: What it consists of, from the features on: some of `PRE_NET`, `CIRCUIT`, `POST_NET`.
        fixed: Those of its parts that never learn.
        unit: What one of the numbers is that its last layer reads.
    """

    name: str
    title: str
    short: str
    about: str
    parts: tuple[str, ...]
    fixed: tuple[str, ...] = ()
    unit: str = "hidden unit"

    @property
    def has_circuit(self) -> bool:
        """True if there is a quantum circuit in it."""
        return CIRCUIT in self.parts

    @property
    def is_hidden(self) -> bool:
        """True if there is something between the features and the last layer: qubits, or hidden units."""
        return PRE_NET in self.parts


_SPECS = (
    HeadSpec(
        "dressed",
        "Dressed circuit (the paper's)",
        "dressed circuit",
        "a linear layer, the quantum circuit, a linear layer: all three learn",
        (PRE_NET, CIRCUIT, POST_NET),
        unit="qubit",
    ),
    HeadSpec(
        "dressed_fixed",
        "Circuit left at random",
        "random circuit",
        "the same, but the circuit's angles stay at their random start: only the layers around it learn",
        (PRE_NET, CIRCUIT, POST_NET),
        fixed=(CIRCUIT,),
        unit="qubit",
    ),
    HeadSpec(
        "linear",
        "Linear layer",
        "linear layer",
        "one linear layer from the features to the classes, no circuit",
        (POST_NET,),
        unit="feature",
    ),
    HeadSpec(
        "bottleneck",
        "Bottleneck of equal size",
        "bottleneck",
        "a linear layer to a few numbers, tanh, a linear layer: no circuit, and as many numbers to learn as the "
        "dressed circuit has, or the nearest possible",
        (PRE_NET, POST_NET),
    ),
    HeadSpec(
        "mlp",
        "Hidden layer (MLP)",
        "MLP",
        "a linear layer to hidden units, ReLU, a linear layer: an ordinary small network, no circuit",
        (PRE_NET, POST_NET),
    ),
)
HEADS = {spec.name: spec for spec in _SPECS}
DEFAULT_HEAD = "dressed"
