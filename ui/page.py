"""How every page begins: the browser tab, the common look, and the navigation.

To add a page:
1. Write `ui/<name>_page.py`, its body, and `pages/<name>.py` as the others are: `set_up(...)`, then the body inside
   `with guarded():`, imported there, so that a server's first visitor reads the title while charts are still imported.
2. Add one line to `PAGES`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui.ahead import fetched_ahead
from ui.errors import as_plain_text, guarded
from ui.tidying import keep_tidy
from ui.trust import note_who_can_reach_us

APP_NAME = "Quantum transfer studio"


@dataclass(frozen=True)
class PageEntry:
    """A page of the app.

    Attributes:
        path: Its file, relative to app.py; the file's name is also its address (`pages/train.py` is `/train`).
        title: What it is called in the navigation and the browser tab.
        icon: A Material symbol (Streamlit serves the font itself; emoji would depend on the reader's system).
        description: One line, shown when the pointer rests on the link.
    """

    path: str
    title: str
    icon: str
    description: str


# The first page is the one that opens at the bare address.
PAGES = (
    PageEntry("pages/home.py", "Home", ":material/home:", "What this is, and a trained network at work."),
    PageEntry("pages/tour.py", "Tour", ":material/explore:", "What it is all about, in nine stops."),
    PageEntry("pages/train.py", "Train", ":material/model_training:", "Train the network and watch it learn."),
    PageEntry(
        "pages/runs.py", "Runs", ":material/table_rows:", "Every run that was kept: find, compare, go on, share."
    ),
    PageEntry("pages/predict.py", "Predict", ":material/image_search:", "Ask a trained run about your own pictures."),
    PageEntry("pages/circuit.py", "Circuit", ":material/schema:", "See the circuit gate by gate; take it with you."),
    PageEntry("pages/data.py", "Data", ":material/photo_library:", "Look at the pictures it learns from."),
    PageEntry("pages/learn.py", "Learn", ":material/school:", "The ideas behind it, each with something to play with."),
)

# A phone has no room for all pages: the one that is open is brought into sight.
_SHOW_WHERE = """<script>{
  const bar = document.querySelector(".st-key-navigation"), here = bar?.querySelector(".st-key-here");
  const show = () => { bar.scrollLeft = here.offsetLeft - (bar.clientWidth - here.offsetWidth) / 2; };
  if (here) new ResizeObserver(show).observe(here);  // called once it is laid out, and again if its font comes late
}</script>"""

_COLOURS = {"paper": "backgroundColor", "ink": "textColor"}  # the theme's, under names for our styles

# Kept to what config.toml cannot say. `st-key-...` is the class Streamlit gives to a container with that key.
_STYLE = """<style>
/* Lines of text and charts stay readable on a wide screen; the navigation takes the place of the empty header band. */
.stMain .stMainBlockContainer { max-width: 80rem; padding: 0 clamp(1rem, 4vw, 3rem) 4rem; }
/* Streamlit's header lies over it: only its menu button may take clicks. */
.stAppHeader { background: transparent; }
.stAppHeader, .stAppHeader * { pointer-events: none; }
.stAppHeader button, .stAppHeader button * { pointer-events: auto; }
/* The navigation: one line that stays in reach and never wraps; on a phone a finger moves it sideways. */
[data-testid="stLayoutWrapper"]:has(> .st-key-navigation) { position: sticky; top: 0; z-index: 100; }
.st-key-navigation { flex-wrap: nowrap; overflow-x: auto; scrollbar-width: none; gap: 0.25rem; align-items: center;
  min-height: 3.5rem; padding: 2px 2.5rem 2px 2px; background: var(--studio-paper);
  border-bottom: 1px solid color-mix(in srgb, currentColor 18%, transparent); }
.st-key-navigation > div { flex: 0 0 auto; width: auto; }
.st-key-navigation p { white-space: nowrap; }
/* The name, with a qubit for a mark: a sphere, its axis and a state on it. */
.studio-name { display: flex; align-items: center; gap: 0.6rem; margin-right: 1.25rem; }
.studio-name::before { content: ""; width: 1.15rem; height: 1.15rem; border: 2px solid; border-radius: 50%;
  background: radial-gradient(circle at 72% 28%, currentColor 0 22%, transparent 24%); }
/* The page one is on. */
.st-key-here a { background: color-mix(in srgb, currentColor 10%, transparent); }
.st-key-here a p { font-weight: 650; }
/* White on the dark theme's pale accent would be unreadable (1.9): the page's own colour is 7 or more on either. */
[data-testid="stBaseButton-primary"]:enabled { color: var(--studio-paper); }
.stMain h1 { font-size: 1.6rem; padding: 0.9rem 0 0; }
/* The Share button stands beside the title on a phone, too. */
.st-key-page_head { flex-wrap: nowrap; align-items: start; gap: 0.5rem; }
.st-key-page_head > :first-child { flex: 1 1 auto; min-width: 0; }
.st-key-page_head > :last-child:not(:first-child) { flex: none; width: auto; padding-top: 0.8rem; }
/* A setting's label has two lines: its name, and small below it a sentence (`ui.controls.labelled`). */
:is([class*="st-key-field_"], .st-key-exact_learning_rate, .st-key-playground, [class*="st-key-goes_on_"])
  label [data-testid="stMarkdownContainer"] p { white-space: pre-line; font-size: 0.8rem; line-height: 1.35;
  color: color-mix(in srgb, var(--studio-ink) 82%, var(--studio-paper)); }
:is([class*="st-key-field_"], .st-key-exact_learning_rate, .st-key-playground, [class*="st-key-goes_on_"])
  label [data-testid="stMarkdownContainer"] p::first-line { font-size: 0.875rem; font-weight: 600;
  color: var(--studio-ink); }
/* A word of the glossary: it can be looked up, and need not be. */
.stMain a[href*="learn?term="] { color: inherit; text-decoration: underline dotted; text-underline-offset: 0.2em; }
/* Streamlit's 0.6 leaves captions below WCAG AA on paper. */
[data-testid="stCaptionContainer"] { opacity: 0.75; }
/* A bar whose code is still being fetched is as high as the bar. */
[class*="st-key-progress_"] [data-testid="stSkeleton"] { height: 0.5rem; }
/* Whoever moves by keyboard sees where they are. */
a:focus-visible, button:focus-visible, [role="slider"]:focus-visible, summary:focus-visible {
  outline: 2px solid currentColor !important; outline-offset: 2px; }
:is([data-testid="stSelectbox"], [data-testid="stMultiSelect"]) > div:has(input:focus-visible),
[data-testid="stNumberInputContainer"]:has(input:focus-visible), .stMain:focus-visible,
.stMain :is([type="text"], [type="search"], textarea, canvas, [tabindex="0"], [role="radio"]):focus-visible {
  outline: 2px solid currentColor; outline-offset: -2px; border-radius: 0.5rem; }
/* A choice has no left edge where another stands before it: on a phone it may begin a line of its own. */
@media (max-width: 640px) { button[data-variant="segmented_control"]:not([data-selected]) {
  border-left: 1px solid color-mix(in srgb, var(--studio-ink) 20%, var(--studio-paper)); } }
/* A phone has room for the pages' names beside the menu button, not for their icons as well. */
@media (max-width: 640px) { .studio-name { margin-right: 0.5rem; }
  .studio-name b, .st-key-navigation a > :has(> [data-testid="stIconMaterial"]) { display: none; }
  .st-key-navigation { gap: 0; padding-right: 3.5rem; }
  .st-key-navigation a { padding-inline: 0.45rem; }
  /* Pages beyond the edge fade out below the menu button, so that one sees that there are more. */
  .st-key-navigation::after { content: ""; position: sticky; right: -3.5rem; flex: none; width: 4rem;
    margin: 0 -3.5rem 0 -0.5rem; align-self: stretch; pointer-events: none;
    background: linear-gradient(to right, transparent, var(--studio-paper) 35%); } }
@media (prefers-reduced-motion: reduce) { * { transition: none !important; animation: none !important; } }
</style>"""


def set_up(title: str, icon: str, heading: str, lead: str) -> None:
    """Sets the page up and draws the navigation, the heading and a first sentence; the first call of every page.

    A page cannot leave this to app.py: a deep link such as `/train` on a server that nobody has used yet runs the
    page's file without it.

    Args:
        title: The page's title in `PAGES`.
        icon: An emoji for the browser tab (a Material symbol would be fetched from an outside host).
        heading: What the page is for, in a few words.
        lead: The same in a sentence or two, as Markdown.
    """
    note_who_can_reach_us()
    keep_tidy()
    st.set_page_config(page_title=f"{title} · {APP_NAME}", page_icon=icon, layout="wide")
    colours = "".join(f"--studio-{name}: {_by_scheme(option)}; " for name, option in _COLOURS.items())
    st.html(f"{_STYLE}<style>.stApp {{ {colours}}}</style>")
    navigation = st.container(key="navigation", horizontal=True)
    head = st.container(key="page_head", horizontal=True)
    head.title(heading, anchor=False)
    st.markdown(lead)
    with guarded():
        _take_up_link(title, navigation, head)


def _by_scheme(option: str) -> str:
    return f"light-dark({st.get_option(f'theme.light.{option}')}, {st.get_option(f'theme.dark.{option}')})"


def _take_up_link(title: str, navigation: DeltaGenerator, head: DeltaGenerator) -> None:
    """Reads and writes the address, and draws what depends on it; what is imported here may wait for the title."""
    from ui import state
    from ui.share_panel import show_share

    state.follow_link()
    state.write_link()  # before the navigation, which takes the query along
    with navigation:
        st.html(f'<div class="studio-name"><b>{APP_NAME}</b></div>')
        for entry in PAGES:
            if entry.title == title or not state.hides(Path(entry.path).stem):
                _link(entry, here=entry.title == title)
        st.html(
            f"{_SHOW_WHERE}{fetched_ahead()}<!-- {title} -->", unsafe_allow_javascript=True
        )  # as new text, it is run on each page
    with head:
        show_share()
    for complaint in state.complaints():
        st.warning(as_plain_text(complaint))


def _link(entry: PageEntry, here: bool) -> None:
    # The query goes along, so that a link to a running job still names it on the next page.
    query = {name: st.query_params.get_all(name) for name in st.query_params}
    with st.container(key="here" if here else None, width="content"):
        st.page_link(entry.path, label=entry.title, icon=entry.icon, help=entry.description, query_params=query)
