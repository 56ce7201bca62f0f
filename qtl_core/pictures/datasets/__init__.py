"""Data sets that were made in the app: their classes, pictures, parts, versions and tokens."""
