"""What comes together is answered together, each gets its own reply, and what fails fails alone."""

from __future__ import annotations

import asyncio
import threading

import pytest

from qtl_core.serving.batching import Batcher
from qtl_core.serving.refusals import Refused


def together(answer, questions, *, most_at_once=4, most_waiting=100):
    """Asks for all of them at once, before the first is answered; returns the replies, or what was raised."""

    async def ask():
        batcher = Batcher(answer, most_at_once, most_waiting)
        asked = [asyncio.create_task(batcher.ask(each)) for each in questions]
        await asyncio.sleep(0)
        running = asyncio.create_task(batcher.run())
        found = await asyncio.gather(*asked, return_exceptions=True)
        running.cancel()
        return found, batcher

    return asyncio.run(ask())


def test_what_waits_is_answered_together_in_bounded_batches():
    sizes = []

    def answer(numbers):
        sizes.append(len(numbers))
        return [10 * number for number in numbers]

    found, batcher = together(answer, [[n] for n in range(10)])
    assert found == [[10 * n] for n in range(10)]
    assert sizes == [4, 4, 2] and (batcher.answered, batcher.batches, batcher.waiting) == (10, 3, 0)


def test_several_questions_of_one_keep_their_order_across_batches():
    found, _ = together(lambda numbers: [-n for n in numbers], [[1, 2, 3], [4, 5, 6]])
    assert found == [[-1, -2, -3], [-4, -5, -6]]


def test_one_that_fails_spoils_no_other_s_answer():
    def answer(numbers):
        if 3 in numbers:
            raise ZeroDivisionError
        return numbers

    found, batcher = together(answer, [[1], [2], [3], [4]])
    assert found[:2] == [[1], [2]] and found[3] == [4] and isinstance(found[2], ZeroDivisionError)
    assert batcher.waiting == 0


def test_more_than_may_wait_is_refused_and_nothing_of_it_is_asked():
    asked = []
    found, _ = together(lambda numbers: asked.extend(numbers) or numbers, [[1, 2], [3, 4], [5]], most_waiting=3)
    assert found[0] == [1, 2] and found[2] == [5] and asked == [1, 2, 5]
    assert isinstance(found[1], Refused) and found[1].status == 503


def test_who_has_gone_is_not_answered():
    asked = []

    async def leave():
        batcher = Batcher(lambda numbers: asked.extend(numbers) or numbers, 4, 10)
        gone, here = (asyncio.create_task(batcher.ask([number])) for number in (1, 2))
        await asyncio.sleep(0)
        gone.cancel()
        running = asyncio.create_task(batcher.run())
        assert await here == [2]
        running.cancel()

    asyncio.run(leave())
    assert asked == [2]


def test_what_comes_during_an_answer_is_answered_in_the_next_batch():
    begun, go_on, sizes = threading.Event(), threading.Event(), []

    def answer(numbers):
        sizes.append(len(numbers))
        begun.set()
        assert go_on.wait(30)
        return numbers

    async def ask():
        batcher = Batcher(answer, 8, 10)
        running = asyncio.create_task(batcher.run())
        first = asyncio.create_task(batcher.ask([1]))
        await asyncio.to_thread(begun.wait, 30)
        others = [asyncio.create_task(batcher.ask([number])) for number in (2, 3)]
        await asyncio.sleep(0)
        go_on.set()
        assert await first == [1] and [await each for each in others] == [[2], [3]]
        running.cancel()

    asyncio.run(ask())
    assert sizes == [1, 2]


@pytest.mark.parametrize("count", [0, 1])
def test_no_question_needs_no_answer(count):
    found, _ = together(lambda numbers: numbers, [[]] * count)
    assert found == [[]] * count
