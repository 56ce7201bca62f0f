"""QR codes of links, read by another program than the one that wrote them."""

from __future__ import annotations

import base64
import re
from urllib.parse import unquote

import numpy as np
import pytest
import zxingcpp

from ui.shell.qr_code import LONGEST, qr_code

TASK = "http://192.168.1.20:8501/train?depth=3&hide=circuit,depth&task=How+few+qubits+are+enough%3F%0A%C3%9Cben!"


def pixels(picture: str) -> np.ndarray:
    """The squares of an SVG of one dark path on white, as grey levels: it is all moves and horizontal lines."""
    head, _, body = picture.partition(",")
    svg = base64.b64decode(body).decode() if "base64" in head else unquote(body)
    side = int(re.search(r"width=['\"](\d+)['\"]", svg)[1]) // 8
    grid = np.full((side, side), 255, np.uint8)
    x = y = 0.0
    for sign, numbers in re.findall(r"([Mmh])([-\d. ]+)", re.findall(r"d=['\"]([^'\"]+)['\"]", svg)[-1]):
        found = [float(each) for each in re.findall(r"-?\d*\.?\d+", numbers)]
        if sign == "h":
            grid[int(y), int(x) : int(x + found[0])] = 0
            x += found[0]
        else:
            x, y = (found[0], found[1]) if sign == "M" else (x + found[0], y + found[1])
    return np.kron(grid, np.full((4, 4), 1, np.uint8))


@pytest.mark.parametrize("link", [TASK, "http://[fd00::2]:8501/", "http://10.0.0.1:8501/train?task=" + "x" * 900])
def test_a_code_reads_as_its_link(link):
    assert [each.text for each in zxingcpp.read_barcodes(pixels(qr_code(link)))] == [link]


def test_a_link_that_no_camera_reads_across_a_room_has_none():
    assert qr_code("http://10.0.0.1/" + "x" * LONGEST) == ""
    assert qr_code("http://10.0.0.1/")
