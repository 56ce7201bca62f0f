"""Takes out of a picture what says where, when and with what it was taken: GPS, camera, comments, small copies.

Pixels stay as they came, to the byte, wherever the file can be rewritten without decoding it: `cleaning` says for
which. What is kept beside them is what they need to look the same: rotation, colour profile, transparency.
"""

from __future__ import annotations

from qtl_core.pictures.decoding.metadata.cleaning import CleanPicture, cleaned, without_metadata

__all__ = ["CleanPicture", "cleaned", "without_metadata"]
