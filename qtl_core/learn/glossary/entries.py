"""All entries of the glossary, and how one is found."""

from __future__ import annotations

from qtl_core.learn.glossary.circuits import CIRCUITS
from qtl_core.learn.glossary.light import LIGHT
from qtl_core.learn.glossary.networks import NETWORKS
from qtl_core.learn.glossary.noise import NOISE
from qtl_core.learn.glossary.states import STATES
from qtl_core.learn.glossary.term import Term
from qtl_core.learn.glossary.training import TRAINING
from qtl_core.learn.glossary.verdicts import VERDICTS

PARTS = {
    "Qubits and states": STATES,
    "Circuits": CIRCUITS,
    "States of light": LIGHT,
    "Shots and noise": NOISE,
    "Networks and pictures": NETWORKS,
    "How training goes": TRAINING,
    "Results and doubt": VERDICTS,
}
TERMS: dict[str, Term] = {term.name: term for terms in PARTS.values() for term in terms}
_BY_ANY_NAME = {name.casefold(): term for term in TERMS.values() for name in (term.name, *term.also)}


def find(name: str) -> Term | None:
    """Returns the entry of a word, whatever its case or number, or None."""
    wanted = " ".join(name.casefold().split())
    return _BY_ANY_NAME.get(wanted) or _BY_ANY_NAME.get(wanted.removesuffix("s"))
