"""Doubt in a browser, where a picture is unlike what a run learnt from: the training pictures' features, made small.

They are what `evaluation.ood` compares with, a byte a number, each row with its own scale: `tests/publish` measures
how far distances move by that. Features are no pictures, and nobody can look at them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from qtl_core.common.errors import Unavailable
from qtl_core.evaluation.ood import NEIGHBOURS, OodReference, OodReport
from qtl_core.evaluation.ood_words import BLANK, NOT_WHAT, limit_words

LARGEST = 127  # of a signed byte
PLACE = "{distance}"  # in the sentence on a picture: the page puts its distance there


@dataclass(frozen=True, eq=False)
class Doubt:
    """All that a page needs to doubt an answer.

    Attributes:
        facts: What it reads, as JSON takes it; without scales where pictures cannot be compared.
        rows: The training pictures' directions, a signed byte a number; empty where there are none.
        unknown: Why pictures cannot be compared, as a sentence, else "".
    """

    facts: dict[str, Any]
    rows: bytes = field(default=b"", repr=False)
    unknown: str = ""


def doubt_of(reference: OodReference | Unavailable) -> Doubt:
    """Returns it, of what a run compares pictures with; a picture of plain colour is doubted in any case."""
    if isinstance(reference, Unavailable):
        return Doubt({"blank": BLANK}, unknown=reference.why)
    rows, scales = in_bytes(reference.training)
    facts = {
        "blank": BLANK,
        "limit": reference.limit,
        "neighbours": min(NEIGHBOURS, len(rows)),
        "scales": scales.tolist(),
        "unlike": _unlike_words(reference),
    }
    return Doubt(facts, rows.tobytes())


def in_bytes(directions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns rows of numbers as signed bytes, and what each row's bytes are multiplied by."""
    scales = np.abs(directions).max(axis=1) / LARGEST
    scales = np.where(scales > 0, scales, 1.0)
    return np.rint(directions / scales[:, None]).astype(np.int8), scales


def _unlike_words(reference: OodReference) -> str:
    known = OodReport(False, held_out=len(reference.held_out), kind=reference.kind, beyond=reference.beyond)
    return (
        f"Unlike what it learnt from (it only saw {reference.trained_on}): its distance from the nearest of them is "
        f"{PLACE}, beyond the limit of {reference.limit:.3f}. {limit_words(known, too=True)} {NOT_WHAT}"
    )
