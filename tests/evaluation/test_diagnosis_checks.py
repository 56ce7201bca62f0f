"""What is said to be looked for is what the checks look for, when they do, and where they do not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qtl_core.evaluation.diagnosis.checks import CHECKS, SOUGHT_AT_THE_END, diagnose, sought_in_words
from qtl_core.runs.view import TrainedRun
from tests.helpers.made_histories import answers, by_heart, history, numbers_history

LATE = "The last five are looked for at the end."
NOT_LOOKED_AT = "Whether training pictures are learnt is not looked at"
AT_THE_END = {
    "underfitted": history((10, 9), ((3, 1), (2, 2)), [0.66] * 30, accuracy=12 / 19),
    "never_answered": history((10, 10), ((4, 0), (4, 0)), [0.6, 0.3]),
    "kept_early": history(
        (10, 10),
        ((3, 1), (1, 3)),
        [0.69, 0.3],
        probabilities=[answers(((3, 1), (1, 3)), sure) for sure in (0.55, 0.7)],
        accuracy=1.0,
    ),
    "nothing_to_learn": history((60, 60), ((10, 10), (10, 10)), [0.69, 0.6, 0.5, 0.45, 0.4], accuracy=0.9),
    "still_falling": history((100, 100), losses=list(np.linspace(0.69, 0.45, 8)), accuracy=0.8),
}
AT_THE_END["slow_for_numbers"] = numbers_history()
first, last = AT_THE_END["kept_early"].epochs
AT_THE_END["kept_early"] = replace(AT_THE_END["kept_early"], epochs=(replace(first, train_accuracy=0.5), last))


def words(**changes: object) -> str:
    return sought_in_words(TrainedRun.of(history(**changes)))


@pytest.mark.parametrize("check", SOUGHT_AT_THE_END, ids=lambda check: check.__name__)
def test_what_is_looked_for_at_the_end_is_found_then_and_not_before(check):
    view = AT_THE_END[check.__name__]
    assert check(view) is not None
    assert check(replace(view, ended=None)) is None


def test_a_rate_too_low_for_few_numbers_is_looked_for_in_points_and_tables_alone():
    sought = "a learning rate too low for rows of few numbers"
    assert sought in sought_in_words(TrainedRun.of(numbers_history())) and sought not in words()


def test_others_are_looked_for_while_training():
    for view in (by_heart(), history((40, 40), ((20, 0), (20, 0)), [0.9, 0.8])):
        assert diagnose(replace(view, ended=None))


def test_every_check_is_named_and_those_of_the_end_stand_last():
    over, on = words(), words(over=False)
    assert len(CHECKS) == 13 and over.count(",") == 11 and over.count(".") == 1
    assert over.startswith("The app looks for one class said of all pictures, a loss that jumps,")
    assert over.endswith(
        "training pictures that are not learnt, a class that is never answered, weights kept too early, and a loss "
        "that still falls."
    )
    assert on == f"{over} {LATE}"


def test_what_is_not_looked_for_in_a_run_is_said():
    assert words(augmentation=True).endswith(f"{NOT_LOOKED_AT}: with augmentation no picture is seen twice.")
    assert words(train=(100, 100)).endswith(
        f"{NOT_LOOKED_AT}: among 200 some labels may be wrong, and would only be learnt by heart."
    )
    few = TrainedRun.of(history((10, 10)))
    assert sought_in_words(replace(few, prepared=replace(few.prepared, feature_size=16))).endswith(
        f"{NOT_LOOKED_AT}: of 20, more than the 16 features, a linear layer need not get all right."
    )
    assert words(train=(0, 0), known=False).endswith(f"{NOT_LOOKED_AT}: how many there were is not known.")
    assert words(best_by="loss").endswith("Weights that are kept by the lowest loss are not called too early.")
    assert NOT_LOOKED_AT not in words(train=(61, 61))
