"""Workers that train a study's chunks: in this process, in processes of this machine, or on a Ray cluster.

All keep to `base.Workers`: they train chunks and say which came and which were lost. What to train next, what is tried
again and what is written down is decided by `execution.train_study`, in the one process that holds the study.
"""

from qtl_core.studies.workers.base import Came, Chunk, Lost, Workers
from qtl_core.studies.workers.choosing import in_process, local, ray, usual, workers_from

__all__ = ["Came", "Chunk", "Lost", "Workers", "in_process", "local", "ray", "usual", "workers_from"]
