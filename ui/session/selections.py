"""Selections of single pages that are more than a setting or the run on screen: who answers, whose circuit, which rows.

    ?model=20261125-203000-abcdef  the run that answers on the Predict page, and `compare` the one beside it
    ?circuit=settings              the circuit on its page: `settings`, `screen` (the run on screen) or a kept run
    ?open=...&ticked=...,...       the Runs page: the run whose row was clicked, and those that are ticked
    ?study=20261125-203000-abcdef  the study that is open on its page, which says where it is gone

What is as usual is not said. A run that a link names and that is not there is left out and said, on every page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from qtl_core.runs.store.layout import ID

MODEL_PARAMETER, OTHER_PARAMETER, CIRCUIT_PARAMETER = "model", "compare", "circuit"
OPEN_PARAMETER, TICKED_PARAMETER, STUDY_PARAMETER = "open", "ticked", "study"
SELECTED = (MODEL_PARAMETER, OTHER_PARAMETER, CIRCUIT_PARAMETER, OPEN_PARAMETER, TICKED_PARAMETER, STUDY_PARAMETER)
FROM_SETTINGS, FROM_SCREEN = "settings", "screen"
BUNDLED = "bundled"  # the run that comes with the app, which is kept nowhere
MOST_TICKED = 20  # in a link: twice as many as can be compared, and short enough to be sent


@dataclass(frozen=True)
class Selections:
    """The selections of a session, by identifiers of kept runs; "" is the usual one.

    Attributes:
        model: The run that answers on the Predict page.
        other: The run to compare it with.
        circuit: Whose circuit is shown: a kept run's, `FROM_SETTINGS` or `FROM_SCREEN`.
        opened: The run whose row was clicked on the Runs page.
        ticked: Those that are ticked there.
        study: The study that is open, by its identifier.
    """

    model: str = ""
    other: str = ""
    circuit: str = ""
    opened: str = ""
    ticked: tuple[str, ...] = ()
    study: str = ""


def read_selections(query: Mapping[str, Sequence[str]], is_there: Callable[[str], bool]) -> Selections:
    """Reads what a query selects.

    Args:
        query: Every parameter with all its values, of which the last counts.
        is_there: Says whether a link may name a run, and notes why not.
    """
    found = {name: (query.get(name) or ("",))[-1] for name in SELECTED}
    ticked = list(dict.fromkeys(filter(None, found.pop(TICKED_PARAMETER).split(","))))[:MOST_TICKED]
    study = found.pop(STUDY_PARAMETER)
    unkept = {CIRCUIT_PARAMETER: {FROM_SETTINGS, FROM_SCREEN}, MODEL_PARAMETER: {BUNDLED}, OTHER_PARAMETER: {BUNDLED}}
    model, other, circuit, opened = (
        each if each in unkept.get(name, ()) or (each and is_there(each)) else "" for name, each in found.items()
    )
    study = study if ID.fullmatch(study) else ""
    return Selections(model, other, circuit, opened, tuple(each for each in ticked if is_there(each)), study)


def query_of_selections(wanted: Selections) -> dict[str, str]:
    """Returns the parameters that say it; "" for what is as usual."""
    names = wanted.model, wanted.other, wanted.circuit, wanted.opened
    return dict(zip(SELECTED, (*names, ",".join(wanted.ticked[:MOST_TICKED]), wanted.study), strict=True))
