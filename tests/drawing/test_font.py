"""The font of PNGs: names that people give their runs are there to be read."""

from __future__ import annotations

import pytest

from qtl_core.drawing.font import FILE, font_of


@pytest.mark.parametrize(
    "name", ["größere Lernrate", "réseau à 4 qubits", "łódź", "муравьи и пчёлы", "αβγ", "⟨Z⟩ − φ · …"]
)
def test_names_in_other_languages_have_their_letters(name):
    font = font_of(24)
    missing = bytes(font.getmask("\ue000"))  # what the font shows for a sign it does not have
    assert [sign for sign in name if sign != " " and bytes(font.getmask(sign)) == missing] == []


def test_its_licence_comes_along():
    licence = FILE.with_name("LICENSE").read_text()
    assert "DejaVu" in licence
    assert "Bitstream Vera" in licence


def test_a_headline_fits_over_the_narrowest_column():
    from qtl_core.drawing.scene import NARROWEST

    assert all(font_of(12).getlength(word) < NARROWEST for word in ("superposition", "embedding", "measurement"))
