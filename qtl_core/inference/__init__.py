"""A run's answers for pictures that a person brings, as background work in a worker that keeps the run loaded.

The pictures come with the job and leave with it: nothing of them is written to disk. Imports no torch at the top,
because pages ask for answers; they are made in a worker process.
"""
