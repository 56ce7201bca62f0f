"""Finds a network's own tensors in a file by the names the network has, whatever stands before them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import TypeVar

Value = TypeVar("Value")
ANGLES_KEY = "q_params"  # what a head has and no image network
# Copies of a network that training programs keep beside the one that is trained.
COPIES = frozenset(
    (
        "ema",
        "model_ema",
        "ema_model",
        "state_dict_ema",
        "ema_state_dict",
        "ema_network",
        "ema_weights",
        "averaged",
        "averaged_model",
        "swa",
        "swa_model",
        "swa_state_dict",
        "model_swa",
        "teacher",
        "teacher_model",
        "momentum_encoder",
        "encoder_k",
        "target",
        "target_network",
        "target_encoder",
        "shadow",
        "old_model",
        "best_model_ema",
    )
)
WRAPPER = "module"  # what DataParallel and DDP put before the names of what they wrap, wherever that is


def own_tensors(given: Mapping[str, Value], wanted: Collection[str]) -> tuple[dict[str, Value], list[str]]:
    """Returns the tensors under the prefix with which most names of a network begin in a file, without that prefix.

    Args:
        given: Tensors by their whole dotted names.
        wanted: The names of the network.

    Returns:
        Those tensors, whether the network knows them or not; and the other prefixes that fit as well, copies such as a
        moving average aside, the chosen one first. More than one: nothing says which is meant.
    """
    if not any(WRAPPER in name.split(".") for name in wanted):
        given = _without_wrappers(given)
    counts = _matches(given, wanted)
    if not counts:
        return dict(given), []
    most = max(counts.values())
    best = preferred(prefix for prefix, count in counts.items() if count == most)
    chosen = best[0]
    return {name.removeprefix(chosen): value for name, value in given.items() if name.startswith(chosen)}, best


def preferred(prefixes: Iterable[str]) -> list[str]:
    """Returns those of several prefixes that are not a mere copy's, or all of them if all or none are."""
    found = list(prefixes)
    return [prefix for prefix in found if not is_copy(prefix)] or found


def is_copy(prefix: str) -> bool:
    """Returns whether a prefix is that of a moving average or another copy kept beside the network that is trained."""
    return any(part.lower() in COPIES for part in prefix.split("."))


def _matches(given: Iterable[str], wanted: Collection[str]) -> dict[str, int]:
    """Counts the network's names under each prefix ("" or ending in a dot)."""
    counts: dict[str, int] = defaultdict(int)
    lengths = sorted({name.count(".") + 1 for name in wanted})
    wanted = frozenset(wanted)
    for name in given:
        for length in lengths:
            parts = name.rsplit(".", length)
            if len(parts) > length:
                front, tail = parts[0] + ".", name[len(parts[0]) + 1 :]
            elif len(parts) == length:
                front, tail = "", name
            else:
                break
            if tail in wanted:
                counts[front] += 1
    return counts


def _without_wrappers(given: Mapping[str, Value]) -> Mapping[str, Value]:
    found: dict[str, Value] = {}
    for name, value in given.items():
        plain = ".".join(part for part in name.split(".") if part != WRAPPER)
        found[plain if plain not in found else name] = value
    return found
