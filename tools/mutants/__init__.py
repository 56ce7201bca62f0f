"""Strength of the tests: small changes to the source, one at a time, and whether a test fails (`make mutants`).

The changes are cosmic-ray's (`making`): `<` becomes `<=`, `+` becomes `-`, 3 becomes 4, a loop has no turns, a
decorator is gone, an `except` catches nothing. Its own runner starts Python anew for each, which loads torch and
PennyLane for seconds; `running` loads them once and forks. (mutmut forks too, but never changes a decorated function, a
property or a constant of a module, which is where this package keeps much of what matters.)

Each room's tests run once unchanged, under coverage (`covering`), so that a change is tried on the tests that reach its
line, quickest first, until one fails. A change that no test can notice is listed with the reason in `equal.toml`.

    make mutants                      60 changes in each room, always the same ones
    make mutants ROOM=store           of one room
    make mutants SAMPLE=all           every change there is (hours)
    make mutants ROOM=store AGAIN=1   only those that no test noticed the last time

What survived is printed with file, line and change: write the assert that is missing, or list it as equal.
"""
