"""Things to play with on the Learn page, a module a topic, each with `show() -> None`.

To add a topic: its text in `qtl_core/learn/ideas.py` or `uses.py`, what it computes in a module beside it, and a
module here of the topic's key. A module is imported when its topic is looked at.
"""
