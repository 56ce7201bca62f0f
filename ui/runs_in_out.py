"""Runs in and out: what of a run can be taken along, and the field for files that are brought in."""

from __future__ import annotations

from ui.bring_in import show_import
from ui.take_along import show_take_along

__all__ = ["show_import", "show_take_along"]
