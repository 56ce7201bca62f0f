"""Kept runs set beside each other: which can be, what their settings and figures differ in, and by more than chance."""
