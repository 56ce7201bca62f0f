"""A session's uploads that outlive the widget they came by: Streamlit empties it when a person goes to another page."""

from __future__ import annotations

from collections.abc import Sequence

from ui.session.picture_requests import UploadedPicture

MOST_BYTES = 128 * 2**20  # of pictures whose widget is gone: any number of answered ones, which are small by then


class HeldUploads:
    """The pictures that a person has given and not taken back, in their order."""

    def __init__(self) -> None:
        self.pictures: dict[str, UploadedPicture] = {}
        self.listed: set[str] = set()  # the identifiers that the widget shows, so that they can be taken back there
        self.widget = ""

    def begin(self, widget: str) -> None:
        """Takes note of which widget shows its list from now on: what another one listed was not taken out of it."""
        if widget != self.widget:
            self.widget, self.listed = widget, set()

    def take(self, listed: Sequence[UploadedPicture]) -> list[UploadedPicture]:
        """Takes in what the widget shows now; returns the pictures of before that it does not show."""
        now = {picture.id: picture for picture in listed}
        before = _that_fit([picture for key, picture in self.pictures.items() if key not in now])
        self.pictures = {picture.id: picture for picture in before} | now
        self.listed = set(now)
        return before

    def changed(self, listed: Sequence[str]) -> None:
        """Forgets what a person has just taken out of the widget's list, given the identifiers that are left in it."""
        for key in self.listed - set(listed):
            self.pictures.pop(key, None)

    def take_back(self) -> None:
        """Forgets all that the widget does not show."""
        self.pictures = {key: picture for key, picture in self.pictures.items() if key in self.listed}


def _that_fit(pictures: Sequence[UploadedPicture]) -> list[UploadedPicture]:
    kept, size = [], 0
    for picture in pictures:
        size += picture.size
        if size > MOST_BYTES:
            break
        kept.append(picture)
    return kept
