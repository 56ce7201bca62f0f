"""Maps the layers of a circuit to rows of `q_params`: two layouts of published heads, told apart by their rows.

The PennyLane demo keeps exactly `depth` rows, and layer k uses row k. The paper's own code
(XanaduAI/quantum-transfer-learning) keeps 15 rows whatever the depth, and layer k uses row k + 1: never row 0. More
rows than layers are therefore the paper's; no file says of itself which code it is for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from qtl_core.common.errors import UserError
from qtl_core.settings import CircuitSettings, SettingsError, spec_of

DEMO, PAPER = "demo", "paper"
USUAL_DEPTH, MOST_LAYERS = CircuitSettings.depth, spec_of(CircuitSettings, "depth").high
_READ_BEFORE = re.compile(r"The file holds (\d+) layers of angles, of which the first (\d+) are used\.")


@dataclass(frozen=True)
class RowLayout:
    """The way a published code reads `q_params`.

    Attributes:
        code: Whose code it is, in words.
        first: The row that the first layer uses.
        fewest_held: How many rows it keeps at least, whatever the depth.
    """

    code: str
    first: int
    fewest_held: int

    def used(self, depth: int) -> slice:
        """Returns the rows that the layers use, in their order."""
        return slice(self.first, self.first + depth)

    def held(self, depth: int) -> int:
        """Returns how many rows a file in this layout holds."""
        return max(self.fewest_held, self.first + depth)

    def in_words(self, depth: int) -> str:
        """Returns for example "rows 1 to 6"."""
        last = self.first + depth - 1
        return "no row" if not depth else f"row {last}" if depth == 1 else f"rows {self.first} to {last}"


LAYOUTS = {DEMO: RowLayout("the PennyLane demo", 0, 0), PAPER: RowLayout("the paper's own code", 1, 15)}


def depth_of(rows: int, asked: int | None, *, is_flat: bool = True) -> int:
    """Returns how many layers are used of a file with so many rows.

    Where nobody said, the recipe's, or all there are if they are fewer. Both published codes keep `q_params` flat;
    angles in rows are a layer's weights as PennyLane's `TorchLayer` keeps them, a row a layer.

    Raises:
        SettingsError: More layers were asked for than the file has rows.
    """
    if asked is None:
        is_published = is_flat or rows == LAYOUTS[PAPER].fewest_held
        return min(USUAL_DEPTH, rows) if is_published else rows
    if asked > rows:
        raise SettingsError("depth", asked, f"at most {rows}: so many rows of angles q_params holds")
    return asked


def layout_of(rows: int, depth: int, asked: str) -> str:
    """Returns the layout that was asked for, or, where nobody did (""), that which so many rows for so many layers are.

    Raises:
        UserError: The file holds too few rows for it.
    """
    if asked == PAPER and depth and rows <= depth:
        raise UserError(
            f"The head cannot be read in the paper's layout with {counted(depth, 'layer')}.",
            f"That takes {depth + 1} rows of angles or more, because row 0 is never used; the file holds {rows}.",
            "Choose the demo's layout, or a smaller depth.",
        )
    return asked or (PAPER if rows > depth else DEMO)


def used_angles(q_params: np.ndarray, rows: int, layout: str, depth: int) -> np.ndarray:
    """Returns the angles that the layers use, flat, in their order, bit by bit as they were."""
    in_rows = q_params.reshape(rows, -1) if rows else q_params
    return in_rows[LAYOUTS[layout].used(depth)].reshape(-1).copy()


def laid_out(angles: np.ndarray, circuit: CircuitSettings, layout: str) -> np.ndarray:
    """Returns a circuit's angles as `q_params` of a layout: flat, and 0 in the rows that no layer uses."""
    across = circuit.qubits * circuit.angles_per_rotation
    rows = np.zeros((LAYOUTS[layout].held(circuit.depth), across), dtype=angles.dtype)
    rows[LAYOUTS[layout].used(circuit.depth)] = angles.reshape(circuit.depth, across)
    return rows.reshape(-1)


def on_rows(rows: int, depth: int, layout: str, *, depth_was_named: bool = True) -> tuple[str, ...]:
    """Returns sentences on how a head was read; none where it holds one row a layer, as the demo's do."""
    if rows == depth:
        return ()
    if not depth:
        return (_none_used(rows),)
    other = DEMO if layout == PAPER else PAPER
    used, others = (f"{LAYOUTS[each].in_words(depth)}, counted from 0" for each in (layout, other))
    sentences = [
        f"The file holds {rows} rows of angles for {counted(depth, 'layer')}. It was read in the layout of "
        f"{LAYOUTS[layout].code}, which uses {used}; that of {LAYOUTS[other].code} would use {others}. If that is the "
        f"one, bring the head in again with the layout “{other}”."
    ]
    if not depth_was_named:
        sentences.append(f"No depth was named, so the recipe's {depth} was taken.{_or_all(rows)}")
    return tuple(sentences)


def provenance_of(rows: int, depth: int, layout: str) -> str:
    """Returns how a head was read, for the list of what its run was made with."""
    return f"{layout}: {LAYOUTS[layout].in_words(depth)} of {rows}"


def on_earlier_reading(note: str) -> str:
    """Returns a kept run's note, or what has to be said instead where an earlier version read a head wrongly.

    Earlier versions took the first rows of any file, and kept no others: only the file itself can mend that.
    """
    read = _READ_BEFORE.fullmatch(note)
    if not read:
        return note
    rows, depth = map(int, read.groups())
    if not depth:
        return _none_used(rows)
    demo, paper = (LAYOUTS[each].in_words(depth) for each in (DEMO, PAPER))
    return (
        f"An earlier version of this app read {demo} (counted from 0) of the {rows} rows of angles in the file. A head "
        f"with more rows than layers is as a rule one of the paper's own code, which uses {paper}: then this run "
        "answers wrongly, and its figures with it. The other rows were not kept, so bring the file in again."
    )


def counted(number: int, noun: str) -> str:
    """Returns for example "1 layer" or "6 layers"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _none_used(rows: int) -> str:
    return f"The file holds {counted(rows, 'row')} of angles, and a circuit of depth 0 uses none."


def _or_all(rows: int) -> str:
    is_published = rows == LAYOUTS[PAPER].fewest_held
    words = f" If every row is a layer, as in a head of the demo, name the depth {rows}."
    return "" if is_published or rows > MOST_LAYERS else words
