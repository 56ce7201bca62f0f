"""The pictures that are there more than once, two beside each other, those that matter first."""

from __future__ import annotations

from html import escape
from pathlib import Path

import streamlit as st

from qtl_core.common.errors import Unavailable
from qtl_core.pictures.sources.dataset import Copy, Dataset
from qtl_core.pictures.sources.duplicates import CHANGED, name_of
from ui.base.assets import jpeg_address, stylesheet
from ui.base.theme import WRONG
from ui.session import keys
from ui.widgets.choices import leaf
from ui.widgets.pictures import thumbnail

PAGE_SIZE = 12  # pairs on one page: divides by 3 and 2, the columns of wide and narrow screens


def show_copies(dataset: Dataset, folder: Path) -> None:
    """Shows all copies below a line that counts them; nothing where there are none.

    Args:
        dataset: The pictures.
        folder: Below which their names are told.
    """
    copies = sorted(dataset.copies, key=lambda copy: (not copy.is_across, not copy.has_two_labels))
    if not copies:
        return
    count = "1 copy was" if len(copies) == 1 else f"{len(copies)} copies were"
    matter = sum(copy.is_across or copy.has_two_labels for copy in copies)
    with st.expander(f"{count} found among the pictures", icon=":material/content_copy:", expanded=matter > 0):
        st.caption(_in_words(matter, len(copies)))
        part = leaf(len(copies), PAGE_SIZE, keys.DATA_COPIES, "copies")
        pairs = "".join(_pair(copy, folder) for copy in copies[part])
        st.html(f'{stylesheet(__file__)}<div class="copies" style="--wrong: {WRONG}">{pairs}</div>')


def _in_words(matter: int, count: int) -> str:
    rest, others = "the same picture again in its own class and part, which changes little", count - matter
    if not matter:
        return f"{'It' if count == 1 else 'Each'} is {rest}."
    of_them = f"{matter} of them {'is' if matter == 1 else 'are'} marked"
    marked = of_them if others else "It is marked" if count == 1 else "All are marked"
    return f"{marked} in red: a copy among the pictures the run is checked with, or one in another class." + (
        f" {'The other' if others == 1 else 'Each of the others'} is {rest}." if others else ""
    )


def _pair(copy: Copy, folder: Path) -> str:
    names = [name_of(picture.path, folder) for picture in (copy.one, copy.other)]
    images = "".join(_image(picture.path, name) for picture, name in zip((copy.one, copy.other), names, strict=True))
    faults = [*(["in both parts"] if copy.is_across else []), *(["in two classes"] if copy.has_two_labels else [])]
    marked = f"<b>{' and '.join(faults).capitalize()}</b>: " if faults else ""
    how = "equal, byte for byte" if copy.same_bytes else f"nearly equal, as after a change of {CHANGED}"
    said = "<br>".join(map(escape, names))
    words = marked + how if faults else how.capitalize()
    return f"<figure><div>{images}</div><figcaption>{words}<br>{said}</figcaption></figure>"


def _image(path: Path, name: str) -> str:
    small = thumbnail(str(path))
    if isinstance(small, Unavailable):
        return f'<span class="lost">{small.why}</span>'
    return f'<img src="{jpeg_address(small)}" alt="{escape(name)}" decoding="async">'
