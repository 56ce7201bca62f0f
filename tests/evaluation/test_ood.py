"""Doubt: distances are those one can work out by hand, and what is flagged is what ought to be."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qtl_core.common.errors import UserError
from qtl_core.evaluation.ood import (
    ALL_KNOWN,
    HELD_OUT,
    MIN_PICTURES,
    OodReference,
    OodReport,
    directions,
    distances,
    distances_to_others,
    fit_ood_reference,
    is_blank,
)
from qtl_core.inference.answering import answers, run_answering_job
from qtl_core.inference.bundled import bundled_reference, bundled_run, drawn_example
from qtl_core.inference.predictor import Predictor
from qtl_core.inference.references import reference_for, reference_of
from qtl_core.inference.requests import ImageRequest, model_of
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings
from qtl_core.training.run import RunRequest, run
from tests.helpers.made_networks import made_weights, noisy_pictures
from tests.helpers.other_pictures import as_png, other_pictures

TEXTURE = np.random.default_rng(0).integers(0, 256, (224, 224, 3)).astype(np.uint8)


class TestDistance:
    def test_the_same_direction_is_near_and_a_right_angle_is_one_away(self):
        training = directions(np.array([[4.0, 0.0]]))
        assert distances(np.array([[9.0, 0.0], [0.0, 2.0], [1.0, 1.0]]), training) == pytest.approx(
            [0, 1, 1 - math.sqrt(0.5)]
        )

    def test_it_is_the_mean_over_the_five_nearest(self):
        angles = np.radians([0, 10, 20, 30, 40, 80, 85, 90])
        training = np.stack([np.cos(angles), np.sin(angles)], axis=1)
        by_hand = 1 - np.cos(angles[:5]).mean()
        assert distances(np.array([[1.0, 0.0]]), training) == pytest.approx([by_hand])

    def test_signed_roots_at_length_one_and_no_direction_for_nothing(self):
        assert directions(np.array([[9.0, -16.0], [0.0, 0.0]])) == pytest.approx(np.array([[0.6, -0.8], [0.0, 0.0]]))

    def test_features_of_any_size_have_a_direction_and_one_picture_may_stand_alone(self):
        for size in (1e-6, 0.01, 100.0):
            assert directions(np.array([9.0, -16.0]) * size) == pytest.approx(np.array([0.6, -0.8]))

    @pytest.mark.parametrize("others", [1, 4, 5])
    def test_a_training_picture_is_compared_with_all_others_where_they_are_few(self, others):
        angles = np.radians(10.0 * np.arange(others + 1))
        training = np.stack([np.cos(angles), np.sin(angles)], axis=1)
        assert distances_to_others(training)[0] == pytest.approx(1 - np.cos(angles[1:]).mean())

    def test_more_pictures_than_go_at_once_are_each_as_alone(self):
        rng = np.random.default_rng(2)
        features, training = rng.random((600, 8)), directions(rng.random((40, 8)))
        alone = [distances(features[index : index + 1], training)[0] for index in (0, 255, 256, 599)]
        assert distances(features, training)[[0, 255, 256, 599]] == pytest.approx(alone)


class TestLimit:
    def test_of_99_held_out_pictures_the_95th_is_the_limit(self):
        assert OodReference(np.eye(2), np.arange(1, 100) / 100, "").limit == 0.95

    @given(st.integers(MIN_PICTURES, 3_000))
    def test_a_new_picture_is_beyond_it_once_in_twenty_times_at_most_and_it_is_the_smallest_such(self, count):
        rank = round(OodReference(np.eye(2), np.arange(1.0, count + 1), "").limit)
        assert 20 * rank >= 19 * (count + 1) > 20 * (rank - 1)  # among `count` and a new one all orders are as probable

    def test_of_the_fewest_it_is_the_farthest_and_of_fewer_there_is_none(self):
        rng = np.random.default_rng(0)
        made = fit_ood_reference(rng.random((30, 6)), rng.random((MIN_PICTURES, 6)))
        assert made.limit == made.held_out.max()
        with pytest.raises(ValueError, match="18 pictures"):
            fit_ood_reference(rng.random((12, 6)), rng.random((6, 6)))

    def test_nineteen_are_the_fewest_of_which_one_can_be_one_in_twenty(self):
        rng = np.random.default_rng(3)
        assert fit_ood_reference(rng.random((30, 6)), rng.random((19, 6))).kind == HELD_OUT
        assert fit_ood_reference(rng.random((30, 6)), rng.random((18, 6))).kind == ALL_KNOWN
        assert len(fit_ood_reference(rng.random((14, 6)), rng.random((5, 6))).held_out) == 19

    def test_without_validation_pictures_the_training_pictures_are_enough(self):
        made = fit_ood_reference(np.random.default_rng(0).random((20, 6)), np.empty((0, 6)))
        assert (made.kind, len(made.held_out)) == (ALL_KNOWN, 20)

    def test_few_validation_pictures_are_joined_by_training_pictures_that_are_not_compared_with_themselves(self):
        rng = np.random.default_rng(6)
        training, validation = rng.random((15, 6)), rng.random((5, 6))
        made = fit_ood_reference(training, validation)
        alone = [distances(training[[index]], directions(np.delete(training, index, 0)))[0] for index in range(15)]
        expected = np.sort([*alone, *distances(validation, directions(training))])
        assert made.held_out == pytest.approx(expected)
        assert made.kind == ALL_KNOWN

    def test_what_exceeds_the_limit_is_counted_among_the_held_out_ones(self):
        made = OodReference(directions(np.array([[1.0, 0.0]])), np.arange(153.0), "")
        assert made.limit == 146
        assert made.beyond == 6
        assert made.report(np.array([1.0, 0.0]), TEXTURE).beyond == 6

    def test_one_in_twenty_of_the_same_kind_is_flagged_and_all_of_another(self):
        rng = np.random.default_rng(1)
        centre, elsewhere = rng.random(50) * 4, rng.random(50) * 4
        alike = [np.abs(centre + rng.normal(0, 0.5, (count, 50))) for count in (200, 150, 2000)]
        made = fit_ood_reference(*alike[:2])
        flagged = [made.report(features, TEXTURE).flag == "unlike" for features in alike[2]]
        assert 0.02 < np.mean(flagged) < 0.09
        others = np.abs(elsewhere + rng.normal(0, 0.5, (50, 50)))
        assert all(made.report(features, TEXTURE).flag == "unlike" for features in others)

    def test_held_out_pictures_that_are_as_far_away_are_counted(self):
        made = OodReference(directions(np.array([[1.0, 0.0]])), np.linspace(0, 0.5, 21), "")
        assert made.report(np.array([1.0, 0.0]), TEXTURE).farther == 21
        assert made.report(np.array([0.0, 1.0]), TEXTURE).farther == 0


class TestFlag:
    def test_plain_colour_and_slow_ramps_are_blank_and_a_texture_is_not(self):
        ramp = np.broadcast_to(np.linspace(40, 120, 224)[None, :, None], (224, 224, 3)).astype(np.uint8)
        assert is_blank(np.full((224, 224, 3), 90, np.uint8))
        assert is_blank(ramp)
        assert not is_blank(TEXTURE)

    @pytest.mark.parametrize("turned", [False, True])
    def test_stripes_either_way_are_blank_below_a_mean_step_of_half_a_level(self, turned):
        """Along the stripes nothing changes, so a step of 1 across them is a mean step of 0.5."""

        def stripes(changing: int) -> np.ndarray:
            columns = np.where(np.arange(224) < changing, np.arange(224) % 2, changing % 2)
            pixels = np.broadcast_to(100 + columns[None, :, None], (224, 224, 3)).astype(np.uint8)
            return pixels.swapaxes(0, 1) if turned else pixels

        assert is_blank(stripes(changing=180))
        assert not is_blank(stripes(changing=224))

    def test_nothing_is_flagged_as_unlike_where_nothing_is_known(self):
        assert OodReport(False, unknown="Gone.").flag == ""
        assert OodReport(False) == OodReport(False, None, math.inf, 0, 0, "", "", 0, "pictures")
        assert OodReport(False, distance=0.5, limit=0.5).flag == ""  # as far away as a known picture may be
        assert OodReport(True, unknown="Gone.").flag == "blank"


class TestOfTheHeadThatComesAlong:
    """Drawings of its own kind pass; pictures of other things mostly do not."""

    def test_drawn_ants_and_bees_it_never_saw_pass(self):
        drawn = [
            drawn_example(f"val/{name}/{number:03d}.jpg") for name in ("ants", "bees") for number in range(500, 510)
        ]
        assert sum(flags(drawn)) <= 1  # one in twenty

    def test_pictures_of_other_things_are_flagged(self):
        others = other_pictures()
        flagged = dict(zip(others, flags([as_png(picture) for picture in others.values()]), strict=True))
        assert sum(flagged.values()) >= 0.8 * len(others), flagged
        assert all(flagged[f"{kind}-{number}"] for kind in ("noise", "plain", "text") for number in range(3))


def flags(files: list[bytes]) -> list[bool]:
    asked = [ImageRequest(str(number), "x", file) for number, file in enumerate(files)]
    told = answers(Predictor(bundled_run()), asked, bundled_reference())
    return [bool(answer.ood.flag) for answer in told]


@pytest.fixture(scope="module")
def settings(tmp_path_factory) -> RunSettings:
    network, folder = "mobilenet_v3_small", tmp_path_factory.mktemp("doubt")
    return RunSettings().changed(
        source="folder",
        folder=str(noisy_pictures(folder / "pictures", train=6, val=12)),
        backbone=network,
        epochs=1,
        weights=str(made_weights(network, folder)),
        engine="torch",
        qubits=2,
    )


def trained(settings: RunSettings) -> RunView:
    view = RunView()
    for event in run(RunRequest(settings, keep=False), lambda _: None, lambda: False):
        view = view.apply(event)
    return view


class TestOfARun:
    def test_its_held_out_pictures_are_its_validation_pictures(self, settings):
        view = trained(settings)
        made, predictor = reference_of(view.prepared), Predictor(view)
        assert len(made.training) == 12
        found = [predictor.explain(Path(file)) for file in view.prepared.val_files]
        assert sorted(made.report(told.features, told.seen).distance for told in found) == pytest.approx(
            made.held_out.tolist(), abs=1e-4
        )

    def test_every_answer_of_the_worker_carries_it(self, settings):
        view, told = trained(settings), []
        asked = ImageRequest("0", "a", Path(view.prepared.val_files[0]))
        run_answering_job((model_of(view, "doubted"), (asked,), True), told.append, lambda: False)
        assert told[0].ood.held_out == 24
        assert told[0].ood.distance < 1

    def test_with_too_few_pictures_it_says_so(self, settings, tmp_path):
        few = trained(settings.changed(folder=str(noisy_pictures(tmp_path / "few", train=4, val=4))))
        assert "It knows only 16 pictures" in reference_for(model_of(few, "few")).why

    def test_where_features_are_gone_or_never_were_it_says_so_and_invents_nothing(self, settings, own_home):
        view = trained(settings)
        for file in (own_home / "features").iterdir():
            file.unlink()
        from qtl_core.training.feature_memory import _cache

        _cache.clear()
        assert "no longer kept" in reference_for(model_of(view, "gone")).why
        published = replace(view.prepared, settings=view.prepared.settings.changed(backbone_mode="published"))
        with pytest.raises(UserError, match="drifted"):
            reference_of(published)

    def test_other_pictures_than_those_of_the_run_are_no_reference(self, settings):
        view = trained(settings)
        with pytest.raises(UserError, match="changed since"):
            reference_of(replace(view.prepared, weights_sha256="0" * 64))
