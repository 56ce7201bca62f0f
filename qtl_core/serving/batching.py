"""Batches: what comes while a batch is answered waits, and is answered together in the next one."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

from qtl_core.serving.refusals import busy

Question = TypeVar("Question")
Reply = TypeVar("Reply")


@dataclass(frozen=True, eq=False)
class _Waiting(Generic[Question, Reply]):
    question: Question
    reply: asyncio.Future[Reply]


class Batcher(Generic[Question, Reply]):
    """A queue in front of something that answers many questions better at once than one by one.

    Args:
        answer: Returns a reply for each question, in their order; called in one thread of its own.
        most_at_once: Questions that it is called with.
        most_waiting: Questions that may wait.

    Attributes:
        answered: How many got a reply.
        batches: How often `answer` was called for them.
    """

    def __init__(
        self, answer: Callable[[Sequence[Question]], Sequence[Reply]], most_at_once: int, most_waiting: int
    ) -> None:
        self._answer, self._most_at_once, self._most_waiting = answer, most_at_once, most_waiting
        self._queue: deque[_Waiting[Question, Reply]] = deque()
        self._come = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, "answering")
        self.answered = self.batches = 0

    @property
    def waiting(self) -> int:
        """Number of questions that wait, but for those that are being answered."""
        return len(self._queue)

    async def ask(self, questions: Sequence[Question]) -> list[Reply]:
        """Returns the replies to some questions, in their order.

        Raises:
            Refused: Too many wait already.
            Exception: What the first question raised that could not be answered.
        """
        if self.waiting + len(questions) > self._most_waiting:
            raise busy()
        loop = asyncio.get_running_loop()
        asked = [_Waiting[Question, Reply](question, loop.create_future()) for question in questions]
        self._queue.extend(asked)
        self._come.set()
        try:
            return list(await asyncio.gather(*(each.reply for each in asked)))
        finally:
            for each in asked:
                each.reply.cancel()  # of one that failed, or of somebody who has gone, the others need no answer

    async def run(self) -> None:
        """Answers until it is cancelled."""
        while True:
            await self._come.wait()
            self._come.clear()
            while self._queue:
                await self._answer_batch(self._next_batch())

    def _next_batch(self) -> list[_Waiting[Question, Reply]]:
        taken: list[_Waiting[Question, Reply]] = []
        while self._queue and len(taken) < self._most_at_once:
            each = self._queue.popleft()
            if not each.reply.done():
                taken.append(each)
        return taken

    async def _answer_batch(self, batch: Sequence[_Waiting[Question, Reply]]) -> None:
        """Answers questions together; where that fails, one by one, so that none spoils another's answer."""
        if not batch:
            return
        loop, questions = asyncio.get_running_loop(), [each.question for each in batch]
        try:
            replies = await loop.run_in_executor(self._thread, self._answer, questions)
        except Exception as error:
            if len(batch) == 1:
                _settle(batch[0].reply, error=error)
                return
            for each in batch:
                await self._answer_batch([each])
            return
        self.batches += 1
        for each, reply in zip(batch, replies, strict=True):
            self.answered += 1
            _settle(each.reply, reply)


def _settle(future: asyncio.Future[Reply], reply: Reply | None = None, *, error: Exception | None = None) -> None:
    if future.done():  # whoever asked has gone
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(reply)  # type: ignore[arg-type]  # None only where there is an error
