"""Weights fitted to a model of timm: by timm's own names, else by those under which their authors published them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from torch import Tensor, nn

from qtl_core.common.errors import UserError
from qtl_core.pictures.backbones.fit_weights import UnusableWeights, fit
from qtl_core.state_dicts.reading import tensors_of
from qtl_core.state_dicts.tensors import StoredTensor


def fit_to_timms(network: nn.Module, state: Mapping[str, StoredTensor], head: tuple[str, ...], path: Path) -> None:
    """Puts the tensors of `state` into a model of timm.

    A file of DINOv2's or CLIP's authors has other names than timm's; timm knows them, and how to resample positions
    that were learnt for a picture of another size.

    Args:
        network: The model, without its classifier.
        state: Tensors by name.
        head: Prefixes of the classifier's names.
        path: The file they are from, for the message.

    Raises:
        UserError: They do not fit either way; the sentence says how they differ from timm's own names.
    """
    try:
        return fit(network, state, head, path)
    except UnusableWeights:
        raise
    except UserError:
        if (renamed := _renamed(network, state)) is None:
            raise
        return _fit_or_explain(network, renamed, state, head, path)


def _fit_or_explain(
    network: nn.Module,
    renamed: Mapping[str, Tensor],
    state: Mapping[str, StoredTensor],
    head: tuple[str, ...],
    path: Path,
) -> None:
    try:
        fit(network, renamed, head, path)
    except UnusableWeights:
        raise
    except UserError:
        fit(network, state, head, path)  # says how the file as it is differs


def _renamed(network: nn.Module, state: Mapping[str, StoredTensor]) -> dict[str, Tensor] | None:
    """Returns the tensors by timm's names, as timm itself would load them; None where it knows no other names."""
    rename = getattr(sys.modules[type(network).__module__], "checkpoint_filter_fn", None)
    if rename is None:
        return None
    try:
        return dict(rename(tensors_of(state), network))
    except Exception:  # refused, or a stranger's file in code that expects its own: then it is none of those it knows
        return None
