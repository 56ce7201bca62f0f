"""Words of the page "The paper on its own machine"; what is claimed is chosen from the numbers."""

from __future__ import annotations

from qtl_core.evaluation.metrics import percent
from qtl_core.readout.machine_report import ReportRow
from ui.widgets.glossary import word

PAPER = (
    "The authors of [the paper](https://quantum-journal.org/papers/q-2020-10-09-340/) trained their head in a "
    "simulator and then ran it, as it was, on two machines: IBM's five-qubit ibmqx4 (“Tenerife”) and Rigetti's "
    "Aspen-4. [Their script](https://github.com/XanaduAI/quantum-transfer-learning/tree/master/quantum_processors) "
    f"sends every {word('validation')} photo's circuit of four qubits and depth 6, with its 18 "
    f"{word('CNOT', 'CNOTs')}, through PennyLane."
)
UNKNOWN = (
    "**Not known here**: the day of their run (the calibration below is of 23 August 2019, one of the last that was "
    "published); on which qubits the circuit lay and how it was compiled (the script names neither); how many "
    f"{word('shots')} they took on ibmqx4 (for Aspen-4 it says 1,024). So these figures are what that day's "
    "calibration predicts, not a repetition of theirs. Their head comes in on the **Runs** page, from the file "
    "quantum_weights.pt of their repository, and is measured where ResNet-18 and the photos are; every other run can "
    "be asked as well."
)


def noise_words() -> str:
    """Returns how the calibration becomes noise."""
    return (
        "**As noise**: after every gate its qubits relax for as long as it takes, and what is missing to the gate's "
        "measured error is depolarising, as Qiskit builds it; where relaxation alone would cost more than was "
        "measured, the gate is taken to be shorter. H is a u2, rotations are a u3 each. Not in it: qubits that wait, "
        "crosstalk, pulses that are off the same way every time, drift. A real run may do worse."
    )


def kind_of_row(row: ReportRow) -> str:
    """Returns what a row's numbers are."""
    return {"exact": "exact", "average": "average", "estimate": "estimate", "draw": "draw"}[row.found.kind]


def verdict_words(rows: tuple[ReportRow, ...], noun: str) -> str:
    """Returns what the calibration does to the answers, chosen from the rows."""
    exact, best, worst = (row.found for row in rows[:3])
    lost = exact.evaluation.correct - best.evaluation.correct
    right = {True: f"loses {lost} of {exact.evaluation.correct} right answers", False: "loses no right answer"}[
        lost > 0
    ]
    if lost < 0:
        right = f"happens to get {-lost} more right"
    said = [
        f"On its layout of least error the head {right} ({best.evaluation.count_in_words(noun)}; {len(best.changed)} "
        f"answers change), and its mean confidence goes from {percent(exact.mean_confidence)} to "
        f"{percent(best.mean_confidence)}.",
        f"On that of most error {worst.evaluation.correct} of {worst.size} are right, with a mean confidence of "
        f"{percent(worst.mean_confidence)}.",
    ]
    drawn, corrected = rows[-2].found, rows[-1].found
    gain = corrected.mean_confidence - drawn.mean_confidence
    nearer = corrected.mean_error < drawn.mean_error
    said.append(
        f"Correcting the readout brings ⟨Z⟩ {'nearer to' if nearer else 'no nearer to'} the exact values (off by "
        f"{corrected.mean_error:.2f} on average, before {drawn.mean_error:.2f}) and "
        f"{'adds' if gain >= 0 else 'takes'} {percent(abs(gain))} of confidence."
    )
    return " ".join(said)
