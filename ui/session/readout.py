"""The dial of a session: how the answers on Predict and on results are read out. Training has settings of its own.

It is in the address (`ui.session.dial_link`), so it outlives a reload and goes along in a shared link.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar

from qtl_core.settings import ReadoutSettings
from ui.session.dial_link import DialState
from ui.session.part import SessionPart

if TYPE_CHECKING:
    from qtl_core.readout.inputs import ReadoutInputs

EXACT = ReadoutSettings()


@dataclass(frozen=True, eq=False)
class Beside:
    """A run that a person left at the dial to train another, and that is read beside that one.

    Attributes:
        inputs: Its pictures.
        noun: What they are called.
        key: Tells the run from others.
        title: What to call it, within a sentence.
    """

    inputs: ReadoutInputs
    noun: str
    key: tuple[object, ...]
    title: str


@dataclass
class Readout(SessionPart):
    """The state of the dial, the same on all pages.

    Attributes:
        settings: How answers are read out.
        mitigate: Names of `qtl_core.readout.methods.METHODS`.
        seed: What decides the shots; another one is another draw.
        jobs: The job that was asked for last, by its kind.
        read: The state of the dial that was read out last: where it turns back to.
        beside: The run from whose dial the run on screen was begun.
        opens: Whether the next results open on the dial.
    """

    KEY: ClassVar[str] = "session_readout"

    settings: ReadoutSettings = EXACT
    mitigate: tuple[str, ...] = ()
    seed: int = 0
    jobs: dict[str, str] = field(default_factory=dict)
    read: DialState = field(default_factory=DialState)
    beside: Beside | None = None
    opens: bool = False

    @property
    def dial(self) -> DialState:
        """The state that a link says."""
        return DialState(self.settings, self.mitigate, self.seed)

    def turn_to(self, dial: DialState) -> None:
        """Takes what a link says."""
        self.settings, self.mitigate, self.seed = dial.settings, dial.mitigate, dial.seed

    def change(self, name: str, value: object) -> None:
        """Takes a new value of one setting of the readout; another machine's layout would name other qubits."""
        changes: dict[str, object] = {name: value} | ({"layout": ""} if name == "machine" else {})
        self.settings = replace(self.settings, **changes)  # type: ignore[arg-type]

    def turn_back(self) -> None:
        """Turns to what was read out last, in place of what takes too long; to exact where that is the same."""
        self.turn_to(self.read if self.read != self.dial else DialState())

    def draw_again(self) -> None:
        """Has the shots fall anew."""
        self.seed += 1
