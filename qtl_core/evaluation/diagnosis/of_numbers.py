"""Findings of runs that learnt numbers, in words for rows and points: nothing in them is a picture or in a folder."""

from __future__ import annotations

import re
from dataclasses import replace

from qtl_core.evaluation.diagnosis.finding import Finding
from qtl_core.settings.groups import DataSettings

# What is said of pictures in words that hold for nothing else; the rest is told by the noun alone.
_OTHERWISE = (
    (r"(\w+) lie in the folders of their classes", r"\1 have the labels that are theirs"),
    (r"both parts show the same things, taken in the same way, in the right folders", "both parts are of one kind"),
    (r"both parts show the same things", "both parts are of one kind"),
    (r"both parts are of the same folder", "both parts are of the same table"),
    (r"with augmentation or more", "with more"),
    (r"whatever a picture shows", "whatever its numbers are"),
    (r"what pictures show", "the numbers"),
)


def in_words_for(data: DataSettings, said: str) -> str:
    """Returns a sentence about pictures as one about what is learnt; of pictures as it stands."""
    if not data.is_numbers:
        return said
    for of_pictures, of_numbers in _OTHERWISE:
        said = re.sub(of_pictures, of_numbers, said)
    one = data.noun.removesuffix("s")
    for of_pictures, of_numbers in (("picture", one), ("pictures", data.noun)):
        for written in (str.lower, str.capitalize):
            said = re.sub(rf"\b{written(of_pictures)}\b", written(of_numbers), said)
    return said


def finding_for(data: DataSettings, finding: Finding) -> Finding:
    """Returns a finding in the words for what is learnt."""
    what, why, do = (in_words_for(data, said) for said in (finding.what, finding.why, finding.do))
    return replace(finding, what=what, why=why, do=do)
