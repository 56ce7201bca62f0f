"""The diagram of a direction: one network taken over and frozen, another trained after it."""

from __future__ import annotations

from itertools import pairwise

from qtl_core.learn.directions import Direction
from ui.base.theme import EMBEDDING, ENTANGLING, PUBLISHED, TRAINED_ROTATION

WIDTH, HEIGHT, SIDE = 440, 190, 150
LEFT, RIGHT, TOP = 50, 250, 30


def direction_svg(direction: Direction) -> str:
    """Draws it; letters are in the reader's text colour."""
    first, second = direction.kinds
    parts = [
        _frame(LEFT, direction.first, "trained before, frozen", PUBLISHED, "6 4"),
        _frame(RIGHT, direction.then, "trained now", TRAINED_ROTATION, ""),
        (_circuit if first else _network)(LEFT, PUBLISHED),
        (_circuit if second else _network)(RIGHT, TRAINED_ROTATION),
        _arrow(6, LEFT - 4),
        _arrow(LEFT + SIDE + 4, RIGHT - 4),
        _arrow(RIGHT + SIDE + 4, WIDTH - 4),
    ]
    said = f"{direction.title}: a frozen {direction.first} feeds a {direction.then} that is trained"
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{said}" style="width:100%;max-width:{WIDTH}px" '
        f'fill="none" stroke-width="2" font-size="13" font-family="inherit">{"".join(parts)}</svg>'
    )


def _frame(left: int, name: str, what: str, colour: str, dash: str) -> str:
    middle = left + SIDE / 2
    return (
        f'<rect x="{left}" y="{TOP}" width="{SIDE}" height="110" rx="8" stroke="{colour}" stroke-dasharray="{dash}"/>'
        f'<text x="{middle}" y="{TOP - 10}" text-anchor="middle" fill="currentColor" font-weight="600">{name}</text>'
        f'<text x="{middle}" y="{TOP + 130}" text-anchor="middle" fill="currentColor">{what}</text>'
    )


def _network(left: int, colour: str) -> str:
    """Three columns of dots, each joined to all of the next."""
    columns = [
        [(left + 28 + 47 * column, TOP + 55 + 26 * (row - (size - 1) / 2)) for row in range(size)]
        for column, size in enumerate((4, 3, 2))
    ]
    lines = [
        f'<path d="M{x} {y}L{to_x} {to_y}" stroke="{PUBLISHED}" stroke-width="1" opacity="0.7"/>'
        for one, other in pairwise(columns)
        for x, y in one
        for to_x, to_y in other
    ]
    dots = [f'<circle cx="{x}" cy="{y}" r="6" fill="{colour}"/>' for column in columns for x, y in column]
    return "".join([*lines, *dots])


def _circuit(left: int, colour: str) -> str:
    """Three wires with what goes in, CNOTs, and turns that are trained."""
    wires = [TOP + 25 + 30 * row for row in range(3)]
    drawn = [f'<path d="M{left + 8} {y}H{left + SIDE - 8}" stroke="{PUBLISHED}" stroke-width="1.5"/>' for y in wires]
    drawn += [_box(left + 20, y, EMBEDDING) + _box(left + 108, y, colour) for y in wires]
    for x, top in ((left + 66, wires[0]), (left + 86, wires[1])):
        drawn.append(
            f'<path d="M{x} {top}v30" stroke="{PUBLISHED}"/><circle cx="{x}" cy="{top}" r="4" fill="{ENTANGLING}" '
            f'stroke="{PUBLISHED}" stroke-width="1"/><circle cx="{x}" cy="{top + 30}" r="7" stroke="{PUBLISHED}"/>'
            f'<path d="M{x - 7} {top + 30}h14M{x} {top + 23}v14" stroke="{PUBLISHED}" stroke-width="1.5"/>'
        )
    return "".join(drawn)


def _box(x: float, y: float, colour: str) -> str:
    return f'<rect x="{x}" y="{y - 10}" width="22" height="20" rx="3" fill="{colour}"/>'


def _arrow(start: float, end: float) -> str:
    y = TOP + 55
    return f'<path d="M{start} {y}H{end}m-8 -6l8 6l-8 6" stroke="currentColor"/>'
