"""The colours of a run's classes: those that somebody gave them in the data set it learnt from, else the usual ones."""

from __future__ import annotations

from qtl_core.common.errors import UserError
from qtl_core.pictures.datasets.creating import find_by_id
from qtl_core.runs.events import Prepared
from ui.base.theme import class_colour


def colours_of(prepared: Prepared) -> tuple[str, ...]:
    """Returns one for each class, in their order; a class is known again by its name."""
    own = _own_colours(prepared)
    return tuple(own.get(name, class_colour(label)) for label, name in enumerate(prepared.classes))


def _own_colours(prepared: Prepared) -> dict[str, str]:
    data = prepared.settings.data
    if data.source != "dataset" or not data.dataset:
        return {}
    try:
        return {each.name: class_colour(each.colour) for each in find_by_id(data.dataset).classes}
    except UserError:  # the set is gone; its runs stay
        return {}
