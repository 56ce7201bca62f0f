"""Kept runs set beside each other: which can be, what their settings and figures differ in, and by more than chance."""

from qtl_core.comparing.again import differences_made_with, same_numbers
from qtl_core.comparing.mcnemar import exact_p
from qtl_core.comparing.pairs import Pair, pair_of
from qtl_core.comparing.sides import MOST, Side, differing_settings, same_pictures, sides_of, title_of

__all__ = [
    "MOST",
    "Pair",
    "Side",
    "differences_made_with",
    "differing_settings",
    "exact_p",
    "pair_of",
    "same_numbers",
    "same_pictures",
    "sides_of",
    "title_of",
]
