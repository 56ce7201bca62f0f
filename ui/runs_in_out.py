"""Runs in and out: what of a run can be taken along, and the field for files that are brought in."""

from __future__ import annotations

from ui.bring_in import show_bring_in
from ui.take_along import show_take_along

__all__ = ["show_bring_in", "show_take_along"]
