"""A file that has arrived in part: the bytes, and beside them a note of which version of which file they are of.

The rest of a download may only be added to the same file. `<target>.part` holds the bytes, `<target>.part.from` the
address and the mark (ETag or date) that the server gave that version.
"""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message
from pathlib import Path


@dataclass(frozen=True)
class Part:
    """The part of `target` that has been fetched from `url` so far."""

    url: str
    target: Path

    @property
    def path(self) -> Path:
        """Where the bytes are."""
        return self.target.with_name(f"{self.target.name}.part")

    @property
    def _origin(self) -> Path:
        return self.target.with_name(f"{self.target.name}.part.from")

    def version(self) -> str:
        """Returns the server's mark of the version begun, or "" where the part cannot be continued."""
        if not (self.path.is_file() and self._origin.is_file()):
            return ""
        url, _, mark = self._origin.read_text(encoding="utf-8", errors="replace").partition("\n")
        return mark if url == self.url else ""

    def begin(self, headers: Message) -> None:
        """Notes which version is being fetched; only a strong mark allows resuming (RFC 9110, If-Range)."""
        etag = headers.get("ETag", "")
        mark = etag if etag and not etag.startswith("W/") else headers.get("Last-Modified", "")
        self._origin.write_text(f"{self.url}\n{mark}", encoding="utf-8")

    def discard(self) -> None:
        """Removes the bytes and the note."""
        self.path.unlink(missing_ok=True)
        self._origin.unlink(missing_ok=True)

    def finish(self) -> None:
        """Makes the part the target, in one step."""
        self.path.replace(self.target)
        self._origin.unlink(missing_ok=True)
