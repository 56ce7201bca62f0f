"""The entry: `streamlit run app.py`. It registers the pages; everything else is theirs.

The address of the first page is `/` and also its own name (`/train`): both are registered, or a reload of one
of them would say that there is no such page.
"""

from __future__ import annotations

import streamlit as st

from ui.page import PAGES

first = PAGES[0]
start = st.Page(first.path, title=first.title, url_path="", default=True)
named = [st.Page(entry.path, title=entry.title) for entry in PAGES]
st.navigation([*named, start], position="hidden").run()
