"""Records are values: nobody changes one, and those that hold arrays are not compared by them."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil

import pytest

import qtl_core

ROOMS = ("evaluation", "exchange", "network", "runs", "training")
CHANGING = {
    "training.compiled.program._Column",
    "training.torch_engine._Totals",
}  # filled bit by bit, by their owner alone


def records() -> dict[str, type]:
    modules = [found.name for found in pkgutil.walk_packages(qtl_core.__path__, "qtl_core.")]
    return {
        f"{name}.{member.__qualname__}".removeprefix("qtl_core."): member
        for name in modules
        if name.split(".")[1] in ROOMS
        for member in vars(importlib.import_module(name)).values()
        if inspect.isclass(member) and member.__module__ == name and dataclasses.is_dataclass(member)
    }


def test_records_are_frozen_but_for_those_that_their_owner_fills():
    found = records()
    assert len(found) > 30
    assert {name for name, record in found.items() if not record.__dataclass_params__.frozen} == CHANGING


@pytest.mark.parametrize(
    "name",
    [
        "exchange.run_files.reading.OpenedRunFile",
        "evaluation.calibration.Calibration",
        "evaluation.calibration.Reliability",
        "evaluation.ood.OodReference",
        "evaluation.metrics.Evaluation",
        "exchange.heads.head_file.Head",
        "exchange.heads.head_file.HeadFile",
        "evaluation.seed_spread.SeedBand",
    ],
)
def test_a_record_of_arrays_is_itself_and_no_other(name):
    """Compared field by field it would raise, and it could be no key of a cache."""
    record = records()[name]
    assert (record.__eq__, record.__hash__) == (object.__eq__, object.__hash__)
