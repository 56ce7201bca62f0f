"""The entry: `streamlit run app.py`. It registers the pages; everything else is theirs.

The address of the first page is `/` and also its own name (`/train`): both are registered, or a reload of one
of them would say that there is no such page. A link with settings or a run that names no page is one to Train.
"""

from __future__ import annotations

import streamlit as st

from ui.base.pages import PAGES

first = PAGES[0]
start = st.Page(first.path, title=first.title, url_path="", default=True)
named = [st.Page(entry.path, title=entry.title) for entry in PAGES]
page = st.navigation([*named, start], position="hidden")
if page.url_path == "" and st.query_params:
    from ui.session.link import LINKED  # imported here, so that the first page's words do not wait for it

    if not set(LINKED).isdisjoint(st.query_params):
        st.switch_page("pages/train.py", query_params={name: st.query_params.get_all(name) for name in st.query_params})
page.run()
