"""The entry of `streamlit run app.py`, twice over: what its server is, and the script that it runs for a page.

The server imports this file for `app` (it finds the assignment by reading the source): Streamlit's own server with
the app's routes beside it. Then it runs the same file as the script, which registers the pages; the rest is theirs.

The address of the first page is `/` and also its own name (`/train`): both are registered, or a reload of one
of them would say that there is no such page. A link with settings or a run that names no page is one to Train, one
with a study to Studies.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ui.base.streamlit_internals import is_script_run

if is_script_run():
    from ui.base.pages import PAGES

    first = PAGES[0]
    start = st.Page(first.path, title=first.title, url_path="", default=True)
    named = [st.Page(entry.path, title=entry.title) for entry in PAGES]
    page = st.navigation([*named, start], position="hidden")
    if page.url_path == "" and st.query_params:
        from ui.session.link import LINKED  # imported here, so that the first page's words do not wait for it
        from ui.session.selections import STUDY_PARAMETER

        if not set(LINKED).isdisjoint(st.query_params):
            query = {name: st.query_params.get_all(name) for name in st.query_params}
            st.switch_page(f"pages/{'study' if STUDY_PARAMETER in query else 'train'}.py", query_params=query)
    page.run()
else:
    from ui.shell.routes import lifespan, own_middleware, own_routes

    app = st.App(Path(__file__).resolve(), routes=own_routes(), middleware=own_middleware(), lifespan=lifespan)
