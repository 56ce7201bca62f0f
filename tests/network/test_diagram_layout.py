"""What stands where in a drawing, and what the SVG and PNG made of it hold."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from PIL import Image

from qtl_core.drawing.font import font_of
from qtl_core.drawing.gate_readings import read_gates
from qtl_core.drawing.palette import PALEST, PALETTE, PAPER
from qtl_core.drawing.png import SCALE, draw_png
from qtl_core.drawing.scene import CELL, TILE_WIDTH, measure
from qtl_core.drawing.svg import draw_svg
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.diagram_layout import lay_out
from qtl_core.settings import CircuitSettings
from tests.helpers.made_circuits import CIRCUITS, name, numbers

PAPER_CIRCUIT = build_circuit(CircuitSettings())  # 4 qubits, depth 6, brick, RY


def test_the_papers_circuit_column_by_column():
    layout = lay_out(PAPER_CIRCUIT)
    titles = ["superposition", "embedding", *(f"layer {layer}" for layer in range(1, 7)), "measurement"]
    assert [section.title for section in layout.sections] == titles
    assert [section.columns for section in layout.sections] == [1, 1, *[3] * 6, 1]
    first_layer = [(box.column, box.wires, box.label) for box in layout.boxes if 2 <= box.column <= 4]
    assert first_layer == [
        (2, (0, 1), "CNOT"),
        (2, (2, 3), "CNOT"),
        (3, (1, 2), "CNOT"),
        *((4, (wire,), "RY") for wire in range(4)),
    ]


@pytest.mark.parametrize("settings", CIRCUITS, ids=name)
def test_every_gate_stands_once_in_order_and_no_two_on_one_spot(settings):
    circuit = build_circuit(settings)
    layout = lay_out(circuit)
    gates = [box for box in layout.boxes if box.gate is not None]
    assert [box.gate for box in gates] == list(range(len(circuit.gates)))
    taken: dict[int, int] = {}
    for box in layout.boxes:
        for wire in range(min(box.wires), max(box.wires) + 1):
            assert box.column > taken.get(wire, -1)
            taken[wire] = box.column
    assert sum(section.columns for section in layout.sections) == layout.columns


def test_a_folded_layer_is_one_column_with_its_re_uploading():
    circuit = build_circuit(CircuitSettings(qubits=3, depth=3, reuploading=True))
    whole, folded = lay_out(circuit), lay_out(circuit, folded={1})
    section = folded.sections[3]
    assert (section.title, section.columns, section.folded) == ("layer 2", 1, True)
    assert folded.columns == whole.columns - whole.sections[3].columns + 1
    hidden = {box.gate for box in whole.boxes} - {box.gate for box in folded.boxes}
    assert hidden == {index for index, gate in enumerate(circuit.gates) if gate.layer == 1}


def test_colour_strength_follows_what_training_turned():
    weights = np.zeros(24)
    weights[3], weights[5] = 0.2, -0.4
    readings = read_gates(PAPER_CIRCUIT, np.zeros(4), weights, np.zeros(24))
    scene = measure(lay_out(PAPER_CIRCUIT), readings)
    trained = {
        readings[tile.box.gate].gate.angles[0].index: tile.strength
        for tile in scene.tiles
        if tile.box.family == "trained rotation"
    }
    assert trained[5] == 1
    assert trained[3] == pytest.approx(PALEST + (1 - PALEST) / 2)
    assert {trained[other] for other in trained if other not in (3, 5)} == {PALEST}


def test_only_the_circuit_of_one_picture_has_its_angles_written_on_the_embedding():
    readings = read_gates(PAPER_CIRCUIT, np.radians([10, -20.04, 0, 90]), np.zeros(24), np.zeros(24))
    captions = {
        of_picture: [
            tile.caption
            for tile in measure(lay_out(PAPER_CIRCUIT), readings, of_picture).tiles
            if tile.box.family == "embedding"
        ]
        for of_picture in (False, True)
    }
    assert captions == {False: ["φ0", "φ1", "φ2", "φ3"], True: ["10.0°", "−20.0°", "0.0°", "90.0°"]}


@pytest.mark.parametrize("settings", [*CIRCUITS, CircuitSettings(qubits=12, depth=20)], ids=name)
def test_a_wire_never_runs_through_a_box(settings):
    circuit, angles, weights = numbers(settings)
    scene = measure(lay_out(circuit), read_gates(circuit, angles, weights, weights))
    for tile in scene.tiles:
        for start, end, y in scene.wires:
            assert y != tile.y or end <= tile.x - TILE_WIDTH / 2 + 1e-9 or start >= tile.x + TILE_WIDTH / 2 - 1e-9
    assert all(start <= end for start, end, _ in scene.wires)
    centres = sorted({item.x for item in (*scene.tiles, *scene.links)})
    assert min(np.diff(centres)) >= CELL


def test_the_svg_holds_every_gate_section_and_angle():
    circuit, angles, weights = numbers(CIRCUITS[0])
    root = ElementTree.fromstring(draw_svg(circuit, angles, weights))
    space = "{http://www.w3.org/2000/svg}"
    words = [element.text for element in root.iter(f"{space}text")]
    assert words.count("H") == 3
    assert words.count("RY") == 3 + 2 * 3
    assert words.count("⟨Z⟩") == 3
    assert {"superposition", "embedding", "layer 1", "layer 2", "measurement", "φ0", "q2"} <= set(words)
    assert f"{np.degrees(weights[1]):.1f}°".replace("-", "−") in words
    assert len(list(root.iter(f"{space}circle"))) == 2 * sum(gate.kind == "CNOT" for gate in circuit.gates)


def test_the_png_is_the_svg_at_twice_the_size_with_its_colours():
    circuit, angles, weights = numbers(CIRCUITS[0])
    image = Image.open(io.BytesIO(draw_png(circuit, angles, weights)))
    root = ElementTree.fromstring(draw_svg(circuit, angles, weights))
    assert image.size == tuple(round(float(root.get(side)) * SCALE) for side in ("width", "height"))
    seen = {colour for _, colour in image.getcolors(2**24)}
    wanted = [PAPER, *(PALETTE[family] for family in ("superposition", "embedding", "entangling", "measurement"))]
    assert {tuple(bytes.fromhex(colour[1:])) for colour in wanted} <= seen


def test_the_pngs_font_has_every_sign_that_is_drawn():
    circuit, angles, weights = numbers(CIRCUITS[0])
    scene = measure(lay_out(circuit, folded={0}), read_gates(circuit, angles, weights, weights))
    words = [text for tile in scene.tiles for text in (tile.box.label, tile.caption)]
    words += [name for *_, name in scene.names] + [band.section.title for band in scene.bands]
    font = font_of(24)
    missing = bytes(font.getmask("\ue000"))  # what the font shows for a sign it does not have
    assert words
    for sign in set("".join(words)) - {" "}:
        assert bytes(font.getmask(sign)) != missing, sign
