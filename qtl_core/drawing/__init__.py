"""Pictures of a circuit: `scene` measures what `network.diagram_layout` arranged; `svg`, `png` and `text` paint it."""
