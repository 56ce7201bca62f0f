"""A head carried to new pictures: they are new, the ways are the recipes', and what comes out is a comparison's."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from qtl_core.common.errors import StoppedByUser
from qtl_core.inference.bundled import bundled_run
from qtl_core.pictures.sources.drawn.contents import all_pictures, file_name
from qtl_core.pictures.sources.drawn.shipped import shipped_pictures
from qtl_core.training.transfer import new_pictures
from qtl_core.training.transfer.facts import facts_of


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(new_pictures, "_PARTS", (("train", 3), ("val", 3)))
    monkeypatch.setattr(new_pictures, "TRAIN", 3)
    monkeypatch.setattr(new_pictures, "AMOUNTS", (2, 3))


def request_of(seeds: int = 6) -> new_pictures.NewPicturesRequest:
    """Of two epochs, as more would show nothing else, and without waiting for an engine to be compiled."""
    found = new_pictures.new_pictures_job(bundled_run(), "somebody", seeds).payload
    return replace(found, facts=replace(found.facts, settings=found.facts.settings.changed(epochs=2)), patience=0)


def test_the_pictures_are_none_of_the_drawn_set_and_the_same_every_time(few, tmp_path):
    made = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        pictures = new_pictures.draw(tmp_path / name, lambda _: None, lambda: False)
        made.append([hashlib.sha256(each.path.read_bytes()).digest() for each in pictures])
    assert made[0] == made[1]
    assert len(set(made[0])) == 12
    assert [each.split for each in pictures] == ["train"] * 6 + ["val"] * 6
    assert [each.label for each in pictures] == [0, 1] * 6
    with shipped_pictures() as content:
        known = {hashlib.sha256(content(file_name(*key)) or b"").digest() for key in all_pictures()}
    assert not known & set(made[0])
    with pytest.raises(StoppedByUser):
        new_pictures.draw(tmp_path, lambda _: None, lambda: True)


def test_each_way_carries_and_keeps_still_what_its_recipe_says():
    alone, whole = (new_pictures.settings_of(request_of(), name) for name in new_pictures.RECIPE_NAMES)
    assert (alone.transfer.carry, alone.transfer.freeze) == ("circuit", "circuit")
    assert set(whole.transfer.carry.split(",")) == {"pre_net", "circuit", "post_net"}
    assert whole.transfer.freeze == ""
    own = bundled_run().prepared.settings
    assert alone.circuit == whole.circuit == own.circuit
    assert alone.data.backbone == whole.data.backbone == own.data.backbone


def test_only_a_head_with_a_circuit_that_reads_pictures_is_carried():
    run = bundled_run()
    assert new_pictures.can_carry(run)
    for changes in ({"head": "linear"}, {"depth": 0}, {"source": "points"}):
        settings = run.prepared.settings.changed(**changes)
        assert not new_pictures.can_carry(replace(run, prepared=replace(run.prepared, settings=settings))), changes


def test_both_ways_are_trained_from_the_same_pictures(few):
    found = list(new_pictures.compare(request_of(), lambda _: None, lambda: False))
    assert [each.recipe for each in found] == list(new_pictures.RECIPE_NAMES)
    alone, whole = (each.found for each in found)
    assert alone.is_complete and whole.is_complete
    assert alone.prepared.classes == new_pictures.CLASSES
    assert alone.trained[0] == alone.trained[1] - facts_of(bundled_run().prepared).settings.circuit.weight_count
    assert whole.trained[0] == whole.trained[1]
    for one, other in zip(alone.amounts, whole.amounts, strict=True):
        assert one.control is not None
        assert other.control is None
        assert np.array_equal(one.scratch.accuracies, other.scratch.accuracies)
        assert not np.array_equal(one.carried.accuracies, other.carried.accuracies)
