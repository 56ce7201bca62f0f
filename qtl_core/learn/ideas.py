"""The ideas behind the app, told in order: each a short text, something to play with, and where to read on."""

from __future__ import annotations

from qtl_core.learn.topic import Reference, Topic
from qtl_core.network.analysis.resources import count
from qtl_core.network.ansatz import build_circuit
from qtl_core.settings import CircuitSettings

MARI = Reference(
    "Mari, Bromley, Izaac, Schuld, Killoran",
    "Transfer learning in hybrid classical-quantum neural networks",
    "Quantum 4, 340",
    2020,
    "1912.08278",
)
CHEN = Reference("Chen, Yoo, Fang", "Quantum Long Short-Term Memory", "preprint", 2020, "2009.01783")
NIELSEN = Reference(
    "Nielsen, Chuang",
    "Quantum Computation and Quantum Information, chapter 1.2",
    "Cambridge University Press",
    2010,
    doi="10.1017/CBO9780511976667",
)
HORODECKI = Reference(
    "R., P., M. and K. Horodecki", "Quantum entanglement", "Reviews of Modern Physics 81, 865", 2009, "quant-ph/0702225"
)
CHSH = Reference(
    "Clauser, Horne, Shimony, Holt",
    "Proposed experiment to test local hidden-variable theories",
    "Physical Review Letters 23, 880",
    1969,
    doi="10.1103/PhysRevLett.23.880",
)
CEREZO = Reference(
    "Cerezo and others", "Variational quantum algorithms", "Nature Reviews Physics 3, 625", 2021, "2012.09265"
)
FOURIER = Reference(
    "Schuld, Sweke, Meyer",
    "Effect of data encoding on the expressive power of variational quantum-machine-learning models",
    "Physical Review A 103, 032430",
    2021,
    "2008.08605",
)
SHIFT = Reference(
    "Schuld, Bergholm, Gogolin, Izaac, Killoran",
    "Evaluating analytic gradients on quantum hardware",
    "Physical Review A 99, 032331",
    2019,
    "1811.11184",
)

_PAPER = count(build_circuit(CircuitSettings()))
_PAPER_ANGLES = CircuitSettings().qubits  # by which a picture goes in

IDEAS = (
    Topic(
        "transfer",
        "ideas",
        "Transfer learning",
        "Someone who can play the piano learns the organ faster. **Transfer learning** does that with networks: one "
        "that has learnt a large task is kept as it is, its last part is taken off, and a small new part is trained "
        "for a new task. Here a network that has seen 1.3 million photos of a thousand kinds of things turns a photo "
        "into hundreds or thousands of numbers, its *features*. Only what follows learns about ants and bees, from "
        "244 photos.\n\n"
        "Both parts may be classical or quantum, which makes **four directions**. Where one reads that circuits "
        "“replace LSTM cells”, another kind of network is meant, for sequences; here the circuit replaces a linear "
        "head.",
        "Choose a direction, and see what is frozen and what is trained. In the app's own direction, turn the number "
        "of qubits and watch how little of what is trained lies in the circuit. The two that begin with a quantum "
        "network learn here, as you look, with states of light as in the paper; the others on the Train page.",
        "Nearly all of the knowledge is in the classical network. With the photos of ants and bees, a plain linear "
        "layer in place of the circuit and both its layers got 146 of 153 right in the published runs and the circuit "
        "148, each at its best epoch, no more apart than luck gives. Where the circuit comes out ahead, as by about "
        "one picture in 153 on the pictures that this app draws, so does one whose gates were never trained: success "
        "here is no evidence that quantum helps. Stop 9 of the tour trains them all, and shows what comes out on your "
        "pictures.",
        (MARI, CHEN),
        terms=(
            "transfer learning",
            "qubit",
            "backbone",
            "features",
            "head",
            "dressed network",
            "quantum LSTM",
            "epoch",
        ),
    ),
    Topic(
        "superposition",
        "ideas",
        "Superposition",
        "A bit is 0 or 1. A **qubit** has an arrow on a sphere: up is 0, down is 1, and any other direction is a "
        "*superposition* of the two. When measured, it answers 0 or 1, nothing else. The arrow's height says only how "
        "often each comes up, and after the measurement the old arrow is gone. To learn the height one prepares and "
        "measures the same thing many times; each time is a **shot**.\n\n"
        "It is not just an unknown bit, though: the arrow has a direction around the sphere as well, the *phase*. "
        "Nothing is seen of it in the counts, until another gate brings it up or down.",
        "Turn the qubit, and measure copies of it. Then turn the phase: the counts stay, until you add a Hadamard "
        "gate before the measurement. The bars show a coin of the same bias as well.",
        "A qubit does not hold “both answers at once” to be read out: one shot gives one bit. A coin with the right "
        "bias, a *mixture*, gives the same counts as long as nothing follows. What it lacks is *coherence*: the two "
        "parts of a superposition can add up or cancel in a later gate, those of a mixture never do.",
        (NIELSEN,),
        r"|\psi\rangle = \cos\tfrac{\theta}{2}\,|0\rangle + e^{i\varphi}\sin\tfrac{\theta}{2}\,|1\rangle, \qquad "
        r"P(1) = \sin^2\tfrac{\theta}{2}",
        ("qubit", "Bloch sphere", "shots", "Hadamard gate", "phase", "coherence"),
    ),
    Topic(
        "entanglement",
        "ideas",
        "Entanglement",
        "Two qubits can share a state that neither has alone. A **CNOT** gate flips its second qubit where the first "
        "is 1; if the first is in superposition, both may end up tied together. Each qubit's own arrow gets shorter: "
        "seen alone, it is partly a coin toss, whichever way it is measured. What was known of it is now in how the "
        "two answers go together.\n\nAs nothing outside disturbs these two, how short the arrow is measures the "
        "entanglement. The *entropy* says it in bits: 0 for two separate qubits, 1 for a pair that shares all it "
        "has.",
        "Turn the first qubit before the CNOT and watch both arrows shrink together. At 90° they are gone: a Bell "
        "pair. Below, see whether hidden socks could give the same answers.",
        "Answers that agree are no riddle, not even in two directions: socks packed with an answer for each do that "
        "too. It takes a *Bell inequality*: four pairs of directions, in which no hidden answers can agree as "
        "strongly. A simulation shows what to expect; only measurements far apart can prove it. No message can be "
        "sent that way.",
        (HORODECKI, CHSH),
        r"\mathrm{CNOT}\,(R_Y(\theta)|0\rangle)\,|0\rangle = \cos\tfrac{\theta}{2}\,|00\rangle + "
        r"\sin\tfrac{\theta}{2}\,|11\rangle, \qquad S = -\sum_k p_k \log_2 p_k",
        ("entanglement", "CNOT", "entropy", "purity", "CHSH"),
    ),
    Topic(
        "variational",
        "ideas",
        "Variational circuits",
        "A **variational circuit** is a row of gates, some of whose angles are knobs. Data goes in as other angles, "
        "expectation values come out, and an ordinary computer turns the knobs until the outcome is as near to what "
        "is wished as it gets. It is a formula with parameters, as a neural network is; only the formula is of "
        "another kind.\n\nWhich kind can be said exactly. If the point *x* enters *L* times, the output is a sum of "
        "waves up to the *L*th: a Fourier series. More trained knobs do not help beyond that, but letting the data "
        "in more often does.",
        "Choose a curve and how often the point enters the circuit. One qubit learns it while you look; drag the steps "
        "to see how it got there.",
        "A least-squares fit of the same waves needs no training at all, and its error, given beside the chart, "
        "cannot be beaten by the circuit. With few qubits any such circuit is easily computed classically.",
        (CEREZO, FOURIER),
        r"f(x) = \langle Z \rangle = \sum_{k=-L}^{L} c_k\, e^{ikx}",
        ("variational circuit", "ansatz", "embedding", "expectation value", "data re-uploading"),
    ),
    Topic(
        "gradients",
        "ideas",
        "Gradients on quantum hardware",
        "To train, one must know which way to turn each knob: the *gradient*. A simulator can work it out from the "
        "state. A quantum computer shows only counts, with the noise of finitely many shots. The school method, the "
        "value a little to the right minus the value a little to the left, divides that noise by a tiny step and "
        "drowns.\n\nFor gates that turn by an angle there is a better way, the **parameter-shift rule**: measure at "
        "a quarter turn to either side, take half the difference. It is no approximation: with endless shots it is "
        "exact, and with few its noise is not blown up.",
        "Make the step of the finite difference small, and watch its estimates scatter; then raise the shots. The "
        "shift rule's stay together.",
        f"It costs two settings an angle: the paper's circuit needs {_PAPER.shifted} measured circuits for one "
        f"picture and step, two for each of its {_PAPER.trained} knobs and for each of the {_PAPER_ANGLES} angles "
        "that the picture sets, through which the layer before learns. Classical networks get all slopes at the "
        "price of a few passes.",
        (SHIFT,),
        r"\frac{\partial f}{\partial\theta} = \frac{f(\theta + \frac{\pi}{2}) - f(\theta - \frac{\pi}{2})}{2}",
        ("gradient", "parameter-shift rule", "shots", "learning rate", "barren plateau"),
    ),
)
