"""A session's pictures and the angles that it turned; all of it leaves with the session."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from ui.base import job_managers
from ui.session.part import SessionPart

if TYPE_CHECKING:  # every page begins by asking for the session: what answers pictures is imported where it is needed
    from ui.session.answer_queue import AnswerQueue
    from ui.session.held_frames import HeldFrames
    from ui.session.held_uploads import HeldUploads
    from ui.session.session_jobs import SessionJobs


class Predict(SessionPart):
    """The answers for the session's pictures on the Predict page."""

    KEY: ClassVar[str] = "session_predict"

    @cached_property
    def answers(self) -> AnswerQueue:
        """The answers."""
        return _answer_queue()

    @cached_property
    def other_answers(self) -> AnswerQueue:
        """Those of the run that is compared with."""
        return _answer_queue()

    @cached_property
    def uploads(self) -> HeldUploads:
        """The pictures given on this page or on the tour."""
        from ui.session.held_uploads import HeldUploads

        return HeldUploads()

    @cached_property
    def held(self) -> HeldFrames:
        """The pictures held before the camera while it is chosen."""
        from ui.session.held_frames import HeldFrames

        return HeldFrames()

    @cached_property
    def reasons(self) -> SessionJobs:
        """The questions about the answers."""
        from ui.session.session_jobs import SessionJobs

        return SessionJobs(job_managers.express_jobs())


@dataclass
class Circuit(SessionPart):
    """The state of the Circuit page.

    Attributes:
        turned_circuit: The circuit whose angles were turned.
        angles: Its trained angles that were turned by hand, radians by position; use `turned`.
    """

    KEY: ClassVar[str] = "session_circuit"

    turned_circuit: str = ""
    angles: dict[int, float] = field(default_factory=dict)

    @cached_property
    def answers(self) -> AnswerQueue:
        """The answer for the picture in the circuit; whether it is unlike those of training is not asked there."""
        return _answer_queue(with_ood=False)

    def turned(self, circuit: str) -> dict[int, float]:
        """Returns the trained angles of this circuit that were turned by hand, to be changed by the caller.

        Those of one circuit are remembered at a time: whoever shows another one lets go of them.
        """
        if self.turned_circuit != circuit:
            self.turned_circuit, self.angles = circuit, {}
        return self.angles


def _answer_queue(*, with_ood: bool = True) -> AnswerQueue:
    from ui.session.answer_queue import AnswerQueue

    return AnswerQueue(with_ood=with_ood)
