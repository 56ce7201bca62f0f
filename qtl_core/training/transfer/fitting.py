"""The fit of one part of a trained head to another head: why it cannot travel, or which rows of it go where.

pre_net   reads features, so it travels between runs on the same image network (or the same columns of numbers), and
          gives one number a qubit or hidden unit, of which there must be as many.
circuit   means something only with the same qubits and gates. A deeper circuit takes the layers of a shallower one
          and adds fresh ones behind; a shallower one takes the first layers (Mari et al. 2020, quantum to quantum).
post_net  has a row for each class. A class keeps the row of the class of its name, wherever that stands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from qtl_core.pictures.backbones.weights_files import spec_of
from qtl_core.settings.heads import CIRCUIT, HEADS, POST_NET, PRE_NET
from qtl_core.training.transfer.facts import HeadFacts

FRESH = -1  # in place of a row: nothing travels there
MOST_NAMED = 3  # classes in one sentence
Rows = tuple[int, ...]
# What the last layer of each head reads: a row of one kind has no meaning above another.
_LAST_READS = {
    "dressed": "the qubits' expectation values",
    "dressed_fixed": "the qubits' expectation values",
    "bottleneck": "numbers squashed by tanh",
    "mlp": "hidden units of a ReLU",
    "linear": "the features themselves",
}


def fitting_rows(part: str, there: HeadFacts, here: HeadFacts) -> tuple[Rows, str]:
    """Returns which rows of a part go where, and why nothing can travel, or only something, or what to know of it.

    Args:
        part: One that the new head has.
        there: The head that it comes from.
        here: The new one.

    Returns:
        For every row of the new part (a unit, a circuit's layer, a class) the row that it takes over, or `FRESH`; empty
        where nothing can travel. And words, that go on from a colon where it is not all that travels; "" for none.
    """
    if part not in there.parts:
        return (), f"{there.title}, which it comes from, has none."
    why_not, rows = _FITS[part]
    why = why_not(there, here)
    return ((), why) if why else rows(there, here)


def _why_no_first_layer(there: HeadFacts, here: HeadFacts) -> str:
    if why := _other_features(there, here):
        return why
    if there.width != here.width:
        each = " (one a qubit)" if CIRCUIT in here.parts else ""
        return f"it gives {there.width} numbers there, and {here.width} are needed here{each}."
    return ""


def _why_no_circuit(there: HeadFacts, here: HeadFacts) -> str:
    old, new = there.settings.circuit, here.settings.circuit
    if HEADS[here.settings.model.head].fixed and not HEADS[there.settings.model.head].fixed:
        return "this head leaves its circuit at random; take the dressed circuit and let its circuit stand still."
    if old.qubits != new.qubits:
        return f"it has {_qubits(old.qubits)} there and {_qubits(new.qubits)} here."
    for field_name, words in (("entangler", "entangler"), ("rotation", "rotation")):
        if getattr(old, field_name) != getattr(new, field_name):
            return f"its {words} is {getattr(old, field_name)} there and {getattr(new, field_name)} here."
    if old.reuploading != new.reuploading:
        return f"it re-uploads the picture's angles {'there' if old.reuploading else 'here'} only."
    if not (old.depth and new.depth):
        return f"it has no layers {'here' if old.depth else 'there'} (depth 0)."
    return ""


def _qubits(count: int) -> str:
    return f"{count} qubit{'s' if count != 1 else ''}"


def _why_no_last_layer(there: HeadFacts, here: HeadFacts) -> str:
    old, new = (_LAST_READS[each.settings.model.head] for each in (there, here))
    if old != new:
        return f"it reads {old} there, and {new} here."
    if PRE_NET not in here.parts and (why := _other_features(there, here)):
        return why
    if there.width != here.width:
        return f"it reads {there.width} numbers there, and {here.width} here."
    return ""


def _other_features(there: HeadFacts, here: HeadFacts) -> str:
    """Returns why what the first layer reads is something else here, or ""."""
    old, new = there.settings.data, here.settings.data
    if old.is_numbers != new.is_numbers:
        kinds = ("numbers", "pictures") if old.is_numbers else ("pictures", "numbers")
        return f"it learnt from {kinds[0]} there, and reads {kinds[1]} here."
    if there.feature_size != here.feature_size and old.is_numbers:
        return f"it reads {there.feature_size} columns there, and {here.feature_size} here."
    if old.is_numbers:
        return "" if _same_columns(there, here) else "the columns that it reads have other names here."
    if old.backbone != new.backbone or there.feature_size != here.feature_size:
        return f"it reads features of {_network(there)} there, and of {_network(here)} here."
    if there.weights_sha256 and here.weights_sha256 and there.weights_sha256 != here.weights_sha256:
        return f"it reads features of other weights of {_network(there)} there than here."
    return ""


def _same_columns(there: HeadFacts, here: HeadFacts) -> bool:
    old, new = there.feature_names, here.feature_names
    return not (old and new) or [each.casefold() for each in old] == [each.casefold() for each in new]


def _network(head: HeadFacts) -> str:
    return spec_of(head.settings.data.backbone).title


def _first_layer_rows(there: HeadFacts, here: HeadFacts) -> tuple[Rows, str]:
    return tuple(range(here.width)), _how_features_differ(there, here)


def _how_features_differ(there: HeadFacts, here: HeadFacts) -> str:
    """Returns what to know of a layer that reads features and travels."""
    old, new = there.settings.training, here.settings.training
    said = []
    if old.standardise or new.standardise:
        said.append("Its numbers are rewritten for the features as they are scaled here, and mean the same.")
    if old.backbone_mode == "published" and not there.settings.data.is_numbers:
        said.append("It learnt above an image network that drifted; here that network is the original one.")
    return " ".join(said)


def _layer_rows(there: HeadFacts, here: HeadFacts) -> tuple[Rows, str]:
    old, new = there.settings.circuit.depth, here.settings.circuit.depth
    rows = tuple(layer if layer < old else FRESH for layer in range(new))
    if old < new:
        return rows, f"its {_layers(old)} come first, and {new - old} fresh {_word(new - old)} behind."
    if old > new:
        first = "first of its" if new == 1 else f"first {new} of its"
        return rows, f"the {first} {_layers(old)} {'finds' if new == 1 else 'find'} a place."
    return rows, ""


def _layers(count: int) -> str:
    return f"{count} trained {_word(count)}"


def _word(count: int) -> str:
    return "layer" if count == 1 else "layers"


def _class_rows(there: HeadFacts, here: HeadFacts) -> tuple[Rows, str]:
    rows = matched_classes(there.classes, here.classes)
    kept = [name for name, row in zip(here.classes, rows, strict=True) if row != FRESH]
    fresh = [name for name, row in zip(here.classes, rows, strict=True) if row == FRESH]
    note = _how_features_differ(there, here) if PRE_NET not in here.parts else ""
    if not kept:
        return rows, f"none of its classes ({_named(there.classes)}) is here ({_named(here.classes)})."
    if fresh:
        says = f"{_named(kept)} keep{'s' if len(kept) == 1 else ''} the row of that name"
        return rows, f"{says}; {_named(fresh)} start{'s' if len(fresh) == 1 else ''} fresh. {note}".strip()
    return rows, note


def matched_classes(there: Sequence[str], here: Sequence[str]) -> tuple[int, ...]:
    """Returns for every class here the index of the class of the same name there, or `FRESH`; capitals do not count.

    Where only they tell two classes apart, the exact name decides.
    """
    exact = {name: index for index, name in enumerate(there)}
    alike: dict[str, list[int]] = {}
    for index, name in enumerate(there):
        alike.setdefault(name.casefold(), []).append(index)
    ours = [name.casefold() for name in here]

    def row(name: str) -> int:
        if name in exact:
            return exact[name]
        found = alike.get(name.casefold(), [])
        return found[0] if len(found) == 1 and ours.count(name.casefold()) == 1 else FRESH

    return tuple(row(name) for name in here)


def _named(names: Sequence[str]) -> str:
    shown = list(names[:MOST_NAMED])
    if len(names) > MOST_NAMED:
        return f"{', '.join(shown)} and {len(names) - MOST_NAMED:,} more"
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))


_FITS: dict[str, tuple[Callable[[HeadFacts, HeadFacts], str], Callable[[HeadFacts, HeadFacts], tuple[Rows, str]]]] = {
    PRE_NET: (_why_no_first_layer, _first_layer_rows),
    CIRCUIT: (_why_no_circuit, _layer_rows),
    POST_NET: (_why_no_last_layer, _class_rows),
}
