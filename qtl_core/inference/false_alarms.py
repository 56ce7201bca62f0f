"""Measured false alarms: how often real ants and bees are flagged as unlike what a run learnt from, and cats and dogs.

`false_alarms.json` was written by `python -m tools.measure_false_alarms`, which is the record of how: the public set's
153 validation photos of ants and bees and 200 photos of cats and dogs, by runs of each kind.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from qtl_core.inference.references import has_photo_limit
from qtl_core.pictures.backbones.weights_files import spec_of
from qtl_core.runs.events import Prepared

FILE = Path(__file__).parent / "bundled" / "false_alarms.json"

Kind = Literal["bundled", "drawn, photo limit", "drawn", "photos"]


@dataclass(frozen=True)
class FalseAlarms:
    """A measurement with a run of one kind.

    Attributes:
        kind: What they learnt from; "photo limit" where the limit was read from real photos, not from drawings.
        backbone: Their image network.
        flagged, photos: Real photos of ants and bees that were flagged, and how many were tried.
        caught, others: The same of photos of cats and dogs.
    """

    kind: Kind
    backbone: str
    flagged: int
    photos: int
    caught: int
    others: int


@cache
def measured() -> tuple[FalseAlarms, ...]:
    """Returns all that was measured."""
    return tuple(FalseAlarms(**each) for each in json.loads(FILE.read_text(encoding="utf-8"))["measured"])


def false_alarms_of(prepared: Prepared, *, is_bundled: bool = False) -> FalseAlarms | None:
    """Returns what was measured with runs of this kind, or None where none was.

    The same image network's where there is such a measurement, else another one's: `FalseAlarms.backbone` tells.
    """
    source = prepared.settings.data.source
    if prepared.settings.data.is_own or prepared.from_elsewhere:
        return None
    kind: Kind = "photos" if source == "photos" else "drawn"
    if source == "drawn" and has_photo_limit(prepared):
        kind = "bundled" if is_bundled else "drawn, photo limit"
    found = [each for each in measured() if each.kind == kind]
    own = [each for each in found if each.backbone == prepared.settings.data.backbone]
    return next(iter(own or found), None)


def false_alarms_in_words(found: FalseAlarms, backbone: str) -> str:
    """Returns what was measured as a sentence.

    Args:
        found: The measurement.
        backbone: The image network of the run that is spoken of.
    """
    title = spec_of(found.backbone).title
    whose = "" if found.kind == "bundled" else " with a run of this kind"
    if found.backbone != backbone:
        whose = f" with a run of {title}, as this one's own network was not"
    missed = f"misses {found.others - found.caught or 'none'} of {found.others}"
    if found.kind == "photos":  # whose limit is read from the same photos: each run has its own figure for those
        return f"Measured{whose}: it {missed} photos of cats and dogs."
    return (
        f"Measured{whose}: it wrongly flags {found.flagged or 'none'} of {found.photos} photos of ants and bees, and "
        f"{missed} of cats and dogs."
    )
