"""The circuit as files to take along, and as code to read."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from qtl_core.export import FORMATS
from qtl_core.network.gates import Circuit


def show_exports(circuit: Circuit, *numbers: np.ndarray) -> None:
    """Shows the files: of the circuit with its picture's angles and its trained angles."""
    st.subheader("Take it with you", anchor=False)
    with st.container(horizontal=True, key="exports"):
        for name, each in FORMATS.items():
            if name == "quirk":
                st.link_button(
                    "Open in Quirk", str(each.write(circuit, *numbers)).strip(), icon=":material/open_in_new:"
                )
            else:
                write = partial(each.write, circuit, *numbers)
                st.download_button(
                    each.title,
                    write,
                    file_name=each.file,
                    mime=each.mime,
                    key=f"export_{name}",
                    icon=":material/download:",
                    on_click="ignore",
                )
    with st.expander("The PennyLane code", icon=":material/code:"):
        st.code(FORMATS["pennylane"].write(circuit, *numbers), language="python", height=320)
