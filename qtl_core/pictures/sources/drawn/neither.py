"""Pictures that show no animal the drawn set is about, in the style of the drawn set: the class "nothing of the kind".

They have the set's own grounds, plants and light, so that a network cannot tell them by the background alone. About
half show nothing else, the others a beetle or a ladybird, which an ant or a bee is most easily mistaken for.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qtl_core.pictures.sources.drawn.anatomy import Pose, limb, part
from qtl_core.pictures.sources.drawn.brush import Skin, lay, new_layer
from qtl_core.pictures.sources.drawn.compose import developed
from qtl_core.pictures.sources.drawn.dice import Dice
from qtl_core.pictures.sources.drawn.palette import Colour, lighter
from qtl_core.pictures.sources.drawn.plan import SCENES
from qtl_core.pictures.sources.drawn.scene import Scene, paint_scene

if TYPE_CHECKING:
    from PIL import Image

VERSION = 1  # part of every picture's seed: raise it whenever a picture would look different
COUNT = 120  # how many different ones are offered, about as many as there are drawn ants to train on
BEETLES = 0.6  # the share with a beetle, of those in which one can stand
LEGS = (
    ((0.2, 0.2), (0.34, 0.36), (0.44, 0.42)),
    ((0.0, 0.24), (0.0, 0.44), (-0.06, 0.52)),
    ((-0.2, 0.2), (-0.34, 0.36), (-0.44, 0.42)),
)


@dataclass(frozen=True)
class Beetle:
    """The look of one kind of beetle: its wing cases, its head, and the spots on it, if it has any."""

    cases: tuple[Colour, ...]
    head: Colour
    spots: int = 0
    breadth: float = 0.3
    gloss: float = 0.8


KINDS = (
    Beetle(((176, 30, 22), (206, 44, 30), (188, 34, 26)), (24, 20, 22), spots=3, breadth=0.4),
    Beetle(((222, 150, 22), (236, 176, 44)), (40, 32, 22), spots=4, breadth=0.4),
    Beetle(((22, 92, 60), (46, 138, 82), (24, 88, 70)), (20, 62, 48)),
    Beetle(((36, 44, 92), (56, 70, 132)), (24, 26, 48)),
    Beetle(((104, 62, 34), (132, 84, 48)), (70, 42, 28), breadth=0.34, gloss=0.5),
)


def draw_neither(number: int) -> Image.Image:
    """Draws picture `number`, from 0; the same number gives the same pixels.

    Returns:
        An RGB image of 320 x 240.
    """
    dice = Dice("neither", VERSION, number)
    scene = paint_scene(dice.weighted(_scenes()), dice)
    if scene.view == "above" and dice.chance(BEETLES):
        for _ in range(dice.weighted({1: 9, 2: 1})):
            _beetle(scene, dice.pick(KINDS), dice)
    return developed(scene.canvas, dice, soft=dice.chance(0.13))


def _scenes() -> dict[str, float]:
    """The backgrounds of ants and of bees, each as often as it is behind either."""
    return {name: SCENES["ants"].get(name, 0) + SCENES["bees"].get(name, 0) for name in SCENES["ants"] | SCENES["bees"]}


def _beetle(scene: Scene, kind: Beetle, dice: Dice) -> None:
    x, y = (at + dice.between(-110, 110) for at in scene.spot)
    pose = Pose((x, y), dice.between(70, 230), dice.between(0, math.tau))
    layer = new_layer()
    for side in (-1, 1):
        for leg in LEGS:
            limb(layer, pose, [(along, across * side) for along, across in leg], (0.05, 0.04, 0.02), kind.head)
    part(layer, pose, (0.4, 0), (0.14, 0.6 * kind.breadth), Skin((kind.head, lighter(kind.head, 0.15)), kind.gloss))
    part(layer, pose, (-0.06, 0), (0.42, kind.breadth), Skin(kind.cases, kind.gloss), taper=-0.05)
    limb(layer, pose, [(0.3, 0.0), (-0.46, 0.0)], (0.02, 0.012), lighter(kind.cases[0], -0.6))
    for number in range(kind.spots):
        along = 0.18 - 0.44 * number / max(1, kind.spots - 1)
        for side in (-1, 1):
            part(layer, pose, (along, 0.5 * kind.breadth * side), (0.065, 0.06), Skin((kind.head, kind.head), 0.3))
    drop = pose.length * 0.05
    lay(scene.canvas, layer, 0.5, (drop, drop * 1.3), 4 + pose.length * 0.025)
