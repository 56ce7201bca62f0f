"""The plan of a transfer: which parts of a trained head travel to another task, which cannot and why, what is frozen.

It is made of facts about both heads alone, so that it can be told before Start, when no picture has been looked at:

    plan_transfer(facts_of(kept.prepared), facts_before(settings, classes)).sentences

What decides over each part is in `fitting`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

from qtl_core.common.errors import UserError
from qtl_core.settings.heads import CIRCUIT, HEADS, POST_NET, PRE_NET
from qtl_core.settings.parameters import PARAMETERS
from qtl_core.training.transfer.facts import HeadFacts, facts_before, facts_of
from qtl_core.training.transfer.fitting import FRESH, fitting_rows

__all__ = ["PARTS", "TITLES", "HeadFacts", "PartPlan", "TransferPlan", "facts_before", "facts_of", "plan_transfer"]

Travel = Literal["whole", "part", "cannot", "fresh", "absent"]
PARTS = (PRE_NET, CIRCUIT, POST_NET)
TITLES = {PRE_NET: "The first layer", CIRCUIT: "The circuit", POST_NET: "The last layer"}


@dataclass(frozen=True)
class PartPlan:
    """The plan for one part of the new head.

    Attributes:
        part: Which.
        how: Whether it travels "whole" or in "part", "cannot", starts "fresh" because nobody asked, or is "absent".
        why: Why it cannot, or only in part, or what to know of one that travels; a sentence or two, or "".
        rows: For every row of it (a unit, a circuit's layer, a class) the row that it takes over, or `FRESH`.
        numbers: How many numbers it has.
        carried: How many of them travelled.
        still: How many of them stand still.
    """

    part: str
    how: Travel
    why: str = ""
    rows: tuple[int, ...] = field(default=(), repr=False)
    numbers: int = 0
    carried: int = 0
    still: int = 0

    @property
    def travels(self) -> bool:
        """True if at least something of it is carried over."""
        return self.how in ("whole", "part")

    @property
    def sentence(self) -> str:
        """A sentence or two on what becomes of it."""
        return " ".join(filter(None, (self._travels_in_words(), self._stands_in_words())))

    def _travels_in_words(self) -> str:
        title = TITLES[self.part]
        if self.how == "absent":
            return self.why
        if self.how == "cannot":
            return f"{title} cannot travel: {self.why}"
        if self.how == "fresh":
            return f"{title} starts fresh."
        words = "travels whole." if self.how == "whole" else "travels in part:"
        return f"{title} {words} {self.why}".strip()

    def _stands_in_words(self) -> str:
        if not self.still:
            return ""
        if self.still < self.numbers:
            return "What travelled stands still, the rest learns."
        return "It stands still." if self.travels else "It stands still at its random start."


@dataclass(frozen=True)
class TransferPlan:
    """The plan of all parts.

    Attributes:
        parts: One for each of `PARTS`, in that order.
        refusal: Why training cannot start so, or None.
    """

    parts: tuple[PartPlan, ...]
    refusal: UserError | None = None

    def part(self, name: str) -> PartPlan:
        """Returns the plan of one part."""
        return next(each for each in self.parts if each.part == name)

    @property
    def carried(self) -> tuple[str, ...]:
        """The parts that travel, whole or in part."""
        return tuple(each.part for each in self.parts if each.travels)

    @property
    def frozen(self) -> tuple[str, ...]:
        """The parts of which at least something stands still."""
        return tuple(each.part for each in self.parts if each.still)

    @property
    def parameters(self) -> int:
        """The count of numbers that the head has."""
        return sum(each.numbers for each in self.parts)

    @property
    def trained_parameters(self) -> int:
        """The number of those that learn."""
        return sum(each.numbers - each.still for each in self.parts)

    @property
    def sentences(self) -> tuple[str, ...]:
        """Sentences on what becomes of each part that the head has, or that was to travel."""
        return tuple(each.sentence for each in self.parts if each.sentence)


def plan_transfer(there: HeadFacts | None, here: HeadFacts) -> TransferPlan:
    """Returns what becomes of every part of a new head.

    Args:
        there: The head to start from; None for a fresh start.
        here: The new head; its settings say which parts are to travel and which stand still.
    """
    asked = here.settings.transfer.carried_parts if there else ()
    frozen = {*here.settings.transfer.frozen_parts, *HEADS[here.settings.model.head].fixed}
    parts = tuple(_part(name, there if name in asked else None, here, still=name in frozen) for name in PARTS)
    return TransferPlan(parts, _refusal(there, asked, parts))


def _part(name: str, there: HeadFacts | None, here: HeadFacts, *, still: bool) -> PartPlan:
    if name not in here.parts:
        return PartPlan(name, "absent", _absent(name, here) if there or still else "")
    numbers = sum(math.prod(here.shapes[each]) for each in PARAMETERS[name])
    if there is None:
        return PartPlan(name, "fresh", numbers=numbers, still=numbers if still else 0)
    rows, words = fitting_rows(name, there, here)
    taken = sum(row != FRESH for row in rows)
    if not taken:
        return PartPlan(name, "cannot", words, numbers=numbers, still=numbers if still else 0)
    carried = numbers // len(rows) * taken
    how: Travel = "whole" if taken == len(rows) and not _is_cut(name, there, here) else "part"
    return PartPlan(name, how, words, rows, numbers, carried, carried if still else 0)


def _absent(name: str, here: HeadFacts) -> str:
    return f"{TITLES[name]} has no place here: {here.title} has none."


def _is_cut(name: str, there: HeadFacts, here: HeadFacts) -> bool:
    """Returns whether only the first layers of a circuit find a place."""
    return name == CIRCUIT and there.settings.circuit.depth > here.settings.circuit.depth


def _refusal(there: HeadFacts | None, asked: tuple[str, ...], parts: tuple[PartPlan, ...]) -> UserError | None:
    if there and set(asked) & set(there.not_finite):
        return UserError(
            "This run cannot be started from.",
            "Among its numbers are some that are not finite: its training broke down.",
            "Choose another run, or start fresh.",
        )
    if there and not any(each.travels for each in parts):
        cannot = " ".join(each.sentence for each in parts if each.part in asked)
        return UserError(
            "Nothing of that run would be carried over.",
            cannot or "No part is chosen to travel.",
            "Choose a part that can travel, make the settings fit, or start fresh.",
        )
    if all(each.still == each.numbers for each in parts):
        return UserError(
            "Nothing is left to learn.", "Every part of the head stands still.", "Let at least one part learn."
        )
    return None
