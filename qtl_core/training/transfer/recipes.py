"""Named ways of starting from a trained run: each chooses what travels and what stands still, and fits the head to it.

A recipe takes over what must be equal for its parts to travel (the head, the circuit, the image network); all else
stays as it is on screen. To add one: a `Recipe` in `RECIPES`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from qtl_core.common.errors import UserError
from qtl_core.settings import ModelSettings, RunSettings, TransferSettings, spec_of
from qtl_core.settings.heads import CIRCUIT, HEADS, POST_NET, PRE_NET
from qtl_core.training.transfer.facts import HeadFacts

ADDED_LAYERS = 2  # behind a trained circuit, where no deeper one is on screen


@dataclass(frozen=True)
class Recipe:
    """One way.

    Attributes:
        name: Its value on the command line.
        title: What to call it on screen.
        about: One plain sentence on what it does.
        carry, freeze: The parts that travel, and that stand still.
        keeps_ends: Whether the first layer travels, so that the image network must be the same.
        needs: The part that it is about; a head without it has no use for it.
        adds_layers: Whether fresh layers come behind the trained circuit.
    """

    name: str
    title: str
    about: str
    carry: tuple[str, ...]
    freeze: tuple[str, ...] = ()
    keeps_ends: bool = True
    needs: str = ""
    adds_layers: bool = False


_ALL = (
    Recipe(
        "go_on",
        "Go on learning",
        "Everything travels and everything learns on: classes that it knows keep their rows.",
        (PRE_NET, CIRCUIT, POST_NET),
    ),
    Recipe(
        "new_ends",
        "Keep the circuit, new ends",
        "The trained circuit travels and stands still; the layers before and behind it start fresh and learn.",
        (CIRCUIT,),
        (CIRCUIT,),
        keeps_ends=False,
        needs=CIRCUIT,
    ),
    Recipe(
        "keep_all_but_last",
        "Keep all but the last layer",
        "All before the last layer travels and stands still; a fresh last layer learns the new classes from it.",
        (PRE_NET, CIRCUIT),
        (PRE_NET, CIRCUIT),
        needs=PRE_NET,
    ),
    Recipe(
        "add_layers",
        "Add layers to a trained circuit",
        "The first layer and the trained circuit travel and stand still; fresh layers behind them, and a fresh last "
        "layer, learn: the paper's quantum-to-quantum transfer.",
        (PRE_NET, CIRCUIT),
        (PRE_NET, CIRCUIT),
        needs=CIRCUIT,
        adds_layers=True,
    ),
)
RECIPES = {recipe.name: recipe for recipe in _ALL}


def why_no_recipe(recipe: Recipe, there: HeadFacts) -> str:
    """Returns why a recipe cannot be used with a head, as a sentence, or ""."""
    title = HEADS[there.settings.model.head].title.split(" (")[0]
    if recipe.needs and recipe.needs not in there.parts:
        what = "circuit" if recipe.needs == CIRCUIT else "layer but the last"
        return f"{title}: it has no {what}."
    if recipe.needs == CIRCUIT and not there.settings.circuit.depth:
        return "Its circuit has no trained layers (depth 0)."
    most = int(spec_of(there.settings.circuit, "depth").high)
    if recipe.adds_layers and there.settings.circuit.depth >= most:
        return f"Its circuit has {most} layers, the most there can be."
    return ""


def with_recipe(recipe: Recipe, run_id: str, there: HeadFacts, settings: RunSettings) -> RunSettings:
    """Returns the settings on screen, changed so that they start from a run as a recipe says.

    Args:
        recipe: Which.
        run_id: The run to start from.
        there: Its head.
        settings: Those on screen; what the recipe does not need to change stays.

    Raises:
        UserError: The head has not what the recipe needs.
    """
    if why := why_no_recipe(recipe, there):
        raise UserError(f"“{recipe.title}” cannot be used with this run.", why, "Choose another recipe, or the parts.")
    parts = there.parts
    carry, freeze = (",".join(part for part in each if part in parts) for each in (recipe.carry, recipe.freeze))
    changed = fitted_to(there, settings, network=recipe.keeps_ends)
    return replace(
        changed,
        circuit=replace(changed.circuit, depth=_depth(recipe, there, settings)),
        model=_model(recipe, there),
        transfer=TransferSettings(run_id, carry, freeze),
    )


def fitted_to(there: HeadFacts, settings: RunSettings, *, network: bool = True) -> RunSettings:
    """Returns settings with the head and the circuit of a run, and its image network, so that all of it can travel.

    Args:
        there: The run's head.
        settings: Those whose other values stay.
        network: Whether the image network is the run's as well; the layer that reads features needs that.
    """
    changed = replace(settings, circuit=there.settings.circuit, model=there.settings.model)
    if not network or settings.data.is_numbers or there.settings.data.is_numbers:
        return changed
    data = replace(changed.data, backbone=there.settings.data.backbone, weights=there.settings.data.weights)
    return replace(changed, data=data)


def _depth(recipe: Recipe, there: HeadFacts, settings: RunSettings) -> int:
    trained = there.settings.circuit.depth
    if not recipe.adds_layers:
        return trained
    if settings.circuit.depth > trained:
        return settings.circuit.depth
    return min(trained + ADDED_LAYERS, int(spec_of(there.settings.circuit, "depth").high))


def _model(recipe: Recipe, there: HeadFacts) -> ModelSettings:
    """Returns the kind of head: a random circuit that gets layers to learn is one that learns."""
    model = there.settings.model
    return replace(model, head="dressed") if recipe.adds_layers and HEADS[model.head].fixed else model
