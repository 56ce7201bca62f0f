"""The words of the field, each in one plain sentence; pages show it as a tooltip, the Learn page in full.

To add a term: an entry in the part it belongs to. Terms that are mentioned in texts are checked by the tests.
"""
