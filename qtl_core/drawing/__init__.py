"""Pictures of a circuit: `layout` decides what stands where, `scene` measures it, `svg`, `png` and `text` paint it."""

from qtl_core.drawing.layout import Box, Layout, Section, lay_out
from qtl_core.drawing.readings import GateReading, read_gates

__all__ = ["Box", "GateReading", "Layout", "Section", "lay_out", "read_gates"]
