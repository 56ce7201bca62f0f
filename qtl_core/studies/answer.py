"""The answer of a study so far: its sentences and comparisons, worked out in a worker so that no page waits for them.

No scipy at the top, because pages make jobs from this module.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

from qtl_core.common.progress import Progress, ShouldStop
from qtl_core.jobs import JobSpec, JobView
from qtl_core.studies.comparisons import Comparison, compared, usual_measure
from qtl_core.studies.facts import said_of
from qtl_core.studies.plain_answers import NOT_YET, is_ready, plain_answer
from qtl_core.studies.rows import MEASURES
from qtl_core.studies.store import StudyStore
from qtl_core.studies.winner import best_of, is_choice
from qtl_core.studies.words import is_under_way, limits_words, plan_words, result_words

SENTENCE = "sentence"  # the fact that says in lists what came out when it was last worked out
ANSWER = "answer"  # the fact that holds all of it: of 100,000 runs it takes seconds
FORM = 4  # raised where words or statistics change, so that no answer of before is taken for one of now
Request = tuple[str, str]  # the study, and what is measured or ""


@dataclass(frozen=True)
class Answer:
    """The answer of a study so far.

    Attributes:
        asked: The plan as a sentence.
        done: How many runs it rests on.
        planned: How many there are to be, each once.
        measure: What was compared, one of `measures`.
        measures: What can be: the names in `MEASURES` of which there are figures.
        sentence: What came out.
        limits: What that does not show.
        comparisons: Every one, in the order of the grid.
        has_best: Whether there is a best setting that can be repeated with fresh seeds, and was not yet.
        plain: The answer to a ready question in plain words, or "".
        under_way: Whether runs are to come: until then there is no verdict.
    """

    asked: str
    done: int
    planned: int
    measure: str
    measures: tuple[str, ...]
    sentence: str
    limits: str
    comparisons: tuple[Comparison, ...]
    has_best: bool = False
    plain: str = ""
    under_way: bool = False


def answer_of(store: StudyStore, measure: str = "") -> Answer:
    """Returns what came out so far.

    Args:
        store: The study.
        measure: What is compared; "" for what chose nothing, see `usual_measure`.
    """
    plan, rows, facts = store.plan, store.rows(), said_of(store)
    there = tuple(name for name in MEASURES if any(row.measure(name) is not None for row in rows.values()))
    wanted = measure or plan.measure
    measure = wanted if wanted in there else usual_measure(list(rows.values()))
    found = compared(plan, rows, measure)
    sentence, limits = result_words(plan, rows, found, measure, facts), limits_words(plan, measure, facts)
    counted = len(rows), plan.planned
    has_best = is_choice(plan) and plan.repeat is None and best_of(plan, rows) is not None
    under_way = is_under_way(plan, rows, facts)
    plain = NOT_YET if under_way and is_ready(plan) else plain_answer(plan, rows, found, measure)
    return Answer(
        plan_words(plan), *counted, measure, there, sentence, limits, tuple(found), has_best, plain, under_way
    )


def keep_answer(store: StudyStore, answer: Answer) -> None:
    """Keeps an answer with its study, so that a page has it at once another time."""
    store.keep_fact(SENTENCE, f"{answer.plain} {answer.sentence}".strip())
    store.keep_fact(ANSWER, {"form": FORM, "spent": store.is_spent, **asdict(answer)})


def kept_answer(store: StudyStore, done: int) -> Answer | None:
    """Returns the answer that is kept, where it rests on so many runs and says what this version would; else None."""
    kept = store.fact(ANSWER)
    if not isinstance(kept, dict) or kept.pop("form", 0) != FORM or kept.get("done") != done:
        return None
    if kept.pop("spent", False) != store.is_spent:
        return None
    try:
        found = [Comparison(**each) for each in kept.pop("comparisons")]
        return Answer(**{**kept, "measures": tuple(kept["measures"])}, comparisons=tuple(found))
    except (KeyError, TypeError):
        return None


def answer_job(study_id: str, measure: str, owner: str) -> JobSpec[JobView[Answer]]:
    """Returns the job that works the answer out; arguments as for `answer_of`."""
    return JobSpec("qtl_core.studies.answer:run_answer_job", (study_id, measure), owner)


def run_answer_job(request: Request, emit: Callable[[Progress | Answer], None], should_stop: ShouldStop) -> None:
    """Does the job in a worker process."""
    study_id, measure = request
    store = StudyStore(study_id)
    answer = answer_of(store, measure)
    if not measure:
        keep_answer(store, answer)
    emit(answer)
