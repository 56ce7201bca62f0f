"""Imports of a training worker before its first job: torch and the engines; and it gets the compiled one ready."""

from qtl_core.training import engines, preparation  # noqa: F401  (imported for what their import costs)
from qtl_core.training.compiled.warm_up import warm_up

warm_up()
