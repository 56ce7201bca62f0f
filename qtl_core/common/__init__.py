"""Helpers for every room: errors for people, checks of arguments, progress and stop, paths, moments."""
