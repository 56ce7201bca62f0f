"""The Circuit page in a real browser: rest on a gate, click it, take a file along."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from qtl_core.drawing.gate_readings import read_gates
from qtl_core.drawing.scene import measure
from qtl_core.export import FORMATS
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.diagram_layout import lay_out
from qtl_core.settings import CircuitSettings
from tests.browser.steps import FIRST_RUN_MS, press, reset, start, wait_for
from tests.helpers.odd_files import good_files
from tools.browser import DESKTOP_LIGHT, PHONE_DARK, settled

GATE = 12  # the first layer's rotation of qubit 1


def spot(page: Page, gate: int) -> tuple[float, float]:
    """Where the middle of a gate of the paper's circuit is on screen."""
    chart = diagram(page)
    chart.scroll_into_view_if_needed()
    circuit, corner = build_circuit(CircuitSettings()), chart.bounding_box()
    scene = measure(lay_out(circuit), read_gates(circuit, [0] * 4, [0] * 24, [0] * 24))
    tile = next(tile for tile in scene.tiles if tile.box.gate == gate)
    return corner["x"] + tile.x, corner["y"] + tile.y


def diagram(page: Page) -> Locator:
    return page.locator(".st-key-circuit_scroll .js-plotly-plot")


def test_a_gate_speaks_under_the_pointer_and_at_length_when_clicked(app, visit):
    page = visit(f"{app}/circuit", DESKTOP_LIGHT)
    page.mouse.move(*spot(page, GATE))
    expect(diagram(page).locator(".hoverlayer")).to_contain_text("Rotation about Y, qubit 1")
    expect(diagram(page).locator(".hoverlayer")).to_contain_text("q_params[1]")
    page.mouse.click(*spot(page, GATE))
    details = page.locator(".st-key-gate_details")
    expect(details).to_contain_text("Rotation about Y, qubit 1")
    expect(details.locator(".katex").first).to_be_visible()
    page.mouse.click(*spot(page, GATE + 1))
    expect(details).to_contain_text("Rotation about Y, qubit 2")


@pytest.mark.parametrize("query", ["", "?qubits=12&depth=20", "?qubits=1&depth=0"])
def test_any_circuit_scrolls_in_its_own_box_on_a_phone(app, visit, query: str):
    page = visit(f"{app}/circuit{query}", PHONE_DARK)
    expect(diagram(page)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE_DARK.width


def test_what_is_downloaded_is_the_circuit(app, visit):
    page = settled(visit(f"{app}/circuit?qubits=2&depth=1"))
    contents = {}
    for title in (each.title for name, each in FORMATS.items() if name != "quirk"):
        with page.expect_download() as waiting:
            page.get_by_role("button", name=title).click()
        contents[title] = Path(waiting.value.path()).read_bytes()
    assert ElementTree.fromstring(contents["SVG drawing"]).tag.endswith("svg")
    assert contents["OpenQASM 2"].decode().count("cx q[0], q[1];") == 1
    assert contents["PNG picture"].startswith(b"\x89PNG")
    assert contents["OpenQASM 3"].decode().count("cx q[0], q[1];") == 1
    assert contents["Text drawing"].decode().count("RY") == 4
    assert contents["LaTeX (quantikz)"].decode().count(r"\ctrl") == 1
    for title, name in {"PennyLane script": "pennylane", "Qiskit script": "qiskit"}.items():
        compile(contents[title], title, "exec")
        assert f"import {name}" in contents[title].decode() or f"from {name}" in contents[title].decode()
    link = page.get_by_role("link", name="Open in Quirk").get_attribute("href")
    assert "%22Ryft%22" in link


def test_a_knob_is_turned_for_a_validation_picture_and_undone(trained_app, visit):
    page = visit(f"{trained_app}/circuit")
    page.get_by_text("A kept run").click()
    expect(page.get_by_text("For this picture the network says")).to_be_visible(timeout=FIRST_RUN_MS)
    settled(page)
    page.mouse.click(*spot(page, GATE))
    knob = page.get_by_role("slider", name=re.compile("Turn it by hand"))
    expect(knob).to_be_visible()
    judged = page.locator(".st-key-gate_details p", has_text="All validation pictures:")
    expect(judged).to_contain_text("of 6 right, loss")
    knob.press("ArrowRight")
    expect(page.get_by_text("One angle is turned by hand")).to_be_visible()
    expect(judged).to_contain_text("with the trained angle")
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_text("One angle is turned by hand")).to_have_count(0)


def test_a_picture_of_ones_own_goes_in_and_the_gates_say_what_they_contribute(trained_app, visit):
    page = visit(f"{trained_app}/circuit", PHONE_DARK)
    page.get_by_text("A kept run").click()
    expect(page.get_by_text("For this picture the network says")).to_be_visible(timeout=FIRST_RUN_MS)
    page.get_by_text("A picture of yours").click()
    picture = {"name": "mine.png", "mimeType": "image/png", "buffer": good_files()["PNG"]}
    page.locator("input[type=file]").set_input_files([picture])
    expect(page.get_by_text("For your picture the network says")).to_be_visible(timeout=FIRST_RUN_MS)
    page.get_by_text("What it contributes").click()
    expect(page.get_by_text("The number on a gate is")).to_be_visible(timeout=FIRST_RUN_MS)
    settled(page)
    assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= PHONE_DARK.width


def test_the_circuit_that_is_being_trained_moves_with_its_training(app, visit):
    page = visit(f"{app}/?source=drawn&backbone=efficientnet_lite0&engine=torch&epochs=500")
    start(page)
    wait_for(page, "Training: epoch", FIRST_RUN_MS)
    page.get_by_role("link", name="Circuit", exact=True).click()
    words = page.get_by_text(re.compile(r"In training: the angles after epoch \d+ of 500"))
    expect(words).to_be_visible()
    first = words.inner_text()
    expect(words).not_to_have_text(first)
    page.get_by_role("link", name="Train", exact=True).click()
    press(page, "Stop")
    wait_for(page, "Stopped after")
    reset(page)


def test_the_walk_is_stepped_and_plays_and_pauses(app, visit):
    page = visit(f"{app}/circuit", PHONE_DARK)
    page.get_by_role("slider", name="Step").press("ArrowRight")
    expect(page.get_by_text(re.compile(r"Step 1 of \d+"))).to_be_visible()
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.get_by_text(re.compile(r"Step ([3-9]|1\d) of \d+"))).to_be_visible()  # it does not wait for us
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    settled(page)
    assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= PHONE_DARK.width


def test_an_ansatz_is_measured_beside_another_on_a_phone(app, visit):
    page = visit(f"{app}/circuit?qubits=2&depth=1", PHONE_DARK)
    page.get_by_text("Compare with another ansatz").click()
    expect(page.get_by_text("Compared with: Ring, RY, depth 1")).to_be_visible()
    page.get_by_role("button", name="Measure expressibility and entanglement").click()
    expect(page.get_by_text("Entangling capability:")).to_have_count(2, timeout=FIRST_RUN_MS)
    page.get_by_role("button", name="Measure how gradients fade").click()
    expect(page.get_by_text("for every further qubit")).to_have_count(2, timeout=FIRST_RUN_MS)
    settled(page)
    expect(page.locator(".st-key-plateau_chart .js-plotly-plot")).to_have_count(1)
    assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= PHONE_DARK.width
