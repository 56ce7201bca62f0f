"""A run trained again: real training gives the same numbers, and what differs is found where something does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qtl_core.compare.repetition import differences_made_with, same_numbers
from qtl_core.runs.events import Tested as Looked
from qtl_core.runs.provenance import DataFingerprint, Provenance
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings
from qtl_core.training.run import RunRequest, run
from tests.helpers.made_runs import made_pictures, made_run

DATA = DataFingerprint(
    ("ants", "bees"), (("train/ants/a.jpg", "1"), ("train/bees/b.jpg", "2")), (("val/ants/c.jpg", "3"),)
)
MADE = Provenance({"python": "3.11.7", "torch": "2.15.0"}, DATA, "Linux")


@pytest.fixture
def view(tmp_path) -> RunView:
    return made_run(made_pictures(tmp_path / "photos"))


def with_epoch(view: RunView, index: int, **changes: object) -> RunView:
    epochs = list(view.epochs)
    epochs[index] = replace(epochs[index], **changes)
    return replace(view, epochs=tuple(epochs))


def differing(view: RunView, **changes: object) -> list[str]:
    return differences_made_with((view.prepared, MADE), (view.prepared, replace(MADE, **changes)))


def trained(folder: Path, seed: int) -> RunView:
    settings = RunSettings().changed(
        source="folder", folder=str(folder), backbone="efficientnet_lite0", epochs=3, engine="torch", seed=seed
    )
    view = RunView()
    for event in run(RunRequest(settings, keep=False), lambda _: None, lambda: False):
        view = view.apply(event)
    return view


def test_the_same_settings_give_the_same_numbers_and_another_seed_others(tmp_path, monkeypatch):
    monkeypatch.setenv("QTL_HOME", str(tmp_path / "home"))
    folder = made_pictures(tmp_path / "photos", each=4)
    first, again, other = (trained(folder, seed) for seed in (1, 1, 2))
    assert same_numbers(first, again).is_equal
    assert same_numbers(first, other).first_other == 1


def test_times_do_not_count_and_the_last_bit_does(view):
    assert same_numbers(view, with_epoch(view, 1, seconds=99.0)).is_equal
    nudged = view.epochs[1].val_probabilities.copy()
    nudged[0, 0] = np.nextafter(nudged[0, 0], np.float32(0))
    found = same_numbers(view, with_epoch(view, 1, val_probabilities=nudged))
    assert (found.first_other, found.is_equal) == (2, False)
    assert 0 < found.largest < 1e-6


def test_a_figure_that_is_no_number_equals_itself(view):
    broken = with_epoch(view, 0, val_loss=float("nan"))
    assert same_numbers(broken, broken).is_equal


def test_a_shorter_run_is_equal_as_far_as_it_goes(view):
    found = same_numbers(replace(view, epochs=view.epochs[:2]), view)
    assert (found.first_other, found.epochs, found.lengths, found.is_equal) == (None, 2, (2, 3), False)


def test_nothing_that_differs_is_nothing_said(view):
    assert differing(view) == []


def test_versions_machine_and_what_ran_it_are_said(view):
    assert differing(view, versions={"python": "3.12.0", "numba": "0.63"}, platform="macOS") == [
        "numba: not known then, 0.63 now.",
        "python: 3.11.7 then, 3.12.0 now.",
        "torch: 2.15.0 then, not known now.",
        "The machine: Linux then, macOS now.",
    ]
    now = replace(view.prepared, weights_sha256="ffff", device="cuda", engine="torch")
    said = differences_made_with((view.prepared, MADE), (now, MADE))
    assert [sentence.split(":")[0] for sentence in said] == [
        "The image network's weights are others",
        "The image network ran on another",
        "The circuit was simulated by another",
    ]
    kept_features = replace(view.prepared, device="")  # the image network ran nowhere, which is no difference
    assert differences_made_with((view.prepared, MADE), (kept_features, MADE)) == []


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (replace(DATA, val=(("val/ants/c.jpg", "9"),)), "The pictures are others: 1 changed."),
        (
            replace(DATA, train=DATA.train[:1], val=(*DATA.val, ("val/bees/d.jpg", "4"))),
            "The pictures are others: 1 gone, 1 new.",
        ),
        (replace(DATA, train=DATA.train[::-1]), "The pictures are others: the same ones in another order."),
        (None, "It is not known whether the pictures are the same: no fingerprint of them was kept."),
    ],
)
def test_other_pictures_are_counted(view, data, said):
    assert differing(view, data=data) == [said]


def test_another_answer_for_the_test_pictures_is_a_difference(tmp_path):
    shares = np.array([[0.9, 0.1]], np.float32)
    view = made_run(tmp_path)
    then = replace(view, tested=Looked(2, 0.1, 1.0, shares))
    now = replace(view, tested=Looked(2, 0.1, 1.0, shares[:, ::-1]))
    assert same_numbers(then, then).is_equal and not same_numbers(then, now).is_equal


def test_a_test_part_that_an_earlier_version_left_aside_is_no_other_set():
    data = DataFingerprint(("ants", "bees"), (("train/ants/x.jpg", "1"),), (("val/ants/y.jpg", "2"),))
    with_test = replace(data, test=(("test/ants/z.jpg", "3"),))
    prepared = made_run(Path("/nowhere")).prepared
    then, now, moved = (Provenance({}, each, "") for each in (data, with_test, replace(with_test, val=())))
    assert differences_made_with((prepared, then), (prepared, now)) == []
    assert "The pictures are others" in differences_made_with((prepared, then), (prepared, moved))[0]
