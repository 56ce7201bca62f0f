"""Is it learning? What a run's figures say about its training, in plain sentences, each with what to do.

To add a finding: write a function `TrainedRun -> Finding | None`, enter it in `checks.CHECKS` and in what hides it, and
write down in its docstring what it compares with what, its null case (what a training without that trouble shows) and
why its threshold is where it is. `tests/evaluation/test_diagnosis.py` needs a run that shows it and one that must not.

What holds for all of them:

- A figure is compared with guessing on the pictures that it comes from: losses of training with how common the classes
  are among training pictures, answers of validation with how common they are in validation. The two can differ.
- What a network tells apart is read from its answers, by exact tests that hold for few pictures and any mixture.
- Advice never goes in a circle, and no sentence stands twice, also where findings stand together: where imbalance is
  the cause it is about pictures, and what is said of the learning rate lies in one place (`advice.other_rate`).
- Nothing follows from NaN or infinity: a run counts up to the epoch before the first such figure.

Thresholds were set on real runs (ants and bees, photos, MobileNetV2). The paper's setting gives no finding, nor do
other seeds, depths and widths of it; learning rates of 0.01 and more, of 0.000001, 100 pictures of one class beside
1 to 7 of the other, and 12 qubits at random angles do.
"""
