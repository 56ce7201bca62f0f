"""A trained run as one ONNX file: image network, head and circuit as ordinary operations on real numbers."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

import qtl_core
from qtl_core.export.onnx_words import EXTRA, input_name, metadata, output_names
from qtl_core.inference.predictor import frozen_backbone
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.simulators.real_statevector import RealCircuit
from qtl_core.network.trained_head import TrainedHead
from qtl_core.pictures.backbones.weights_files import spec_of
from qtl_core.runs.divergence import checked_head
from qtl_core.runs.view import TrainedRun
from qtl_core.settings.readout_words import exact_words

if TYPE_CHECKING:
    import onnx

PRODUCER = "Quantum transfer studio"
_EXAMPLES = 2  # rows that the network is followed with: of one, torch would take the number for fixed


class AnsweringNetwork(nn.Module):
    """A run's whole way from transformed pictures, or a table's numbers, to what `output_names` names.

    Numbers are taken in double precision, as the app does: a table's may be large, and differ little.

    Args:
        view: The run; its best epoch is taken.
        backbone: Its image network; None where it learnt numbers.
        stages: Whether it also gives what lies on the way there.
    """

    def __init__(self, view: TrainedRun, backbone: nn.Module | None, *, stages: bool = False) -> None:
        super().__init__()
        self.stages = stages
        settings, weights = view.prepared.settings, view.checkpoint.best_weights
        dtype = torch.float32 if backbone else torch.float64
        self.backbone = backbone or nn.Identity()
        self.head = TrainedHead(weights, settings.circuit, settings.model).to(dtype)
        self.spec = settings.model.spec
        if self.spec.has_circuit:
            self.circuit = RealCircuit(build_circuit(settings.circuit), weights["q_params"].ravel()).to(dtype)

    def forward(self, inputs: Tensor) -> tuple[Tensor, ...]:
        """Returns the class probabilities and, where there is something hidden, what the last layer reads.

        With `stages`, then the features and, where there is a circuit, the angle of every qubit.
        """
        features = self.backbone(inputs)
        stages: tuple[Tensor, ...] = (features,)
        if self.spec.has_circuit:
            angles = self.head.angles(features)
            hidden, stages = self.circuit(angles), (features, angles)
        else:
            hidden = self.head.hidden(features)
        probabilities = self.head.post_net(hidden).softmax(dim=1)
        answer = (probabilities, hidden) if self.spec.is_hidden else (probabilities,)
        return (*answer, *stages) if self.stages else answer


def onnx_bytes(view: TrainedRun, weights: str = "", *, stages: bool = False) -> bytes:
    """Returns the contents of the file; the same run gives the same bytes.

    Args:
        view: A run with at least one epoch.
        weights: A weights file for its image network, where the one it was trained with lies elsewhere now.
        stages: Whether the network also gives features and angles, for whoever shows the way to an answer.

    Raises:
        UserError: The extra `onnx` is not installed, or the network's weights are not here.
    """
    EXTRA.require("No ONNX file can be written here.")
    checked_head(view, "This run cannot be written as ONNX.")
    model = _exported(AnsweringNetwork(view, _backbone(view, weights), stages=stages), view)
    _without_traces(model)
    model.producer_name, model.producer_version = PRODUCER, qtl_core.__version__
    model.doc_string = " ".join(filter(None, ["A trained run.", exact_words(view.prepared.settings)]))
    for name, text in metadata(view, stages=stages).items():
        model.metadata_props.add(key=name, value=text)
    return bytes(model.SerializeToString(deterministic=True))


def _backbone(view: TrainedRun, weights: str) -> nn.Module | None:
    """Returns a copy of the image network on the CPU, laid out plainly; the process may share the original."""
    if view.prepared.settings.data.is_numbers:
        return None
    network = copy.deepcopy(frozen_backbone(view, weights).network)
    return network.cpu().to(memory_format=torch.contiguous_format)


def _exported(network: AnsweringNetwork, view: TrainedRun) -> onnx.ModelProto:
    settings = view.prepared.settings
    inputs = torch.zeros(_EXAMPLES, view.prepared.feature_size, dtype=torch.float64)
    if not settings.data.is_numbers:
        side = spec_of(settings.data.backbone).transform.crop
        inputs = torch.zeros(_EXAMPLES, 3, side, side)
    program = torch.onnx.export(
        network.eval(),
        (inputs,),
        input_names=[input_name(view)],
        output_names=list(output_names(settings.model.spec, stages=network.stages)),
        dynamic_shapes=({0: torch.export.Dim("N")},),
        dynamo=True,
        verbose=False,
    )
    assert program is not None, "the exporter gives no program only where it writes the file itself"
    return program.model_proto


def _without_traces(model: onnx.ModelProto) -> None:
    """Takes out which lines of source, in which folder, each operation came from."""
    graphs = (model.graph, *model.functions)
    values = (*model.graph.input, *model.graph.output, *model.graph.initializer)
    inside = (each for graph in graphs for each in (*graph.node, *graph.value_info))
    for each in (model, *graphs, *values, *inside):
        each.ClearField("metadata_props")
        each.ClearField("doc_string")
