"""Words for light as a carrier of quantum states: modes instead of qubits."""

from __future__ import annotations

from qtl_core.learn.glossary.term import Term

LIGHT = (
    Term(
        "mode",
        "One way for light to swing, such as one beam in one fibre; it can hold any number of photons.",
        "Where a qubit answers 0 or 1, a mode answers 0, 1, 2 and so on when its photons are counted.",
        topic="transfer",
        also=("optical mode", "qumode"),
    ),
    Term(
        "Fock basis",
        "The states of light with exactly 0, 1, 2 and so on photons, of which every other state is a sum.",
        "A simulator keeps one amplitude for each, up to the cutoff. Counting photons measures in it.",
        r"|\psi\rangle = \sum_n c_n |n\rangle, \quad P(n) = |c_n|^2",
        topic="transfer",
        also=("Fock state", "number state", "photon numbers"),
    ),
    Term(
        "cutoff",
        "How many photon numbers a simulator of light keeps; what would have more photons is lost or bent back.",
        "A result is worth something if it stays when the cutoff grows. A cubic phase gate's matrix changes with it.",
        topic="transfer",
    ),
    Term(
        "coherent state",
        "What a laser sends: light that swings as steadily as quantum theory allows.",
        "Its photons are counted as raindrops are, with a spread of the square root of their mean.",
        r"|\alpha\rangle = e^{-|\alpha|^2/2} \sum_n \tfrac{\alpha^n}{\sqrt{n!}}\, |n\rangle",
        topic="transfer",
        also=("laser light",),
    ),
    Term(
        "squeezing",
        "Making light less uncertain in one direction of phase space, and more so across it.",
        "It turns the round spot of a Wigner function into an ellipse of the same area.",
        r"S(r) = e^{r (a^2 - a^{\dagger 2}) / 2}",
        topic="transfer",
        also=("squeezed", "squeezed state"),
    ),
    Term(
        "phase space",
        "The plane of position and momentum, here of how light swings: height now, and height a quarter turn later.",
        topic="transfer",
    ),
    Term(
        "Wigner function",
        "A map of a state over phase space: it adds up as chances do, and yet may be below zero.",
        "Of pure states, exactly the Gaussian ones are nowhere below zero.",
        r"W(x, p) = \tfrac{1}{\pi} \int \psi^*(x + y)\, \psi(x - y)\, e^{2ipy}\, dy",
        topic="transfer",
    ),
    Term(
        "Gaussian state",
        "A state whose Wigner function is a bell curve: the vacuum shifted, squeezed and turned.",
        "However many modes there are, an ordinary computer follows such states easily; only other gates, such as the "
        "Kerr and the cubic phase gate, lead out of them.",
        topic="transfer",
        also=("Gaussian", "non-Gaussian", "Kerr gate", "cubic phase gate"),
    ),
)
