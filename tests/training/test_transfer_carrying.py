"""Numbers put from one head into another, held against torch modules that were taken apart and put together by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from qtl_core.network.head_scores import MEAN, SCALE, class_scores
from qtl_core.network.initial_weights import initial_weights
from qtl_core.network.model import build_head, head_weights
from qtl_core.settings import RunSettings
from qtl_core.settings.heads import CIRCUIT, HEADS, PRE_NET
from qtl_core.training.transfer.carrying import (
    carried_masks,
    carried_weights,
    fixed_masks,
    not_finite,
    with_fresh,
)
from qtl_core.training.transfer.facts import HeadFacts
from qtl_core.training.transfer.plan import PARTS, plan_transfer

SIZE = 7  # features


def facts(classes: str = "ab", **changes: object) -> HeadFacts:
    return HeadFacts(RunSettings().changed(**{"qubits": 3, "depth": 2, **changes}), tuple(classes), SIZE)


def fresh(head: HeadFacts, seed: int = 1) -> dict[str, np.ndarray]:
    return initial_weights(SIZE, len(head.classes), head.settings.circuit, 0.3, seed, head.settings.model)


def carried(there: HeadFacts, here: HeadFacts, trained=None, moved=None) -> dict[str, np.ndarray]:
    return carried_weights(plan_transfer(there, here), trained or fresh(there, 9), fresh(here), moved)


def test_a_state_dict_put_together_by_hand():
    """Deeper, of other classes: the layers go first, the row of "b" goes to where "b" is now, all else is fresh."""
    there, here = facts("ab"), facts("bcd", depth=4, start_from="x")
    old = build_head(SIZE, 2, there.settings.circuit, q_delta=0.3, seed=9)
    new = build_head(SIZE, 3, here.settings.circuit, q_delta=0.3, seed=1)
    with torch.no_grad():
        new.pre_net.weight.copy_(old.pre_net.weight)
        new.pre_net.bias.copy_(old.pre_net.bias)
        new.q_params[: 2 * 3] = old.q_params
        new.post_net.weight[0] = old.post_net.weight[1]
        new.post_net.bias[0] = old.post_net.bias[1]
    found = carried(there, here, head_weights(old))
    assert found.keys() == head_weights(new).keys()
    for name, values in head_weights(new).items():
        np.testing.assert_array_equal(found[name], values)


def test_the_circuit_alone_travels_where_it_alone_is_chosen():
    here, there = facts(rotation="rot", start_from="x", carry="circuit"), facts(rotation="rot")
    old, new = fresh(there, 9), fresh(here)
    found = carried(there, here, old)
    np.testing.assert_array_equal(found["q_params"], old["q_params"])
    np.testing.assert_array_equal(found["pre_net.weight"], new["pre_net.weight"])


def test_what_is_not_chosen_stays_fresh_and_nothing_given_is_changed():
    there, here = facts(), facts(start_from="x", carry="post_net")
    old, new = fresh(there, 9), fresh(here)
    before = {name: values.copy() for name, values in old.items()}
    found = carried_weights(plan_transfer(there, here), old, new)
    np.testing.assert_array_equal(found["q_params"], fresh(here)["q_params"])
    np.testing.assert_array_equal(found["post_net.weight"], before["post_net.weight"])
    for name, values in fresh(here).items():
        np.testing.assert_array_equal(new[name], values)


SCALES = {
    "none": None,
    "some": {MEAN: np.linspace(-1, 2, SIZE), SCALE: np.linspace(0.5, 3, SIZE)},
    "others": {MEAN: np.linspace(4, 1, SIZE), SCALE: np.linspace(2, 0.2, SIZE)},
}


@pytest.mark.parametrize("head", list(HEADS))
@pytest.mark.parametrize("then", SCALES)
@pytest.mark.parametrize("now", SCALES)
def test_a_head_that_travels_whole_answers_as_before_however_features_are_scaled(head, then, now):
    there, here = facts(head=head), facts(head=head, start_from="x")
    old = fresh(there, 9) | (SCALES[then] or {})
    start = carried(there, here, old, SCALES[now]) | (SCALES[now] or {})
    features = np.random.default_rng(3).normal(2, 3, (20, SIZE))
    settings = here.settings
    before, after = (class_scores(settings.circuit, each, features, settings.model) for each in (old, start))
    np.testing.assert_allclose(after, before, atol=2e-5)


def test_numbers_travel_to_the_last_bit_where_both_scale_alike():
    there, here = facts(), facts(start_from="x")
    old = fresh(there, 9) | SCALES["some"]
    found = carried(there, here, old, SCALES["some"])
    np.testing.assert_array_equal(found["pre_net.weight"], old["pre_net.weight"])


# Masks


heads = st.builds(
    facts,
    classes=st.sampled_from(["ab", "bcd", "xa", "zy"]),
    head=st.sampled_from(list(HEADS)),
    entangler=st.sampled_from(["brick", "ring"]),
    rotation=st.sampled_from(["ry", "rot"]),
)
parts = st.sets(st.sampled_from(PARTS)).map(lambda chosen: ",".join(part for part in PARTS if part in chosen))


@given(heads, heads, st.integers(0, 4), parts, parts)
def test_masks_are_the_plan_number_by_number(there, here, depth, carry, freeze):
    changed = here.settings.changed(start_from="x", carry=carry, freeze=freeze, depth=depth)
    here = HeadFacts(changed, here.classes, SIZE)
    plan = plan_transfer(there, here)
    old, new = fresh(there, 9), fresh(here)
    start, masks = carried_weights(plan, old, new), carried_masks(plan, here.shapes)
    fixed = fixed_masks(changed.transfer.frozen_parts, masks, here.shapes)
    assert sum(mask.sum() for mask in masks.values()) == sum(part.carried for part in plan.parts)
    for name, values in start.items():
        assert values.shape == here.shapes[name]
        travelled = masks.get(name, np.zeros(values.shape, dtype=bool))
        np.testing.assert_array_equal(values[~travelled], new[name][~travelled])
        assert np.isin(values[travelled], old.get(name, ())).all()
    always = fixed_masks(HEADS[changed.model.head].fixed, {}, here.shapes)
    assert sum(mask.sum() for mask in {**fixed, **always}.values()) == sum(part.still for part in plan.parts)


def test_of_a_frozen_part_that_travelled_in_part_the_rest_learns():
    there, here = facts("ab"), facts("bc", start_from="x", freeze="pre_net,post_net", carry="post_net")
    masks = carried_masks(plan_transfer(there, here), here.shapes)
    fixed = fixed_masks(here.settings.transfer.frozen_parts, masks, here.shapes)
    assert fixed["post_net.bias"].tolist() == [True, False]
    assert fixed["post_net.weight"].tolist() == [[True] * 3, [False] * 3]
    assert fixed["pre_net.weight"].all()


def test_another_seed_keeps_what_travelled_and_draws_the_rest_anew():
    there, here = facts("ab"), facts("bc", depth=4, start_from="x")
    plan, old = plan_transfer(there, here), fresh(there, 9)
    first, masks = carried_weights(plan, old, fresh(here, 1)), carried_masks(plan, here.shapes)
    again = with_fresh({**first, **SCALES["some"]}, masks, fresh(here, 2))
    expected = carried_weights(plan, old, fresh(here, 2))
    for name, values in expected.items():
        np.testing.assert_array_equal(again[name], values)
    np.testing.assert_array_equal(again[MEAN], SCALES["some"][MEAN])


@pytest.mark.parametrize("head", list(HEADS))
def test_on_other_pictures_what_travelled_makes_the_same_of_a_feature(head):
    """As in the folds of a cross-validation, each of which standardises by its own pictures."""
    there, here = facts(head=head), facts(head=head, start_from="x")
    plan, old = plan_transfer(there, here), fresh(there, 9)
    first = {**carried_weights(plan, old, fresh(here), SCALES["some"]), **SCALES["some"]}
    fold = with_fresh(first, carried_masks(plan, here.shapes), fresh(here), SCALES["others"])
    features = np.random.default_rng(3).normal(2, 3, (20, SIZE))
    settings = here.settings
    expected, found = (class_scores(settings.circuit, each, features, settings.model) for each in (old, fold))
    np.testing.assert_allclose(found, expected, atol=5e-5)
    np.testing.assert_array_equal(fold[MEAN], SCALES["others"][MEAN])


def test_parts_with_numbers_that_are_none():
    weights = fresh(facts())
    assert not_finite(weights) == ()
    weights["q_params"][1] = np.nan
    assert not_finite(weights) == (CIRCUIT,)
    assert not_finite(fresh(facts()) | {MEAN: np.array([np.inf])}) == (PRE_NET,)
