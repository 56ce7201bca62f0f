"""Places the animals of a picture and turns them."""

from __future__ import annotations

import math
from dataclasses import replace

from qtl_core.pictures.sources.drawn.anatomy import Pose
from qtl_core.pictures.sources.drawn.brush import Point
from qtl_core.pictures.sources.drawn.dice import Dice
from qtl_core.pictures.sources.drawn.plan import Plan
from qtl_core.pictures.sources.drawn.scene import Scene
from qtl_core.pictures.sources.drawn.texture import CANVAS

LENGTHS = {"far": (68, 112), "cut": (420, 600)}  # canvas pixels; half of that in the finished picture
USUAL_LENGTH = (190, 380)


def place_animals(plan: Plan, scene: Scene, dice: Dice) -> list[Pose]:
    """Returns a pose for the main animal, at the scene's spot, and for the others around it, a little smaller."""
    length = dice.between(*LENGTHS.get(plan.hardship, USUAL_LENGTH))
    main = _posed(scene, scene.spot, length, dice)
    if plan.hardship == "cut":
        main = _pushed_out(main, scene, dice)
    others = [_spot_beside(scene, length * dice.between(1.0, 1.5), dice) for _ in range(plan.others)]
    return [main, *(_posed(scene, spot, length * dice.between(0.7, 0.95), dice) for spot in others)]


def _posed(scene: Scene, spot: Point, length: float, dice: Dice) -> Pose:
    """A pose that suits the scene: any direction seen from above, upright seen from the side."""
    if scene.view == "above":
        return Pose(spot, length, dice.between(0, math.tau), "above", 1, dice.between(-0.3, 0.3))
    facing = dice.sign()
    tilt = scene.slope if scene.view == "side" else dice.between(-0.5, 0.5)
    heading = tilt if facing > 0 else math.pi + tilt
    if scene.view == "side":  # feet on the twig: the body's middle is about a quarter of its length above
        spot = (spot[0] + 0.24 * length * math.sin(tilt), spot[1] - 0.24 * length * math.cos(tilt))
    return Pose(spot, length, heading, scene.view, facing, dice.between(-0.1, 0.15))


def _pushed_out(pose: Pose, scene: Scene, dice: Dice) -> Pose:
    """The same pose moved so far that the picture's edge cuts it."""
    push = dice.between(0, math.tau)
    dx, dy = math.cos(push) * CANVAS[0] * 0.3, math.sin(push) * CANVAS[1] * 0.3
    if scene.view == "side":  # along the twig, not off it
        dy = dx * math.tan(scene.slope)
    return replace(pose, centre=(pose.centre[0] + dx, pose.centre[1] + dy))


def _spot_beside(scene: Scene, far: float, dice: Dice) -> Point:
    """A spot that far from the main one, on the twig if the animals stand on one."""
    if scene.view == "side":
        step = far * dice.sign()
        return scene.spot[0] + step, scene.spot[1] + step * math.tan(scene.slope)
    turn = dice.between(0, math.tau)
    return scene.spot[0] + far * math.cos(turn), scene.spot[1] + far * math.sin(turn)
