"""Transfer between tasks: what one training taught, carried to another, and whether that helped."""
