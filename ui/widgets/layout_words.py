"""Costs of a layout, in sentences chosen from its figures."""

from __future__ import annotations

from qtl_core.machines.gate_counts import GateCounts
from qtl_core.machines.laid_circuit import LaidCircuit
from qtl_core.machines.layouts import Layout, LayoutFigures
from ui.widgets.glossary import word

RANKED = (
    "Layouts are ranked by one product: what CNOTs, the turning of CNOTs and wrong readings leave. The layout of least "
    "error is the one with the highest; which one gets the most answers right depends on the run as well, and need not "
    "be the same."
)


def layout_words(laid: LaidCircuit, best: LayoutFigures, *, all_tried: bool) -> str:
    """Returns what a layout costs, as Markdown.

    Args:
        laid: The circuit on the layout; its figures are there.
        best: Those of the layout of least error.
        all_tried: Whether all were tried.
    """
    found = laid.figures
    assert found is not None
    routed, turned = found.routed, found.routed.turned
    said = [f"On **{dashed(found.layout)}** {_cnots(routed.cnots)} with {found.cnots:.2f}."]
    if routed.swaps:
        swaps = "One SWAP brings" if routed.swaps == 1 else f"{routed.swaps} SWAPs, of three CNOTs each, bring"
        said.append(f"{swaps} together qubits that share no gate.")
    if turned:
        one = "One of them runs" if turned == 1 else f"{turned} of them run"
        them = "it" if turned == 1 else "them"
        said.append(f"{one} the wrong way, and the {4 * turned} H that turn {them} leave {found.turning:.2f}.")
    shares = ", ".join(f"{each:.2f}" for each in found.reading)
    said.append(
        f"Wrong readings leave {shares} of {word('expectation value', '⟨Z⟩')} on qubits {dashed(routed.measured)}."
    )
    said.append(
        f"The product, **{found.survival:.3f}**, is what layouts are ranked by; it is no share of right answers, and "
        "gates on one qubit are not in it. Another layout may get more answers right."
    )
    if found.layout == best.layout:
        said.append(
            "No other layout has more: all were tried." if all_tried else "None of those that were tried has more."
        )
    else:
        of = "least error of all" if all_tried else "least error that was found"
        said.append(f"The layout of {of}, {dashed(best.layout)}, has {best.survival:.3f}.")
    return f"{' '.join(said)}\n\n{counts_words(laid.before, laid.after)}"


def transpiled_words(laid: LaidCircuit, *, is_chosen: bool) -> str:
    """Returns what Qiskit made of a circuit, as Markdown.

    Args:
        laid: The circuit as Qiskit laid it.
        is_chosen: Whether a person chose the layout.
    """
    whose = "your layout" if is_chosen else "the layout that Qiskit chose"
    said = [f"On **{dashed(laid.layout)}**, {whose}: {_lower(counts_words(laid.before, laid.after))}"]
    if laid.measured != laid.layout:
        said.append(f"SWAPs move wires, so qubits {dashed(laid.measured)} are read at the end.")
    said.append(f"Its two-qubit gate is {laid.machine.two_qubit_gate}; turns by rz take no time and do not err.")
    return " ".join(said)


def counts_words(before: GateCounts, after: GateCounts) -> str:
    """Returns what became of gates, two-qubit gates and depth, as a sentence."""
    return (
        f"Before, the circuit has {before.gates} gates ({before.two_qubit} on two qubits) and depth {before.depth}; "
        f"on the machine {after.gates} ({after.two_qubit}) and depth {after.depth}."
    )


def dashed(layout: Layout) -> str:
    """Returns a layout as people read it: "1-0-2-4"."""
    return "-".join(map(str, layout))


def _lower(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]


def _cnots(count: int) -> str:
    return {0: "no CNOT is there: the circuit survives", 1: "the one CNOT survives"}.get(
        count, f"the {count} CNOTs survive"
    )
