"""The dial of a session: how the answers on Predict and on results are read out. Training has settings of its own.

It is in the address (`ui.session.dial_link`), so it outlives a reload and goes along in a shared link.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from qtl_core.settings import ReadoutSettings
from ui.session.dial_link import DialState
from ui.session.part import SessionPart

EXACT = ReadoutSettings()


@dataclass
class Readout(SessionPart):
    """The state of the dial, the same on all pages.

    Attributes:
        settings: How answers are read out.
        mitigate: Names of `qtl_core.readout.mitigation.METHODS`.
        seed: What decides the shots; another one is another draw.
        job: The reading that was asked for last.
    """

    KEY: ClassVar[str] = "session_readout"

    settings: ReadoutSettings = EXACT
    mitigate: tuple[str, ...] = ()
    seed: int = 0
    job: str | None = None

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

    def draw_again(self) -> None:
        """Has the shots fall anew."""
        self.seed += 1
