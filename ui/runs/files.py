"""Files to take along: made only when somebody asks for them."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from qtl_core.drawing.charts import Chart, chart_png, chart_svg


def offer_chart(title: str, make: Callable[[], Chart], name: str) -> None:
    """Offers a chart as SVG and as PNG."""
    offer_file(f"{title} as SVG", lambda: chart_svg(make()), f"{name}.svg", "image/svg+xml")
    offer_file(f"{title} as PNG", lambda: chart_png(make()), f"{name}.png", "image/png")


def offer_file(title: str, write: Callable[[], str | bytes], file: str, mime: str) -> None:
    """Offers one file."""
    st.download_button(
        title,
        write,
        file_name=file,
        mime=mime,
        icon=":material/download:",
        on_click="ignore",
        key=f"offer_{file}",
        type="tertiary",
    )
