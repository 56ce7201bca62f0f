"""The pages of the app, in the order of the navigation."""

from __future__ import annotations

from dataclasses import dataclass

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
    PageEntry("pages/tour.py", "Tour", ":material/explore:", "What it is all about, in eleven stops."),
    PageEntry("pages/train.py", "Train", ":material/model_training:", "Train the network and watch it learn."),
    PageEntry(
        "pages/runs.py", "Runs", ":material/table_rows:", "Every run that was kept: find, compare, go on, share."
    ),
    PageEntry(
        "pages/study.py", "Studies", ":material/query_stats:", "How sure is that? Hundreds of runs answer a question."
    ),
    PageEntry("pages/predict.py", "Predict", ":material/image_search:", "Ask a trained run about your own pictures."),
    PageEntry("pages/circuit.py", "Circuit", ":material/schema:", "See the circuit gate by gate; take it with you."),
    PageEntry(
        "pages/paper_machine.py",
        "Machine",
        ":material/memory:",
        "Run a head on the paper's quantum computer, simulated with its measured errors.",
    ),
    PageEntry(
        "pages/data.py",
        "Data",
        ":material/photo_library:",
        "Make a set of your own pictures, or look at those it learns from.",
    ),
    PageEntry("pages/learn.py", "Learn", ":material/school:", "The ideas behind it, each with something to play with."),
)
