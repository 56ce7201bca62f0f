"""The head that comes with the app: small, free of any machine's paths, and as good as its record says."""

from __future__ import annotations

import pytest

from qtl_core.evaluation.metrics import wilson_interval
from qtl_core.inference.answering import all_answers
from qtl_core.inference.bundled import (
    FOLDER,
    PHOTOS,
    PHOTOS_RIGHT,
    bundled_reference,
    bundled_run,
    drawn_example,
)
from qtl_core.inference.false_alarms import false_alarms_of
from qtl_core.inference.predictor import Predictor
from qtl_core.inference.requests import ImageRequest
from tests.conftest import SHARED, needs_shared

FILES = ("run.json", "arrays.npz")
FEW = 12


def test_its_files_are_small_and_name_nobodys_folders():
    assert sum((FOLDER / name).stat().st_size for name in FILES) < 40_000
    assert (FOLDER / "reference.npz").stat().st_size < 100_000
    assert all(file.startswith("val/") for file in bundled_run().prepared.val_files)
    described = (FOLDER / "run.json").read_text()
    assert "/home" not in described
    assert "/root" not in described
    assert "/tmp" not in described


def test_it_answers_for_drawn_pictures_as_its_record_says():
    view = bundled_run()
    predictor, kept = Predictor(view), view.best.val_probabilities
    indices = range(0, view.prepared.val_size, view.prepared.val_size // FEW)
    assert len(indices) >= FEW
    for index in indices:
        told = predictor.predict(drawn_example(view.prepared.val_files[index]))
        assert list(told.probabilities.values()) == pytest.approx(kept[index].tolist(), abs=1e-3)


@pytest.mark.shared
@needs_shared
def test_of_the_real_photos_it_gets_as_many_right_as_the_page_says_and_doubts_few():
    files = sorted((SHARED / "datasets/hymenoptera_data/val").rglob("*.jpg"))
    asked, predictor = [ImageRequest(file.parent.name, file.name, file) for file in files], Predictor(bundled_run())
    told = list(all_answers(predictor, asked, bundled_reference()))
    assert len(told) == PHOTOS
    right = sum(answer.explanation.prediction.label == answer.id for answer in told)
    assert right == pytest.approx(PHOTOS_RIGHT, abs=1)  # another machine's arithmetic may tip one that is in doubt
    doubted = sum(answer.ood.flag == "unlike" for answer in told)
    assert doubted == pytest.approx(false_alarms_of(bundled_run().prepared, is_bundled=True).flagged, abs=1)
    assert wilson_interval(doubted, PHOTOS)[0] < 0.05  # one in twenty is what the limit is made for
