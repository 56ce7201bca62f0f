"""Anatomy that ants and bees share: a place in the picture, round parts, limbs, hair.

Bodies are described in body lengths: the head points along +x, +y is the animal's right side (seen from above)
or down (seen from the side).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from qtl_core.pictures.sources.drawn.brush import Point, Skin, ellipsoid, stroke
from qtl_core.pictures.sources.drawn.dice import Dice
from qtl_core.pictures.sources.drawn.palette import Colour, lighter


@dataclass(frozen=True)
class Pose:
    """The place of an animal and the way it faces.

    Attributes:
        centre: Its middle in canvas pixels.
        length: Body length in canvas pixels.
        heading: Direction of the head in radians, 0 to the right, growing downwards.
        view: Seen from "above", from the "side", or "flying" (from the side, wings up).
        flip: -1 mirrors the body (an animal seen from the side facing left keeps its feet down).
        bend: How far the hind part is turned out of line, in radians.
    """

    centre: Point
    length: float
    heading: float
    view: str = "above"
    flip: int = 1
    bend: float = 0.0

    def at(self, x: float, y: float) -> Point:
        """Returns the canvas point of a place on the body, given in body lengths."""
        if x < 0:
            cos, sin = math.cos(self.bend), math.sin(self.bend)
            x, y = x * cos - y * sin, x * sin + y * cos
        y *= self.flip
        cos, sin = math.cos(self.heading), math.sin(self.heading)
        return self.centre[0] + self.length * (x * cos - y * sin), self.centre[1] + self.length * (x * sin + y * cos)

    def around(self, at: Point, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Returns canvas points at offsets from a place on the body, all in body lengths."""
        middle, angle = self.at(*at), self.turned(0, at[0])
        cos, sin = math.cos(angle), math.sin(angle)
        y = y * self.flip
        return middle[0] + self.length * (x * cos - y * sin), middle[1] + self.length * (x * sin + y * cos)

    def turned(self, angle: float, x: float = 1.0) -> float:
        """Returns the canvas direction of a direction on the body (at place x, which may be bent)."""
        return self.heading + self.flip * (angle + (self.bend if x < 0 else 0))


def part(
    layer: Image.Image, pose: Pose, at: Point, axes: Point, skin: Skin, angle: float = 0.0, taper: float = 0.0
) -> None:
    """Paints one rounded part of a body; place and half axes in body lengths."""
    size = (axes[0] * pose.length, axes[1] * pose.length)
    ellipsoid(layer, pose.at(*at), size, pose.turned(angle, at[0]), skin, taper)


def limb(layer: Image.Image, pose: Pose, joints: Sequence[Point], widths: Sequence[float], colour: Colour) -> None:
    """Paints a leg or an antenna through joints given in body lengths."""
    breadths = [max(1.6, width * pose.length) for width in widths]
    stroke(layer, [pose.at(*joint) for joint in joints], breadths, colour)


def fuzz(
    layer: Image.Image, pose: Pose, at: Point, axes: Point, colours: Sequence[Colour], amount: float, dice: Dice
) -> None:
    """Paints hair over a rounded part, standing out beyond its edge; amount 0.2 is a little, 1.4 thick fur."""
    size = pose.length * min(axes)
    chance = dice.shares(5, min(1100, round(amount * (70 + size * 13))))
    turn, far, long = math.tau * chance[0], np.sqrt(0.03 + 0.97 * chance[1]), 0.05 + 0.2 * amount**0.5 * chance[2]
    x, y = np.cos(turn) * far * axes[0], np.sin(turn) * far * axes[1]
    roots = pose.around(at, x, y)
    tips = pose.around(at, x * (1 + long) - 0.05 * axes[0], y * (1 + long))
    # Lighter on the side of the lamp (upper left), darker on the other: the fur looks round.
    lit = (pose.at(*at)[0] - roots[0] + 1.3 * (pose.at(*at)[1] - roots[1])) / (1.6 * pose.length * max(axes))
    tone = np.clip(0.3 * lit + 0.36 * (chance[3] - 0.5) - 0.06, -0.5, 0.4)
    shades = [[(*lighter(colour, step / 20), 255) for step in range(-10, 9)] for colour in colours]
    pen, width = ImageDraw.Draw(layer), 1 if size < 55 else 2
    rows = np.rint([*roots, *tips, tone * 20 + 10, np.floor(chance[4] * 0.9999 * len(colours))]).astype(int)
    for x0, y0, x1, y1, step, colour in rows.T.tolist():
        pen.line((x0, y0, x1, y1), fill=shades[colour][step], width=width)
