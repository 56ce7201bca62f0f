"""Ants: a big head, a slim trunk, a narrow waist and a round gaster; long jointed legs and elbowed antennae."""

from __future__ import annotations

from PIL import Image

from qtl_core.pictures.sources.drawn.anatomy import Pose, fuzz, limb, part
from qtl_core.pictures.sources.drawn.brush import Point, Skin
from qtl_core.pictures.sources.drawn.coats import AntCoat
from qtl_core.pictures.sources.drawn.dice import Dice
from qtl_core.pictures.sources.drawn.palette import Colour, lighter
from qtl_core.pictures.sources.drawn.wings import wing

LEG_WIDTHS = (0.034, 0.03, 0.02, 0.012)
# Hip, knee, ankle, toe of the front, middle and hind leg on one side, seen from above.
LEGS_ABOVE: tuple[tuple[Point, ...], ...] = (
    ((0.2, 0.05), (0.31, 0.23), (0.47, 0.34), (0.56, 0.36)),
    ((0.12, 0.06), (0.1, 0.3), (0.02, 0.45), (-0.03, 0.54)),
    ((0.03, 0.05), (-0.12, 0.27), (-0.33, 0.4), (-0.46, 0.44)),
)
LEGS_SIDE: tuple[tuple[Point, ...], ...] = (
    ((0.2, 0.06), (0.33, -0.03), (0.42, 0.2), (0.49, 0.23)),
    ((0.12, 0.07), (0.15, -0.08), (0.12, 0.2), (0.17, 0.24)),
    ((0.03, 0.07), (-0.12, -0.08), (-0.24, 0.19), (-0.2, 0.24)),
)


def draw_ant(layer: Image.Image, pose: Pose, coat: AntCoat, dice: Dice, winged: bool = False) -> None:
    """Paints an ant on a layer.

    Args:
        layer: RGBA layer, painted on.
        pose: Place, size, direction and view.
        coat: Its kind.
        dice: Decides gait and antennae.
        winged: A young queen or male, which has wings until it has mated.
    """
    if pose.view == "above":
        _from_above(layer, pose, coat, dice, winged)
    else:
        _from_side(layer, pose, coat, dice, winged)


def _from_above(layer: Image.Image, pose: Pose, coat: AntCoat, dice: Dice, winged: bool) -> None:
    for side in (-1, 1):
        for leg in LEGS_ABOVE:
            limb(layer, pose, _stepped(leg, side, dice), LEG_WIDTHS, coat.legs)
        _antenna(layer, pose, (0.44, 0.05 * side), side, coat.legs, dice)
        limb(
            layer,
            pose,
            ((0.46, 0.05 * side), (0.53, 0.045 * side), (0.54, 0.005 * side)),
            (0.03, 0.024, 0.012),
            coat.head,
        )
    _load(layer, pose, coat)
    _gaster(layer, pose, coat, (-0.31, 0.0), 0.0, dice)
    part(layer, pose, (-0.085, 0), (0.042, 0.036), _plain(coat.trunk, coat.gloss))
    part(layer, pose, (0.02, 0), (0.1, 0.058), _plain(coat.trunk, coat.gloss))
    part(layer, pose, (0.16, 0), (0.11, 0.078), _plain(coat.trunk, coat.gloss), taper=0.12)
    part(layer, pose, (0.37, 0), (0.125, 0.115), _plain(coat.head, coat.gloss), taper=-0.16)
    for side in (-1, 1):
        part(layer, pose, (0.385, 0.088 * side), (0.03, 0.02), _plain((22, 18, 18), 1.0))
        if winged:
            wing(layer, pose, (0.1, 0.05 * side), side * 2.93, 0.5, (226, 214, 190), 0.4)
            wing(layer, pose, (0.18, 0.05 * side), side * 2.72, 0.78, (230, 220, 198), 0.4)


def _from_side(layer: Image.Image, pose: Pose, coat: AntCoat, dice: Dice, winged: bool) -> None:
    far = lighter(coat.legs, -0.35)
    for leg in LEGS_SIDE:
        limb(layer, pose, _shifted(leg, 0.05, dice), LEG_WIDTHS, far)
    _antenna(layer, pose, (0.44, -0.06), -0.5, far, dice)
    if winged:
        wing(layer, pose, (0.1, -0.08), -2.75, 0.74, (226, 214, 190), 0.34)
    _load(layer, pose, coat)
    _gaster(layer, pose, coat, (-0.31, 0.02), 0.12, dice)
    part(layer, pose, (-0.08, 0.0), (0.032, 0.06), _plain(coat.trunk, coat.gloss))
    part(layer, pose, (0.02, 0.02), (0.1, 0.06), _plain(coat.trunk, coat.gloss), 0.1)
    part(layer, pose, (0.16, -0.02), (0.12, 0.08), _plain(coat.trunk, coat.gloss), 0.12)
    part(layer, pose, (0.38, 0.0), (0.12, 0.1), _plain(coat.head, coat.gloss), 0.35, -0.14)
    limb(layer, pose, ((0.46, 0.05), (0.51, 0.1), (0.47, 0.13)), (0.03, 0.024, 0.012), coat.head)
    part(layer, pose, (0.39, -0.03), (0.028, 0.022), _plain((22, 18, 18), 1.0))
    for leg in LEGS_SIDE:
        limb(layer, pose, _shifted(leg, 0.0, dice), LEG_WIDTHS, coat.legs)
    _antenna(layer, pose, (0.45, -0.03), -0.25, coat.legs, dice)
    if winged:
        wing(layer, pose, (0.12, -0.08), -2.9, 0.8, (230, 220, 198), 0.4)


def _load(layer: Image.Image, pose: Pose, coat: AntCoat) -> None:
    """The piece of leaf a leafcutter carries in its jaws, upright like a sail when seen from the side."""
    if not coat.load:
        return
    middle, axes, angle = (
        ((0.6, 0.02), (0.13, 0.2), 0.3) if pose.view == "above" else ((0.56, -0.14), (0.13, 0.22), 0.4)
    )
    part(layer, pose, middle, axes, Skin(coat.load, 0.1), angle)
    vein = lighter(coat.load[-1], 0.3)
    limb(layer, pose, ((middle[0], middle[1] + 0.16), (middle[0], middle[1] - 0.17)), (0.016, 0.008), vein)


def _gaster(layer: Image.Image, pose: Pose, coat: AntCoat, at: Point, angle: float, dice: Dice) -> None:
    """The round hind part, with the seams of its plates (or bands) and a few hairs."""
    seam = coat.band or lighter(coat.gaster, 0.16)
    stripes = (coat.gaster, coat.gaster, seam) if coat.band is None else (coat.gaster, seam)
    skin = Skin((*stripes * (3 if coat.band else 2), coat.gaster), coat.gloss, hard_bands=coat.band is not None)
    axes = (0.2 * (0.9 + 0.1 * coat.plump), 0.145 * coat.plump)
    part(layer, pose, at, axes, skin, angle, 0.12)
    fuzz(layer, pose, at, axes, (lighter(coat.gaster, 0.35), lighter(coat.gaster, 0.1)), 0.16, dice)


def _antenna(layer: Image.Image, pose: Pose, root: Point, side: float, colour: Colour, dice: Dice) -> None:
    """An elbowed antenna: a long straight first piece, then a bent, thickening feeler."""
    swing = dice.between(-0.05, 0.05)
    elbow = (root[0] + 0.1 + swing, root[1] + 0.14 * side)
    middle = (elbow[0] + 0.12, elbow[1] + 0.03 * side + swing)
    tip = (middle[0] + 0.09, middle[1] - 0.05 * side)
    limb(layer, pose, (root, elbow, middle, tip), (0.022, 0.018, 0.022, 0.024), colour)


def _stepped(leg: tuple[Point, ...], side: int, dice: Dice) -> list[Point]:
    """A leg on one side, moved a little as in walking: the further from the hip, the more."""
    step = dice.between(-0.06, 0.06)
    return [(x + step * share, y * side) for (x, y), share in zip(leg, (0, 0.5, 1, 1.1), strict=True)]


def _shifted(leg: tuple[Point, ...], ahead: float, dice: Dice) -> list[Point]:
    """A leg seen from the side, moved ahead and a little as in walking."""
    step = ahead + dice.between(-0.05, 0.05)
    return [(x + step * share, y) for (x, y), share in zip(leg, (0.2, 0.6, 1, 1), strict=True)]


def _plain(colour: Colour, gloss: float) -> Skin:
    return Skin((lighter(colour, -0.1), colour, lighter(colour, 0.06)), gloss)
