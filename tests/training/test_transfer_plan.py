"""What travels from one head to another, what cannot and why, what stands still; and the recipes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qtl_core.common.errors import UserError
from qtl_core.settings import RunSettings
from qtl_core.settings.heads import CIRCUIT, HEADS, POST_NET, PRE_NET
from qtl_core.settings.parameters import parameter_count
from qtl_core.training.transfer.facts import HeadFacts, facts_before
from qtl_core.training.transfer.fitting import FRESH, matched_classes
from qtl_core.training.transfer.plan import PARTS, TransferPlan, plan_transfer
from qtl_core.training.transfer.recipes import RECIPES, why_no_recipe, with_recipe

RUN = "20261127-120000-abcdef"
INSECTS, PETS = ("ants", "bees"), ("cats", "dogs")
DRESSED = RunSettings().changed(backbone="mobilenet_v2")


def facts(classes: tuple[str, ...] = INSECTS, **changes: object) -> HeadFacts:
    return facts_before(DRESSED.changed(**changes), classes)


def plan(there: HeadFacts, classes: tuple[str, ...] = INSECTS, **changes: object) -> TransferPlan:
    return plan_transfer(there, facts(classes, start_from=RUN, **changes))


def how(found: TransferPlan) -> tuple[str, ...]:
    return tuple(part.how for part in found.parts)


# What travels


def test_between_equal_heads_all_travels_and_all_learns():
    found = plan(facts())
    assert how(found) == ("whole", "whole", "whole")
    assert found.parameters == found.trained_parameters == 1280 * 4 + 4 + 24 + 4 * 2 + 2
    assert (found.refusal, found.frozen) == (None, ())
    assert found.sentences[0] == "The first layer travels whole."


def test_other_classes_leave_the_last_layer_behind_and_say_so():
    found = plan(facts(), PETS)
    assert how(found) == ("whole", "whole", "cannot")
    expected = "The last layer cannot travel: none of its classes (ants and bees) is here (cats and dogs)."
    assert found.part(POST_NET).sentence == expected


def test_classes_of_one_name_keep_their_row_wherever_they_stand():
    found = plan(facts(("Bees", "ants")), ("ants", "bees", "wasps"))
    assert found.part(POST_NET).rows == (1, 0, FRESH)
    assert found.part(POST_NET).why == "ants and bees keep the row of that name; wasps starts fresh."
    assert (found.part(POST_NET).carried, found.part(POST_NET).numbers) == (10, 15)


def test_capitals_count_where_only_they_tell_classes_apart():
    assert matched_classes(("a", "A"), ("A", "a")) == (1, 0)
    assert matched_classes(("a", "A"), ("á", "b")) == (FRESH, FRESH)
    assert matched_classes(("a",), ("A", "B")) == (0, FRESH)
    assert matched_classes(("b",), ("A", "B", "b")) == (FRESH, FRESH, 0)


def test_a_deeper_circuit_takes_the_layers_and_adds_fresh_ones_behind():
    found = plan(facts(depth=2), depth=5, freeze="circuit").part(CIRCUIT)
    assert (found.how, found.rows, found.carried, found.still) == ("part", (0, 1, FRESH, FRESH, FRESH), 8, 8)
    assert found.sentence == (
        "The circuit travels in part: its 2 trained layers come first, and 3 fresh layers behind. What travelled "
        "stands still, the rest learns."
    )


def test_a_shallower_circuit_takes_the_first_layers():
    found = plan(facts(depth=5, rotation="rot"), depth=1, rotation="rot").part(CIRCUIT)
    assert (found.how, found.rows, found.carried, found.numbers) == ("part", (0,), 12, 12)
    assert found.why == "the first of its 5 trained layers finds a place."


@pytest.mark.parametrize(
    ("changes", "part", "words"),
    [
        ({"qubits": 5}, CIRCUIT, "it has 4 qubits there and 5 qubits here."),
        ({"qubits": 5}, PRE_NET, "It gives 4 numbers there, and 5 are needed here (one a qubit)."),
        ({"qubits": 5}, POST_NET, "it reads 4 numbers there, and 5 here."),
        ({"entangler": "ring"}, CIRCUIT, "its entangler is brick there and ring here."),
        ({"rotation": "rot"}, CIRCUIT, "its rotation is ry there and rot here."),
        ({"reuploading": True}, CIRCUIT, "it re-uploads the picture's angles here only."),
        ({"depth": 0}, CIRCUIT, "it has no layers here (depth 0)."),
        (
            {"backbone": "efficientnet_lite0"},
            PRE_NET,
            "it reads features of MobileNetV2 there, and of EfficientNet-Lite0 here.",
        ),
        ({"source": "points"}, PRE_NET, "it learnt from pictures there, and reads numbers here."),
        ({"head": "linear"}, POST_NET, "it reads the qubits' expectation values there, and the features themselves"),
        ({"head": "mlp", "hidden_units": 4}, POST_NET, "expectation values there, and hidden units of a ReLU here."),
        ({"head": "dressed_fixed"}, CIRCUIT, "this head leaves its circuit at random; take the dressed circuit"),
    ],
)
def test_what_cannot_travel_says_why(changes, part, words):
    found = plan(facts(), **changes).part(part)
    assert (found.how, found.carried, found.rows) == ("cannot", 0, ())
    assert words.casefold() in found.why.casefold()


def test_weights_of_the_same_network_must_be_the_same_ones_once_they_are_known():
    there, here = (replace(facts(start_from=RUN), weights_sha256=digest * 64) for digest in "ab")
    assert plan_transfer(there, here).part(PRE_NET).how == "cannot"
    assert plan_transfer(there, replace(here, weights_sha256="")).part(PRE_NET).how == "whole"


def test_between_heads_travels_what_has_a_meaning():
    assert how(plan(facts(), head="bottleneck")) == ("whole", "absent", "cannot")
    assert how(plan(facts(head="bottleneck"))) == ("whole", "cannot", "cannot")
    assert how(plan(facts(head="dressed_fixed"))) == ("whole", "whole", "whole")
    assert how(plan(facts(head="dressed_fixed"), head="dressed_fixed")) == ("whole", "whole", "whole")
    assert how(plan(facts(head="linear"), head="linear")) == ("absent", "absent", "whole")


def test_tables_travel_between_columns_of_the_same_names():
    settings = RunSettings().changed(source="table", start_from=RUN)
    there = facts_before(settings, INSECTS, 2, ("Width", "length"))
    assert plan_transfer(there, facts_before(settings, INSECTS, 2, ("width", "length"))).part(PRE_NET).how == "whole"
    others = plan_transfer(there, facts_before(settings, INSECTS, 2, ("weight", "length"))).part(PRE_NET)
    assert (others.how, others.why) == ("cannot", "the columns that it reads have other names here.")
    more = plan_transfer(there, facts_before(settings, INSECTS, 3)).part(PRE_NET)
    assert more.why == "it reads 2 columns there, and 3 here."


def test_what_is_standardised_otherwise_is_rewritten_and_says_so():
    assert "rewritten for the features as they are scaled here" in plan(facts(), standardise=True).sentences[0]
    assert "drifted" in plan(facts(backbone_mode="published")).sentences[0]


# What stands still


def test_a_part_frozen_without_having_travelled_stands_at_its_random_start():
    found = plan(facts(), carry="pre_net", freeze="circuit")
    assert found.part(CIRCUIT).sentence == "The circuit starts fresh. It stands still at its random start."
    assert (found.frozen, found.trained_parameters) == ((CIRCUIT,), found.parameters - 24)


def test_freezing_needs_no_ancestor():
    found = plan_transfer(None, facts(freeze="pre_net"))
    assert (found.carried, found.frozen, found.trained_parameters) == ((), (PRE_NET,), 34)


def test_the_random_circuits_angles_are_not_among_what_learns():
    assert plan_transfer(None, facts(head="dressed_fixed")).trained_parameters == 1280 * 4 + 4 + 10


# What is refused


@pytest.mark.parametrize(
    ("there", "changes"),
    [
        (None, {"freeze": "pre_net,circuit,post_net"}),
        (None, {"head": "linear", "freeze": "post_net"}),
        (None, {"head": "dressed_fixed", "freeze": "pre_net,post_net"}),
        (facts(), {"start_from": RUN, "freeze": "pre_net,circuit,post_net"}),
    ],
)
def test_all_frozen_is_refused(there, changes):
    assert plan_transfer(there, facts(**changes)).refusal.what == "Nothing is left to learn."


def test_all_frozen_but_a_new_class_is_not_refused():
    found = plan(facts(), ("ants", "bees", "wasps"), freeze="pre_net,circuit,post_net")
    assert (found.refusal, found.trained_parameters) == (None, 5)


def test_a_start_from_which_nothing_travels_is_refused():
    nothing = plan(facts(), PETS, qubits=6).refusal
    assert nothing.what == "Nothing of that run would be carried over."
    assert "6 qubits here" in nothing.why
    assert plan(facts(), carry="").refusal.why == "No part is chosen to travel."


def test_numbers_that_are_none_are_refused_where_they_would_travel():
    broken = replace(facts(), not_finite=(CIRCUIT,))
    assert plan(broken).refusal.what == "This run cannot be started from."
    assert plan(broken, carry="pre_net,post_net").refusal is None


def test_a_thousand_classes_are_not_read_out():
    many = tuple(f"class {number}" for number in range(1000))
    found = plan(facts(many))
    assert (
        found.part(POST_NET).why
        == "none of its classes (class 0, class 1, class 2 and 997 more) is here (ants and bees)."
    )
    assert plan(facts(), (*many, "ants")).part(POST_NET).carried == 5


# Whatever is asked


heads = st.builds(
    facts,
    classes=st.sampled_from([INSECTS, PETS, ("bees", "ants", "dogs"), ("one",)]),
    head=st.sampled_from(list(HEADS)),
    qubits=st.integers(1, 5),
    depth=st.integers(0, 4),
    rotation=st.sampled_from(["ry", "rot"]),
    entangler=st.sampled_from(["brick", "ring"]),
    backbone=st.sampled_from(["resnet18", "mobilenet_v2"]),
    hidden_units=st.integers(1, 5),
    standardise=st.booleans(),
)
parts = st.sets(st.sampled_from(PARTS)).map(lambda chosen: ",".join(part for part in PARTS if part in chosen))


@given(heads, heads, parts, parts)
def test_a_plan_counts_every_number_once_and_explains_whatever_was_asked(there, here, carry, freeze):
    here = replace(here, settings=here.settings.changed(start_from=RUN, carry=carry, freeze=freeze))
    found, settings = plan_transfer(there, here), here.settings
    sizes = here.feature_size, len(here.classes)
    assert found.parameters == parameter_count(*sizes, settings.circuit, settings.model)
    assert set(found.carried) <= set(carry.split(",")) & set(here.parts) & set(there.parts)
    for part in found.parts:
        assert 0 <= part.still <= part.numbers
        assert 0 <= part.carried <= part.numbers
        assert bool(part.carried) == part.travels == (part.how in ("whole", "part"))
        if part.part in here.parts and part.part in carry.split(",") and part.how != "whole":
            assert part.why.endswith(".")
        if part.still:
            assert part.part in {*freeze.split(","), *HEADS[settings.model.head].fixed}
    assert (found.refusal is None) == (bool(found.carried) and found.trained_parameters > 0)


@given(heads)
def test_a_head_travels_whole_to_its_like(head):
    here = replace(head, settings=head.settings.changed(start_from=RUN))
    found = plan_transfer(head, here)
    empty = CIRCUIT in head.parts and not head.settings.circuit.depth
    assert {part.how for part in found.parts if part.part in head.parts} == (
        {"whole", "cannot"} if empty else {"whole"}
    )


# Recipes


def test_go_on_learning_carries_all_and_freezes_nothing():
    settings = with_recipe(RECIPES["go_on"], RUN, facts(qubits=5, head="mlp"), DRESSED.changed(epochs=7))
    assert (settings.transfer.start_from, settings.transfer.carry) == (RUN, "pre_net,post_net")
    assert (settings.transfer.freeze, settings.model.head, settings.training.epochs) == ("", "mlp", 7)


@pytest.mark.parametrize(("on_screen", "depth"), [(4, 8), (6, 8), (9, 9), (20, 20)])
def test_layers_are_added_behind(on_screen, depth):
    settings = with_recipe(RECIPES["add_layers"], RUN, facts(), DRESSED.changed(depth=on_screen))
    assert (settings.circuit.depth, settings.transfer.freeze) == (depth, "pre_net,circuit")
    found = plan_transfer(facts(), facts_before(settings, PETS))
    assert found.part(CIRCUIT).still == 24
    assert found.trained_parameters == 4 * (depth - 6) + 10


def test_new_ends_leave_the_image_network_on_screen_and_the_others_take_that_of_the_run():
    screen = RunSettings().changed(backbone="resnet18")
    assert with_recipe(RECIPES["new_ends"], RUN, facts(), screen).data.backbone == "resnet18"
    assert with_recipe(RECIPES["keep_all_but_last"], RUN, facts(), screen).data.backbone == "mobilenet_v2"


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"head": "linear"}, {"new_ends", "keep_all_but_last", "add_layers"}),
        ({"head": "bottleneck"}, {"new_ends", "add_layers"}),
        ({"depth": 0}, {"new_ends", "add_layers"}),
        ({"depth": 20}, {"add_layers"}),
        ({}, set()),
    ],
)
def test_a_recipe_that_the_head_has_nothing_for_says_so(changes, refused):
    there = facts(**changes)
    assert {name for name, recipe in RECIPES.items() if why_no_recipe(recipe, there)} == refused
    for name in refused:
        with pytest.raises(UserError, match="cannot be used with this run"):
            with_recipe(RECIPES[name], RUN, there, DRESSED)


@given(heads, heads, st.sampled_from(list(RECIPES.values())))
def test_every_recipe_carries_what_it_says_on_pictures_of_any_classes(there, screen, recipe):
    if why_no_recipe(recipe, there):
        return
    settings = with_recipe(recipe, RUN, there, screen.settings)
    found = plan_transfer(there, facts_before(settings, screen.classes))
    wanted = [part for part in recipe.carry if part in there.parts and part != POST_NET]
    if not there.settings.circuit.depth:
        wanted = [part for part in wanted if part != CIRCUIT]
    assert set(wanted) <= set(found.carried)
    assert found.trained_parameters > 0
