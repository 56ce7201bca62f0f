"""The screen of a browser: the elements of a page by their place, with what is stale taken away."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from google.protobuf.message import Message
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

Place = tuple[int, ...]
# Where elements keep the words that a person reads.
WORDS = ("body", "label", "text", "value", "alt")


@dataclass(frozen=True)
class Placed:
    """An element or a block, which run of which fragment put it there, and when (`time.monotonic`)."""

    kind: str
    content: Message
    run: str
    fragment: str
    when: float


@dataclass
class Screen:
    """The page as far as it has been sent."""

    placed: dict[Place, Placed] = field(default_factory=dict)
    run: str = ""

    def begin(self, message: ForwardMsg) -> None:
        """Takes in that a run begins, to which all comes that follows."""
        self.run = message.metadata.run.script_run_id

    def put(self, message: ForwardMsg) -> None:
        """Takes in a delta."""
        delta = message.delta
        kind = delta.WhichOneof("type")
        content = getattr(delta, kind)
        if kind == "new_element":
            kind = content.WhichOneof("type") or "empty"
            content = getattr(content, kind, content)
        self.placed[tuple(message.metadata.delta_path)] = Placed(
            kind, content, self.run, delta.fragment_id, time.monotonic()
        )

    def finish(self, message: ForwardMsg) -> None:
        """Takes away what the run that has just ended did not draw again."""
        run, fragments = message.metadata.run.script_run_id, set(message.metadata.run.fragment_ids)
        self.placed = {
            place: each
            for place, each in self.placed.items()
            if each.run == run or (fragments and each.fragment not in fragments)
        }

    def of(self, kind: str) -> list[Placed]:
        """Returns all elements of a kind, from top to bottom."""
        return [each for _, each in sorted(self.placed.items()) if each.kind == kind]

    def named(self, kind: str, label: str) -> Placed | None:
        """Returns the element of this kind whose label begins so, Markdown's stars aside."""
        return next((each for each in self.of(kind) if each.content.label.strip("* ").startswith(label)), None)

    def words(self) -> str:
        """Returns all that can be read."""
        return "\n".join(words for _, words in self.said())

    def said(self) -> list[tuple[float, str]]:
        """Returns all that can be read, each with when it came."""
        return [
            (each.when, getattr(each.content, name))
            for _, each in sorted(self.placed.items())
            for name in WORDS
            if isinstance(getattr(each.content, name, 0), str)
        ]

    def errors(self) -> list[str]:
        """Returns the words of every error on screen."""
        alerts = [each.content.body for each in self.of("alert") if each.content.format == Alert.ERROR]
        return alerts + [each.content.message for each in self.of("exception")]
