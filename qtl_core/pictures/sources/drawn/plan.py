"""The plan of one picture: background, kind of animal, how many, and what makes it hard, if anything does.

Most pictures are plain portraits. A fixed share is hard in a way a photo can be hard (far away, out of focus,
behind a leaf, cut off, an unusual kind), so that a classifier has something to learn; a person can still tell.
"""

from __future__ import annotations

from dataclasses import dataclass

from qtl_core.pictures.sources.drawn import coats
from qtl_core.pictures.sources.drawn.dice import Dice

SCENES = {  # how often each background, in hundredths: bees are found on flowers, ants on the ground, mostly
    "ants": {
        "sand": 15,
        "stone": 13,
        "bark": 13,
        "soil": 11,
        "wood": 6,
        "cloth": 5,
        "leaf": 17,
        "flower": 9,
        "twig": 11,
    },
    "bees": {
        "flower": 38,
        "leaf": 14,
        "sky": 8,
        "meadow": 10,
        "comb": 5,
        "twig": 7,
        "stone": 5,
        "sand": 4,
        "wood": 4,
        "bark": 4,
        "cloth": 2,
    },
}
HARDSHIPS = {"none": 44, "far": 17, "soft": 13, "covered": 14, "cut": 12}


@dataclass(frozen=True)
class Plan:
    """The plan of one picture.

    Attributes:
        scene: The background, a name that `scene.paint_scene` knows.
        hardship: One of HARDSHIPS.
        coat: The kind of animal.
        winged: For an ant: a young queen or male, with wings.
        others: How many animals there are besides the main one.
    """

    scene: str
    hardship: str
    coat: coats.AntCoat | coats.BeeCoat
    winged: bool
    others: int


def plan_picture(class_name: str, dice: Dice) -> Plan:
    """Returns what the next picture of the class ("ants" or "bees") shows."""
    scene, hardship = dice.weighted(SCENES[class_name]), dice.weighted(HARDSHIPS)
    unusual, others = dice.chance(0.32), dice.weighted({0: 70, 1: 17, 2: 8, 4: 5})
    if class_name == "bees":
        bees = coats.PLAIN_BEES if unusual else coats.BEES
        return Plan(scene, hardship, dice.pick(list(bees.values())), False, others)
    winged = unusual and dice.chance(0.5)
    ants = coats.BANDED_ANTS if unusual and not winged else coats.ANTS
    # A winged ant is known by its waist, which nobody could see in a tiny or blurred one.
    return Plan(scene, hardship, dice.pick(list(ants.values())), winged and hardship not in ("far", "soft"), others)
