"""Bees: a furry thorax, a broad banded abdomen, two pairs of wings, large eyes, short elbowed antennae."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

from qtl_core.pictures.sources.drawn.anatomy import Pose, fuzz, limb, part
from qtl_core.pictures.sources.drawn.brush import Point, Skin
from qtl_core.pictures.sources.drawn.coats import BeeCoat
from qtl_core.pictures.sources.drawn.dice import Dice
from qtl_core.pictures.sources.drawn.palette import Colour, lighter, mix
from qtl_core.pictures.sources.drawn.wings import wing

LEG_WIDTHS = (0.03, 0.032, 0.026, 0.012)
LEG: Colour = (52, 38, 30)
POLLEN: tuple[Colour, ...] = ((240, 190, 52), (226, 150, 40), (236, 214, 110))
LEGS_ABOVE: tuple[tuple[Point, ...], ...] = (
    ((0.3, 0.1), (0.38, 0.21), (0.5, 0.24), (0.55, 0.22)),
    ((0.2, 0.13), (0.2, 0.28), (0.13, 0.36), (0.1, 0.41)),
    ((0.1, 0.12), (-0.02, 0.27), (-0.19, 0.32), (-0.27, 0.34)),
)
LEGS_SIDE: tuple[tuple[Point, ...], ...] = (
    ((0.3, 0.12), (0.37, 0.19), (0.35, 0.29), (0.4, 0.31)),
    ((0.2, 0.15), (0.21, 0.24), (0.15, 0.31), (0.19, 0.33)),
    ((0.1, 0.14), (0.04, 0.2), (-0.08, 0.3), (-0.03, 0.33)),
)


def draw_bee(layer: Image.Image, pose: Pose, coat: BeeCoat, dice: Dice, pollen: bool = False) -> None:
    """Paints a bee on a layer.

    Args:
        layer: RGBA layer, painted on.
        pose: Place, size, direction and view.
        coat: Its kind.
        dice: Decides legs, hair and how far the wings are spread.
        pollen: Whether it carries pollen on its hind legs.
    """
    load = dice.pick(POLLEN) if pollen else None
    if pose.view == "above":
        _from_above(layer, pose, coat, dice, load)
    else:
        _from_side(layer, pose, coat, dice, load)


def _from_above(layer: Image.Image, pose: Pose, coat: BeeCoat, dice: Dice, load: Colour | None) -> None:
    spread = dice.between(2.2, 2.85)
    for side in (-1, 1):
        for leg in LEGS_ABOVE:
            _leg(layer, pose, [(x, y * side) for x, y in leg], coat, dice)
        if load:
            part(layer, pose, (-0.16, 0.31 * side), (0.065, 0.045), Skin((load,), 0.1))
        _antenna(layer, pose, (0.47, 0.035 * side), side, dice)
    _abdomen(layer, pose, coat, (-0.2, 0.0), 0.0, dice)
    part(layer, pose, (0.4, 0), (0.085, 0.12), Skin((coat.face,), coat.gloss))
    _fur(layer, pose, coat, (0.4, 0.0), (0.07, 0.08), 0.5, dice)
    for side in (-1, 1):
        part(
            layer,
            pose,
            (0.42, 0.095 * side),
            (0.065, 0.036),
            Skin(_eye(coat), 1.0),
            0.25 * side,
        )
    _thorax(layer, pose, coat, (0.19, 0.0), dice)
    for side in (-1, 1):
        wing(layer, pose, (0.14, 0.1 * side), side * (spread + 0.2), 0.42, coat.wing, 0.4)
        wing(layer, pose, (0.23, 0.1 * side), side * spread, 0.62, coat.wing, 0.42)


def _from_side(layer: Image.Image, pose: Pose, coat: BeeCoat, dice: Dice, load: Colour | None) -> None:
    flying = pose.view == "flying"
    lift = dice.between(-2.2, -1.5) if flying else dice.between(-2.9, -2.5)
    for leg in LEGS_SIDE:
        _leg(layer, pose, [(x + 0.04, y - 0.02) for x, y in leg], coat, dice, -0.4)
    wing(layer, pose, (0.2, -0.1), lift + 0.25, 0.58, coat.wing, 0.32)
    _antenna(layer, pose, (0.47, -0.04), -0.3, dice)
    _abdomen(layer, pose, coat, (-0.19, 0.04), -0.16, dice)
    part(layer, pose, (0.41, 0.05), (0.085, 0.125), Skin((coat.face,), coat.gloss), 0.2)
    _fur(layer, pose, coat, (0.39, 0.04), (0.07, 0.11), 0.45, dice)
    part(layer, pose, (0.43, 0.03), (0.042, 0.085), Skin(_eye(coat), 1.0), 0.15)
    _thorax(layer, pose, coat, (0.19, 0.0), dice)
    for leg in LEGS_SIDE:
        _leg(layer, pose, leg, coat, dice)
    if load:
        part(layer, pose, (-0.05, 0.26), (0.06, 0.05), Skin((load,), 0.1))
    _antenna(layer, pose, (0.47, 0.0), 0.25, dice)
    wing(layer, pose, (0.14, -0.08), lift - 0.3, 0.44, coat.wing, 0.36)
    wing(layer, pose, (0.2, -0.1), lift, 0.64, coat.wing, 0.4)


def _thorax(layer: Image.Image, pose: Pose, coat: BeeCoat, at: Point, dice: Dice) -> None:
    axes = (0.165, 0.16 * (0.6 + 0.4 * coat.plump))
    part(layer, pose, at, axes, Skin((lighter(coat.fur, -0.35),), coat.gloss * 0.5))
    _fur(layer, pose, coat, at, axes, 0.4 + coat.fuzz, dice)


def _abdomen(layer: Image.Image, pose: Pose, coat: BeeCoat, at: Point, angle: float, dice: Dice) -> None:
    axes = (0.3, 0.172 * coat.plump)
    skin = Skin(tuple(reversed(coat.stripes)), coat.gloss, hard_bands=True)
    part(layer, pose, at, axes, skin, angle, 0.22)
    if coat.fuzz > 0.5:
        # Each band's hair has the band's colour, so that fur does not hide the stripes.
        for index, colour in enumerate(coat.stripes):
            middle = at[0] + axes[0] * (1 - (2 * index + 1) / len(coat.stripes)) * 0.9
            breadth = axes[1] * (1 - ((middle - at[0]) / axes[0]) ** 2) ** 0.5
            fuzz(
                layer, pose, (middle, at[1]), (axes[0] / len(coat.stripes), breadth), (colour,), 0.55 * coat.fuzz, dice
            )


def _fur(layer: Image.Image, pose: Pose, coat: BeeCoat, at: Point, axes: Point, amount: float, dice: Dice) -> None:
    fuzz(layer, pose, at, axes, (coat.fur, lighter(coat.fur, 0.15), lighter(coat.fur, -0.25)), amount, dice)


def _leg(layer: Image.Image, pose: Pose, leg: Sequence[Point], coat: BeeCoat, dice: Dice, shade: float = 0.0) -> None:
    swing = dice.between(-0.03, 0.03)
    joints = [(x + swing * share, y) for (x, y), share in zip(leg, (0, 0.4, 1, 1), strict=True)]
    limb(layer, pose, joints, LEG_WIDTHS, lighter(mix(LEG, coat.face, 0.5), shade))


def _antenna(layer: Image.Image, pose: Pose, root: Point, side: float, dice: Dice) -> None:
    swing = dice.between(-0.03, 0.03)
    elbow = (root[0] + 0.06, root[1] + 0.05 * side)
    tip = (elbow[0] + 0.1 + swing, elbow[1] + 0.06 * side)
    limb(layer, pose, (root, elbow, tip), (0.018, 0.016, 0.02), (40, 30, 26))


def _eye(coat: BeeCoat) -> tuple[Colour, Colour]:
    """Eyes are dark with a brown gleam towards the front."""
    return mix(coat.face, (26, 18, 20), 0.7), mix(coat.face, (112, 66, 48), 0.6)
