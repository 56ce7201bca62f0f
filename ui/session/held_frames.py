"""Pictures that a session held before the camera: the last few, in memory alone."""

from __future__ import annotations

from ui.session.picture_requests import UploadedPicture

MOST = 12  # pictures of some 60 KB, 2 MB at the most


class HeldFrames:
    """The pictures, and how many there have been."""

    def __init__(self) -> None:
        self.pictures: dict[str, UploadedPicture] = {}
        self.last, self.count = "", 0

    def add(self, picture: UploadedPicture) -> bool:
        """Takes a picture in; the oldest makes room. Returns False for one that was the last already."""
        if picture.id == self.last:  # the browser's word comes again when a page is run again
            return False
        self.pictures[picture.id] = picture
        self.last, self.count = picture.id, self.count + 1
        while len(self.pictures) > MOST:
            del self.pictures[next(iter(self.pictures))]
        return True

    def newest_first(self) -> list[UploadedPicture]:
        """Returns them, the newest first."""
        return list(reversed(self.pictures.values()))

    def clear(self) -> None:
        """Lets go of all of them."""
        self.pictures.clear()
