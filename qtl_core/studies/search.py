"""A search: a few cells at a time are asked for by one of Optuna's samplers, and told what came of them.

Nothing but the rows is remembered: every few cells a new sampler, seeded by how many were asked for, is told all that
came before. So a search that was stopped goes on as if it had not been, and the same rows ask for the same cells on
every machine. (A Gaussian process is fitted by the machine's own arithmetic, and may part from another's.)
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from qtl_core.common.errors import UserError
from qtl_core.studies.plan import StudyPlan
from qtl_core.studies.rows import LOSSES, Row
from qtl_core.studies.sampling import Place, Search
from qtl_core.studies.winner import chosen_by, mean_of

if TYPE_CHECKING:
    import optuna

    from qtl_core.studies.axes import Axis
    from qtl_core.studies.store import StudyStore

AT_ONCE = 8  # cells that are asked for together: with some seeds each, work for some cores


def asked_more(store: StudyStore) -> bool:
    """Asks a search for its next cells, and keeps them with the study; returns whether there are any.

    Args:
        store: A study of which every run that was planned has a row.

    Raises:
        UserError: The samplers are not installed, or nothing can be written.
    """
    if not isinstance(store.plan.sampling, Search):
        return False
    plan = with_more(store.plan, store.rows())
    if plan is None:
        return False
    store.change_plan(plan)
    return True


def with_more(plan: StudyPlan, rows: Mapping[str, Row]) -> StudyPlan | None:
    """Returns the plan of a search with its next cells; None where it has asked for all that it may.

    Raises:
        UserError: The samplers are not installed.
    """
    search = plan.sampling
    if not isinstance(search, Search) or plan.repeat:
        return None
    if search.is_over(plan.axes):
        return None
    places = _asked(plan, search, rows)
    return replace(plan, sampling=replace(search, asked=(*search.asked, *places)))


def _asked(plan: StudyPlan, search: Search, rows: Mapping[str, Row]) -> list[Place]:
    library = _optuna()
    measure, spaces = chosen_by(plan, rows), {axis.setting: _space(axis, library) for axis in plan.axes}
    direction = "minimize" if measure in LOSSES else "maximize"
    study = library.create_study(direction=direction, sampler=_sampler(plan, search, library))
    for place in search.asked:
        study.add_trial(_told(plan, place, rows, measure, spaces, library))
    count = min(AT_ONCE, search.trials - len(search.asked))
    trials = [study.ask(spaces) for _ in range(count)]
    return [tuple(_value(axis, trial.params[axis.setting]) for axis in plan.axes) for trial in trials]


def _optuna() -> Any:
    try:
        import optuna
    except ImportError as error:
        raise UserError(
            "A search needs the package optuna.",
            "It is not installed here.",
            "Install it by `pip install '.[search]'`, or take a random sample of the grid.",
        ) from error
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna


def _sampler(plan: StudyPlan, search: Search, library: Any) -> optuna.samplers.BaseSampler:
    digest = hashlib.sha256(f"{plan.base.training.seed} {len(search.asked)}".encode()).digest()
    kinds = {"tpe": "TPESampler", "gp": "GPSampler", "random": "RandomSampler"}
    sampler: optuna.samplers.BaseSampler = getattr(library.samplers, kinds[search.sampler])(
        seed=int.from_bytes(digest[:4], "big")
    )
    return sampler


def _space(axis: Axis, library: Any) -> optuna.distributions.BaseDistribution:
    """Returns the values of an axis: numbers by their place in order, so that neighbours are alike; others by name."""
    if _is_ordered(axis):
        space: optuna.distributions.BaseDistribution = library.distributions.IntDistribution(0, len(axis.values) - 1)
        return space
    named: optuna.distributions.BaseDistribution = library.distributions.CategoricalDistribution(
        tuple(range(len(axis.values)))
    )
    return named


def _is_ordered(axis: Axis) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in axis.values)


def _value(axis: Axis, number: int) -> Any:
    return (sorted(axis.values) if _is_ordered(axis) else axis.values)[number]


def _number(axis: Axis, value: Any) -> int:
    return (sorted(axis.values) if _is_ordered(axis) else list(axis.values)).index(value)


def _told(
    plan: StudyPlan, place: Place, rows: Mapping[str, Row], measure: str, spaces: Mapping[str, Any], library: Any
) -> optuna.trial.FrozenTrial:
    """Returns a cell with its mean over the seeds as a trial; as one that failed where every seed broke down."""
    found = mean_of(plan, plan.cell(place), rows, measure)
    params = {axis.setting: _number(axis, value) for axis, value in zip(plan.axes, place, strict=True)}
    states = library.trial.TrialState
    trial: optuna.trial.FrozenTrial = library.trial.create_trial(
        params=params,
        distributions=dict(spaces),
        value=found[0] if found else None,
        state=states.COMPLETE if found else states.FAIL,
    )
    return trial
