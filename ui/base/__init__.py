"""Helpers for all of ui: errors in words, colours, wording, job managers, assets, uploads."""
