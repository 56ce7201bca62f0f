"""The files that were found and are not used, each with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st


def show_skipped_files(files: Sequence[tuple[str, str]]) -> None:
    """Lists (file, reason) pairs below a line that counts them; shows nothing where there are none.

    As a table, not as Markdown: a file's name is shown as it is.
    """
    if not files:
        return
    count = "1 file was" if len(files) == 1 else f"{len(files)} files were"
    with st.expander(f"{count} passed over", icon=":material/block:"):
        st.dataframe(
            {
                "file": [Path(file).name for file, _ in files],
                "reason": [reason for _, reason in files],
                "folder": [str(Path(file).parent) for file, _ in files],
            },
            hide_index=True,
        )
