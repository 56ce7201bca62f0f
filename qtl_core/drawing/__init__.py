"""Pictures of a circuit: `layout` decides what stands where, `scene` measures it, `svg`, `png` and `text` paint it."""
