"""What comes along of the app's own run: small, of pictures it never learnt from, and what the network says now."""

from __future__ import annotations

import numpy as np
import pytest

from qtl_core.explain import kept_traces as module
from qtl_core.explain.kept_traces import FOLDER, content_name, home_pictures, kept_changes, kept_traces, write_kept
from qtl_core.inference.bundled import bundled_run
from tools.make_kept_traces import live_changes, live_traces


def test_one_small_file_named_by_its_contents():
    (file,) = FOLDER.glob("*.npz")
    assert file.stem == content_name()
    assert file.stat().st_size < 300_000


def test_pictures_are_validation_drawings_right_and_wrong_and_unsure():
    prepared = bundled_run().prepared
    files = [picture.file for picture in home_pictures()]
    assert len(set(files)) == len(files) == module.PICTURES
    assert set(files) <= set(prepared.val_files)
    assert all(file.startswith("val/") for file in files), "none was in training"
    traces = kept_traces()
    assert {trace.is_right for trace in traces} == {True, False}
    assert any(max(trace.explanation.prediction.probabilities.values()) < 0.6 for trace in traces)
    assert min(np.linalg.norm(trace.path, axis=2).min() for trace in traces) < 0.5, "there is entanglement to see"


def test_the_network_says_the_same_now():
    traces = live_traces()
    assert len(traces) == module.PICTURES
    for kept, live in zip(kept_traces(), traces, strict=True):
        assert kept.picture == live.picture
        assert kept.explanation.prediction.label == live.explanation.prediction.label
        before, now = kept.explanation, live.explanation
        np.testing.assert_allclose(before.features, now.features, atol=0.02)
        np.testing.assert_allclose(before.angles, now.angles, atol=2e-3)
        np.testing.assert_allclose(before.expectations, now.expectations, atol=2e-3)
        np.testing.assert_allclose(before.scores, now.scores, atol=2e-3)
        assert list(before.prediction.probabilities.values()) == pytest.approx(
            list(now.prediction.probabilities.values()), abs=1e-3
        )


def test_training_changed_the_same_asked_now():
    kept, live = kept_changes(), live_changes()
    assert kept.trained.correct == bundled_run().prepared.pictures_right(bundled_run().checkpoint.best_val_accuracy)
    assert kept.resets.keys() == live.resets.keys()
    for name, reset in live.resets.items():
        before = kept.resets[name]
        assert before.score.correct == pytest.approx(reset.score.correct, abs=1)  # one in doubt may tip elsewhere
        assert before.loss_change == pytest.approx(reset.loss_change, abs=1e-3)


def test_a_file_of_other_contents_is_not_used(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "FOLDER", tmp_path)
    kept, changes = kept_traces(), kept_changes()
    file = write_kept(kept, changes, tmp_path)
    kept_traces.cache_clear(), kept_changes.cache_clear()
    try:
        assert len(kept_traces()) == module.PICTURES
        file.rename(tmp_path / "0123456789abcdef.npz")
        kept_traces.cache_clear(), kept_changes.cache_clear()
        assert kept_traces() == ()
        assert kept_changes().trained is None
        assert kept_changes().moved, "how far it moved needs no picture"
    finally:
        kept_traces.cache_clear(), kept_changes.cache_clear()


def test_other_weights_or_drawings_have_another_name(monkeypatch):
    name = content_name()
    monkeypatch.setattr(module, "DRAWINGS", module.DRAWINGS + 1)
    content_name.cache_clear()
    try:
        assert content_name() != name
    finally:
        content_name.cache_clear()
