"""Words for results, and for how far they can be trusted."""

from __future__ import annotations

from qtl_core.learn.glossary.term import Term

VERDICTS = (
    Term("accuracy", "The share of pictures that are given their true class.", "", "", "train"),
    Term(
        "confusion matrix",
        "A table of what each class was taken for: right answers lie on its diagonal.",
        "",
        "",
        "train",
    ),
    Term(
        "Wilson interval",
        "The range in which the true accuracy lies, in 95 of 100 such tests, given how many were right.",
        "It stays between 0 and 100 %, also for few pictures (Wilson, 1927).",
        r"\frac{\hat p + \frac{z^2}{2n} \pm z\sqrt{\frac{\hat p(1-\hat p)}{n} + \frac{z^2}{4n^2}}}{1 + \frac{z^2}{n}}",
        "train",
        "",
        ("confidence interval", "Wilson score interval"),
    ),
    Term(
        "softmax",
        "The way from class scores to percentages that add up to 100.",
        "",
        r"p_k = e^{s_k} / \textstyle\sum_j e^{s_j}",
        "predict",
    ),
    Term(
        "calibration",
        "Whether an answer given with 80 % is right in 80 of 100 cases.",
        "The expected calibration error is the mean gap between the two; temperature scaling divides all scores by "
        "one number to make it smaller.",
        "",
        "predict",
        "",
        ("calibrated", "expected calibration error", "temperature scaling", "reliability diagram"),
    ),
    Term(
        "heat map",
        "Where in a picture the network looked, laid over it in colours.",
        "Grad-CAM asks how an answer moves with each place of the network's last pictures of the picture; covering "
        "parts asks "
        "it directly.",
        "",
        "predict",
        "",
        ("Grad-CAM", "saliency map"),
    ),
    Term(
        "nearest neighbours",
        "The training pictures most like a picture, by features or by angles.",
        "",
        "",
        "predict",
        "",
        ("neighbours",),
    ),
)
