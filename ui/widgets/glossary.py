"""Words of the field on any page: their sentence for a widget's `help=`, or a link within a text, with a tooltip.

Both lead to the entry on the Learn page, in a tab of its own, so that nobody loses what they were at.
"""

from __future__ import annotations

from urllib.parse import quote

from qtl_core.learn.glossary.entries import find
from qtl_core.learn.glossary.term import Term
from ui.base.base_path import address_below

# Settings whose name or choices hold words that a newcomer may want explained.
OF_SETTINGS: dict[str, tuple[str, ...]] = {
    "Qubits": ("qubit",),
    "Depth": ("depth",),
    "Entangler": ("entangler", "CNOT"),
    "Rotation": ("rotation",),
    "Initial spread (q_delta)": ("variational circuit",),
    "Learning rate": ("learning rate",),
    "Epochs": ("epoch",),
    "Batch size": ("batch",),
    "Head": ("head", "bottleneck", "MLP"),
    "Hidden units": ("MLP",),
    "Optimiser": ("optimiser",),
    "Momentum": ("momentum",),
    "Weight decay": ("weight decay",),
    "Label smoothing": ("label smoothing",),
    "Shots": ("shots", "parameter-shift rule"),
    "Depolarising, one qubit": ("depolarising",),
    "Depolarising, CNOT": ("depolarising", "CNOT"),
    "Amplitude damping": ("amplitude damping", "T1"),
    "Phase damping": ("phase damping", "T2"),
    "Bit flip at measurement": ("readout error",),
    "Machine": ("noise", "layout"),
    "Layout": ("layout",),
    "Class weights": ("class weights",),
    "Standardised features": ("standardised features",),
    "Schedule": ("schedule", "one-cycle"),
    "Warm-up": ("warm-up",),
    "Patience": ("early stopping",),
    "Test part": ("test part", "validation"),
    "Start from": ("fine-tuning", "negative transfer"),
    "Stands still": ("freeze",),
    "Best weights by": ("validation", "accuracy", "loss"),
    "Backbone": ("backbone",),
    "Seed": ("seed",),
    "Engine": ("statevector",),
}


def help_of(*names: str) -> str:
    """Returns the sentences of some terms and where there is more, for a widget's `help=`."""
    return "\n\n".join(
        f"**{_capital(term.name)}**: {term.sentence} [More]({address(term)})" for term in map(_of, names)
    )


def help_of_setting(label: str) -> str:
    """Returns the same for the word that a setting of this label is named after, or ""."""
    return help_of(*OF_SETTINGS[label]) if label in OF_SETTINGS else ""


def word(name: str, shown: str = "") -> str:
    """Returns a term as inline Markdown: a link with its sentence as a tooltip.

    Args:
        name: The term, or another name of it.
        shown: How it stands in the text, if not as `name`.
    """
    term = _of(name)
    sentence = term.sentence.replace('"', "”")
    return f'[{shown or name}]({address(term)} "{sentence}")'


def address(term: Term) -> str:
    """Returns where the entry is, from any page of the app."""
    return address_below(f"learn?term={quote(term.name)}")


def _of(name: str) -> Term:
    term = find(name)
    if term is None:
        raise KeyError(f"{name} is not in the glossary")
    return term


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
