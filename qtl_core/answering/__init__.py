"""A run's answers for pictures that a person brings, as background work in a worker that keeps the run loaded.

The pictures come with the job and leave with it: nothing of them is written to disk. Imports no torch at the top,
because pages ask for answers; they are made in a worker process.
"""

from qtl_core.answering.job import answering_job
from qtl_core.answering.making import all_answers, answers, ood_report
from qtl_core.answering.models import kept_model, loaded, model_of, named_model
from qtl_core.answering.records import Answer, ImageRequest, TrainedModel

__all__ = [
    "Answer",
    "ImageRequest",
    "TrainedModel",
    "all_answers",
    "answering_job",
    "answers",
    "kept_model",
    "loaded",
    "model_of",
    "named_model",
    "ood_report",
]
