"""The command that makes a study again in a shell."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from qtl_core.settings import DataSettings, RunSettings
from qtl_core.settings.groups import FIELDS, PRIVATE
from qtl_core.studies.axes import BETWEEN, Axis, axis_spec
from qtl_core.studies.plan import AXIS, TRAINING, StudyPlan
from qtl_core.studies.sampling import RandomSample, Search

OF_DATA = ("source", "folder", "dataset", "shape", "table")  # said by --data
BEGIN = "python -m qtl_core study run"


def command_of(plan: StudyPlan) -> str:
    """Returns the command that makes this study and trains it, "" where none does: its file holds the whole plan.

    A folder or a table is named by where it has to be put in, and not by where it lay.
    """
    return " ".join([BEGIN, *_words(plan)]) if _is_sayable(plan) else ""


def _is_sayable(plan: StudyPlan) -> bool:
    lone = any(len(axis.values) == 1 and "," in str(axis.values[0]) for axis in plan.axes)  # would be read as several
    two_measures = isinstance(plan.sampling, Search) and plan.sampling.measure != plan.measure
    return not (plan.repeat or lone or two_measures)


def _words(plan: StudyPlan) -> Iterator[str]:
    yield f"--name {shlex.quote(plan.name)}"
    yield f"--data {_data(plan.base.data)}"
    for axis in plan.axes:
        yield f"--axis {_axis(axis)}"
    yield f"--seeds {plan.seeds}"
    sampling = plan.sampling
    sample = sampling.cells if isinstance(sampling, RandomSample) else 0
    trials, sampler = (sampling.trials, sampling.sampler) if isinstance(sampling, Search) else (0, "")
    amounts = {"folds": plan.folds, "sample": sample, "search": trials, "sampler": sampler}
    compare = plan.compare if plan.compare != AXIS else ""
    noise_at = plan.noise_at if plan.noise_at != TRAINING else ""
    amounts |= {"budget": plan.budget_seconds, "measure": plan.measure, "compare": compare, "noise-at": noise_at}
    for name, value in amounts.items():
        if value:
            yield f"--{name} {value}"
    yield from _settings(plan)


def _settings(plan: StudyPlan) -> Iterator[str]:
    """Yields the settings that are not those a study begins with anyway."""
    varied = {name for axis in plan.axes for name in axis.always}
    usual = RunSettings()
    if plan.base.data.source == "table":
        usual = usual.changed(standardise=True)  # as `--data FILE` has it
    for name, spec in FIELDS.items():
        value = plan.base.value(name)
        if name not in OF_DATA and name not in varied and value != usual.value(name):
            shown = _text(value) if name not in PRIVATE else name.upper()
            yield f"--{name.replace('_', '-')}={shown if spec.kind != 'text' else shlex.quote(shown)}"


def _data(data: DataSettings) -> str:
    named = {"points": data.shape, "folder": "FOLDER", "table": "TABLE.csv", "dataset": data.dataset}
    return shlex.quote(named.get(data.source, data.source))


def _axis(axis: Axis) -> str:
    many = axis_spec(axis.setting).kind == "several"
    between = BETWEEN if many or any("," in _text(value) for value in axis.values) else ","
    texts = [_text(value) or "none" for value in axis.values]
    return shlex.quote(f"{axis.setting}={between.join(texts)}")


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return repr(value) if isinstance(value, float) else str(value)
