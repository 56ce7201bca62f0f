"""Imports of a training worker before its first job: torch and the engines; and it gets the compiled one ready."""

from qtl_core.training import preparation  # noqa: F401  (imported for what their import costs)
from qtl_core.training.compiled.warm_up import is_compiled, warm_up

warm_up()
if not is_compiled():  # so the torch engine trains for now, and torch's optimisers import this at their first step
    import torch._dynamo  # noqa: F401
