"""All experiments, each imported when it is asked for."""

from __future__ import annotations

from importlib import import_module

from qtl_core.common.errors import UserError
from qtl_core.learn.experiments.experiment import Experiment

# In the order of the fields on the Learn page.
KEYS: tuple[str, ...] = (
    "chemistry",
    "optimisation",
    "images",
    "language",
    "control",
    "generative",
    "compilation",
    "compression",
    "anomaly",
    "finance",
)

# Further ones of a field, by the key of its topic.
FURTHER: dict[str, tuple[str, ...]] = {"images": ("denoising",), "control": ("two_qubit_control",)}


def of_topic(key: str) -> tuple[str, ...]:
    """Returns the experiments of a topic, its own first; () where there is none."""
    return (*(name for name in KEYS if name == key), *FURTHER.get(key, ()))


def all_keys() -> tuple[str, ...]:
    """Returns every experiment, those of a field one after another."""
    return tuple(name for key in KEYS for name in of_topic(key))


def experiment(key: str) -> Experiment:
    """Returns an experiment.

    Raises:
        UserError: There is none of that name.
    """
    if key not in all_keys():
        raise UserError(f"There is no experiment “{key}”.", "", f"Choose from {', '.join(all_keys())}.")
    found: Experiment = import_module(f"{__package__}.{key}").EXPERIMENT
    return found
