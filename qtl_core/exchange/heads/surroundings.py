"""The image network that a head came in: whether it is the one on disk, and what of it has to come along.

The demo trains with `model.train()`, so the batch norms of its "frozen" network drift; its head answers rightly only
behind the drifted ones. What differs from the file on disk becomes part of the run.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch

from qtl_core.common.errors import UserError
from qtl_core.exchange.heads.head_file import DRIFTING, Tensors
from qtl_core.pictures.backbones.fit_weights import BATCH_COUNTER, UnusableWeights, fit
from qtl_core.pictures.backbones.loading import load_plain_backbone
from qtl_core.pictures.backbones.networks import architecture_of
from qtl_core.pictures.backbones.resolve import ResolvedBackbone
from qtl_core.pictures.backbones.weights_files import spec_of
from qtl_core.state_dicts.refusals import listed


def backbone_changes(
    found: Tensors, backbone: str, resolved: ResolvedBackbone | None
) -> tuple[dict[str, np.ndarray], str]:
    """Returns the tensors that have to come along so that answers are right, and a sentence on the network.

    Args:
        found: What was in the file beside the head, empty where the head came alone.
        backbone: The network it is said to be.
        resolved: Its weights on disk, if they are there.

    Raises:
        UserError: They are those of another network, or not all finite.
    """
    if not _holds_a_network(found, backbone):
        which = "weights on this machine" if resolved else "published weights"
        words = f"The head came without its image network; the {which} are taken to be those it was trained with."
        return {}, words + _left_out(found, found)
    checked = _checked(found, backbone)
    state, words = _differing(checked, backbone, resolved)
    ends = tuple(f".{name}" for name in checked)
    return state, words + _left_out(found, [name for name in found if name not in checked and not name.endswith(ends)])


def _holds_a_network(found: Tensors, backbone: str) -> bool:
    """Returns whether there is an image network among what lies beside a head, or what bears the names of one."""
    names = _network(backbone).state_dict() if found else {}
    return any(values.ndim == 4 for values in found.values()) or any(name in names for name in found)


def _left_out(found: Tensors, names: Iterable[str]) -> str:
    """Returns what of a file was not taken, but for counters, scores and the state of a random generator."""
    weights = [name for name in names if found[name].ndim and found[name].dtype.kind == "f"]
    return f" Left out of the file, as no part of either: {listed(weights)}." if weights else ""


def _differing(
    found: dict[str, np.ndarray], backbone: str, resolved: ResolvedBackbone | None
) -> tuple[dict[str, np.ndarray], str]:
    title = spec_of(backbone).title
    if resolved is None:
        return found, f"The whole {title} came along, and answers with its own weights; none are needed from elsewhere."
    on_disk = {name: values.numpy() for name, values in load_plain_backbone(resolved).state_dict().items()}
    differing = [name for name, values in found.items() if not np.array_equal(values, on_disk[name])]
    if all(name.endswith(BATCH_COUNTER) for name in differing):
        return {}, f"The {title} that came along equals the weights on this machine."
    drifted = {name: values for name, values in found.items() if name.endswith(DRIFTING)}
    if all(name in drifted for name in differing):
        return drifted, (
            f"The batch norms of the {title} that came along differ from the weights on this machine, as they do after "
            "the demo's training; they are part of the run, so that it answers as it did where it was trained."
        )
    return drifted | {name: found[name] for name in differing}, (
        f"The {title} that came along has other weights than those on this machine ({len(differing)} of "
        f"{len(found)} tensors {'differs' if len(differing) == 1 else 'differ'}); they are part of the run, so that it "
        "answers as it did where it was trained."
    )


def _checked(found: Tensors, backbone: str) -> dict[str, np.ndarray]:
    """Returns the network's tensors with the shapes and types it wants, and refuses others."""
    network, title = _network(backbone), spec_of(backbone).title
    given = {name: torch.from_numpy(values) for name, values in found.items()}
    try:
        fit(network, given, architecture_of(backbone).head, Path("of it"))
    except UnusableWeights as error:
        raise UserError("The image network in the file cannot be used.", error.why, error.do) from error
    except UserError as error:
        raise UserError(f"The image network in the file is no {title}.", error.why, "Choose the one it is.") from error
    return {name: values.numpy() for name, values in network.state_dict().items()}


def _network(backbone: str) -> torch.nn.Module:
    return architecture_of(backbone).unfilled()
