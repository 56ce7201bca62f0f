"""Imports of a training worker before its first job, as far as a first training needs them: torch comes after this.

What lies compiled is loaded at once. Where nothing does, the compiler is a process of its own, and torch trains until
it is done.
"""

from qtl_core.training import engines, preparation  # noqa: F401  (imported for what their import costs)
from qtl_core.training.compiled.code_folder import is_compiled
from qtl_core.training.compiled.warm_up import warm_up

_warming = warm_up()
if is_compiled():
    _warming.join()  # torch's imports beside it would make both take longer
