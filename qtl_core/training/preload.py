"""Imports of a training worker before its first job, as far as a first training needs them.

Where machine code lies compiled it is loaded, and torch's imports, which take a second, come after this. Where none
does, torch trains until it is there: so it comes first, and then the compiler, a process of its own.
"""

from importlib import import_module

from qtl_core.training import engines, preparation  # noqa: F401  (imported for what their import costs)
from qtl_core.training.compiled.code_folder import is_compiled
from qtl_core.training.compiled.warm_up import warm_up

if is_compiled():
    warm_up().join()  # torch's imports beside it would make both take longer
else:
    import_module("qtl_core.training.torch_engine")
    warm_up()
