"""Data sets that people make in the app: pictures in classes, changed with undo, trained on by version.

A set is a folder of its own (see `layout`): one SQLite file that says what is in it, and its pictures.
"""
