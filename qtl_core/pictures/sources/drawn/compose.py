"""One finished picture: paints the planned scene and animals, and makes it look taken by somebody."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageFilter

from qtl_core.pictures.sources.dataset import Split
from qtl_core.pictures.sources.drawn import coats, plants
from qtl_core.pictures.sources.drawn.anatomy import Pose
from qtl_core.pictures.sources.drawn.ant import draw_ant
from qtl_core.pictures.sources.drawn.bee import draw_bee
from qtl_core.pictures.sources.drawn.brush import lay, new_layer
from qtl_core.pictures.sources.drawn.contents import VERSION
from qtl_core.pictures.sources.drawn.dice import Dice
from qtl_core.pictures.sources.drawn.placing import place_animals
from qtl_core.pictures.sources.drawn.plan import Plan, plan_picture
from qtl_core.pictures.sources.drawn.scene import paint_scene
from qtl_core.pictures.sources.drawn.texture import SIZE, clouds


def draw_picture(split: Split, class_name: str, number: int) -> Image.Image:
    """Draws one picture of the set; the same arguments give the same pixels.

    Args:
        split: "train" or "val".
        class_name: "ants" or "bees".
        number: Which picture of that class, from 0.

    Returns:
        An RGB image of 320 x 240.
    """
    dice = Dice(VERSION, split, class_name, number)
    plan = plan_picture(class_name, dice)
    scene = paint_scene(plan.scene, dice)
    poses = place_animals(plan, scene, dice)
    for pose in poses:
        _animal(scene.canvas, plan, pose, dice, in_focus=pose is poses[0] or dice.chance(0.6))
    if plan.hardship == "covered":
        _cover(scene.canvas, poses[0], dice)
    return developed(scene.canvas, dice, soft=plan.hardship == "soft")


def _animal(canvas: Image.Image, plan: Plan, pose: Pose, dice: Dice, in_focus: bool) -> None:
    """Paints one animal with its shadow."""
    layer = new_layer()
    if isinstance(plan.coat, coats.AntCoat):
        draw_ant(layer, pose, plan.coat, dice, plan.winged)
    else:
        draw_bee(layer, pose, plan.coat, dice, pollen=dice.chance(0.3))
    if not in_focus:
        layer = layer.filter(ImageFilter.BoxBlur(3))
    drop = pose.length * 0.05
    lay(canvas, layer, 0.0 if pose.view == "flying" else 0.5, (drop, drop * 1.3), 4 + pose.length * 0.025)


def _cover(canvas: Image.Image, pose: Pose, dice: Dice) -> None:
    """Lays one or two blades over the animal, never over all of it."""
    layer = new_layer()
    count = dice.whole(1, 2)
    for _ in range(count):
        off = pose.length * dice.between(-0.3, 0.3)
        x, y = pose.centre[0] + off, pose.centre[1] + off * dice.between(-1, 1)
        turn, reach = dice.between(0, math.tau), dice.between(260, 420)
        start = (x - reach * math.cos(turn), y - reach * math.sin(turn))
        end = (x + reach * 0.6 * math.cos(turn), y + reach * 0.6 * math.sin(turn))
        plants.blade(dice, layer, start, end, pose.length * dice.between(0.18, 0.3) / count**0.5)
    lay(canvas, layer.filter(ImageFilter.BoxBlur(2)), 0.45, (10, 14), 10)


def developed(canvas: Image.Image, dice: Dice, *, soft: bool) -> Image.Image:
    """Returns the finished picture, 320 x 240 RGB: reduced, out of focus if `soft`, with its light and tint."""
    picture = canvas.convert("RGB").resize(SIZE, Image.Resampling.LANCZOS)
    if soft:
        picture = picture.filter(ImageFilter.GaussianBlur(dice.between(1.8, 3.6)))
    exposure, warmth = dice.between(0.86, 1.14), dice.between(-0.06, 0.06)
    tint = np.array([exposure * (1 + warmth), exposure, exposure * (1 - warmth)], np.float32)
    light = 0.9 + 0.2 * clouds(dice, 2, 2)
    pixels = np.asarray(picture, np.float32) * tint * light[..., None]
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
