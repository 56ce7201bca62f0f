"""The coats of ants and bees. To add a kind, add an entry to one of the four tables."""

from __future__ import annotations

from dataclasses import dataclass

from qtl_core.pictures.sources.drawn.palette import Colour


@dataclass(frozen=True)
class AntCoat:
    """The look of one kind of ant.

    Attributes:
        head, trunk, gaster: Colours of the three parts (the gaster is the round hind part).
        legs: Colour of legs and antennae.
        gloss: 0 dull to 1 polished.
        band: Colour of the bands on the gaster, if it has any.
        plump: Breadth of the gaster, 1 being usual.
        load: Colours of the piece of leaf it carries, if it is of a kind that does.
    """

    head: Colour
    trunk: Colour
    gaster: Colour
    legs: Colour
    gloss: float = 0.5
    band: Colour | None = None
    plump: float = 1.0
    load: tuple[Colour, ...] = ()


@dataclass(frozen=True)
class BeeCoat:
    """The look of one kind of bee.

    Attributes:
        fur: Colour of the hair on the thorax.
        stripes: Colours along the abdomen, from waist to tail.
        face: Colour of the head.
        wing: Tint of the wings.
        fuzz: 0 nearly bald to 1 a fur ball.
        plump: Breadth of the body, 1 being a honey bee.
        gloss: 0 dull to 1 polished.
    """

    fur: Colour
    stripes: tuple[Colour, ...]
    face: Colour = (38, 30, 26)
    wing: Colour = (226, 232, 240)
    fuzz: float = 0.6
    plump: float = 1.0
    gloss: float = 0.35


ANTS: dict[str, AntCoat] = {
    "garden": AntCoat((42, 33, 30), (38, 30, 28), (30, 25, 25), (58, 44, 38)),
    "carpenter": AntCoat((26, 25, 29), (24, 23, 27), (34, 33, 38), (38, 34, 36), 0.8),
    "wood": AntCoat((118, 48, 30), (158, 66, 36), (40, 30, 28), (96, 46, 32)),
    "fire": AntCoat((158, 62, 30), (172, 76, 38), (104, 38, 24), (164, 82, 44), 0.8),
    "meadow": AntCoat((202, 142, 58), (212, 156, 70), (196, 138, 52), (206, 156, 84)),
    "weaver": AntCoat((204, 110, 44), (214, 124, 52), (176, 104, 46), (208, 128, 66), 0.6),
    "honeypot": AntCoat((128, 72, 40), (138, 80, 44), (220, 148, 44), (130, 80, 50), 0.9, None, 1.35),
    "sugar": AntCoat((44, 32, 30), (176, 98, 46), (46, 34, 32), (168, 98, 52), 0.5),
    "leafcutter": AntCoat(
        (112, 58, 38), (104, 52, 34), (92, 46, 32), (118, 66, 44), 0.2, load=((54, 104, 40), (104, 156, 66))
    ),
    "silver": AntCoat((96, 94, 98), (112, 110, 112), (128, 126, 130), (74, 68, 66), 0.9),
}
BANDED_ANTS: dict[str, AntCoat] = {
    "gilded": AntCoat((34, 28, 26), (38, 30, 28), (30, 26, 24), (44, 36, 32), 0.5, (196, 158, 74), 1.1),
    "banded": AntCoat((148, 84, 42), (156, 92, 48), (120, 62, 30), (150, 92, 54), 0.5, (226, 184, 96), 1.2),
}
BEES: dict[str, BeeCoat] = {
    "honey": BeeCoat(
        (176, 132, 72),
        ((206, 140, 48), (212, 144, 48), (62, 40, 24), (206, 136, 48), (56, 36, 24), (182, 118, 46), (44, 30, 22)),
    ),
    "golden": BeeCoat(
        (206, 164, 88), ((232, 172, 66), (232, 172, 66), (132, 78, 30), (228, 164, 60), (112, 66, 30), (80, 50, 28))
    ),
    "bumble": BeeCoat(
        (232, 184, 44),
        ((34, 28, 26), (238, 190, 48), (36, 28, 26), (30, 26, 26), (242, 236, 222)),
        fuzz=1.0,
        plump=1.28,
    ),
    "red_tailed": BeeCoat(
        (36, 31, 32), ((34, 30, 30), (34, 30, 30), (38, 32, 30), (204, 88, 34)), fuzz=1.0, plump=1.25
    ),
    "mason": BeeCoat(
        (168, 104, 52), ((176, 92, 40), (192, 106, 48), (184, 96, 42), (150, 76, 36)), fuzz=0.9, plump=1.05
    ),
    "blue_banded": BeeCoat(
        (186, 136, 70), ((36, 34, 40), (126, 186, 212), (34, 32, 38), (126, 186, 212), (34, 32, 38)), fuzz=0.7
    ),
    "ivy": BeeCoat(
        (196, 140, 74), ((58, 42, 32), (222, 186, 122), (54, 40, 30), (224, 190, 128), (50, 38, 30), (216, 180, 118))
    ),
}
PLAIN_BEES: dict[str, BeeCoat] = {  # bees without the stripes everybody expects
    "carniolan": BeeCoat((124, 104, 82), ((52, 42, 36), (86, 74, 62), (48, 38, 34), (76, 66, 56), (42, 34, 30))),
    "ashy": BeeCoat((164, 160, 156), ((32, 32, 38), (36, 36, 44), (30, 30, 36), (34, 34, 40)), fuzz=0.8, gloss=0.7),
    "carpenter": BeeCoat(
        (30, 28, 34), ((30, 28, 36), (34, 30, 42), (28, 26, 34)), wing=(96, 84, 128), fuzz=0.5, plump=1.2, gloss=0.8
    ),
    "sweat": BeeCoat((46, 112, 76), ((58, 132, 84), (44, 110, 82), (66, 138, 80), (40, 96, 76)), fuzz=0.25, gloss=0.9),
    "stingless": BeeCoat((58, 44, 36), ((70, 48, 36), (52, 38, 32), (60, 42, 34)), fuzz=0.3, plump=0.9, gloss=0.6),
}
