"""The start that the settings on screen ask for, looked up before Start: the run, what travels of it, or why not."""

from __future__ import annotations

from dataclasses import dataclass, field

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.settings import DataSettings, RunSettings
from qtl_core.training.transfer.ancestors import StartingPoint, read_start
from qtl_core.training.transfer.chosen_classes import ChosenClasses, chosen_classes, new_head
from qtl_core.training.transfer.plan import PARTS, TransferPlan, plan_transfer

SECONDS_KNOWN = 20  # a folder's classes are looked up again after that


@dataclass(frozen=True)
class PlannedStart:
    """The start of a run with the settings on screen.

    Attributes:
        point: The run that it starts from; None for a fresh start, or where that run cannot be used.
        plan: What travels and what stands still; None where all starts fresh and learns, or where it cannot be known.
        cannot: Why a part could not travel, were it asked for, by part.
        problem: Why training cannot start so, or None.
    """

    point: StartingPoint | None = None
    plan: TransferPlan | None = None
    cannot: dict[str, str] = field(default_factory=dict)
    problem: UserError | None = None


def planned_start(really: RunSettings) -> PlannedStart:
    """Returns the start that these settings ask for.

    Args:
        really: What a run started now would really use.
    """
    transfer = really.transfer
    if not transfer.start_from and not transfer.freeze:
        return PlannedStart()
    try:
        point = read_start(transfer.start_from) if transfer.start_from else None
    except UserError as error:
        return PlannedStart(problem=error)
    try:
        chosen = _known_classes(really.data)
    except UserError:
        return PlannedStart(point)  # what is wrong with the pictures is said elsewhere
    plan = plan_transfer(point.facts if point else None, new_head(really, chosen))
    return PlannedStart(point, plan, _cannot(point, really, chosen), plan.refusal)


def _cannot(point: StartingPoint | None, really: RunSettings, chosen: ChosenClasses) -> dict[str, str]:
    if point is None:
        return {}
    every = plan_transfer(point.facts, new_head(really.changed(carry=",".join(PARTS)), chosen))
    return {each.part: each.sentence for each in every.parts if not each.travels}


@st.cache_data(max_entries=64, ttl=SECONDS_KNOWN, show_spinner=False)
def _known_classes(data: DataSettings) -> ChosenClasses:
    return chosen_classes(data)
