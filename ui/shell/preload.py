"""Code that the browser fetches before it is needed: a first table takes it a second otherwise, however short it is."""

from __future__ import annotations

from ui.base.streamlit_internals import client_file

FIRST_MS = 2_000  # after a page has come: nobody's first sight of anything is to wait for this

_SCRIPT = """<script>{
  const client = document.querySelector('script[type="module"][src*="static/js/"]');
  const fetchCode = () => import(new URL("%s", client.src)).catch(() => {});  // without it, the table fetches it
  if (client && !window.studioFetchesAhead) {
    window.studioFetchesAhead = true;
    setTimeout(() => (window.requestIdleCallback ?? setTimeout)(fetchCode), %d);
  }
}</script>"""


def fetched_ahead() -> str:
    """Returns a script that fetches what tables are drawn with; "" where this version of Streamlit has it elsewhere."""
    name = client_file("DataFrame")
    return _SCRIPT % (name, FIRST_MS) if name else ""
