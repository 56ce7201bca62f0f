"""Files that need not be held any more: those that were answered for, or turned down."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import replace

from qtl_core.answering import Answer, TrainedModel
from ui.stand_ins import put_placeholder
from ui.wanted import UploadedPicture

Key = tuple[str, str]  # of a model and of a picture


def without_file(picture: UploadedPicture, answer: Answer) -> Answer:
    """Lets go of an upload; returns the answer with the very pixels that now stand in its place, held once for all."""
    explanation = answer.explanation
    if explanation is None:
        if picture.known is None:
            put_placeholder(picture.source, answer.error)
        return answer
    if not explanation.seen.flags.writeable:  # they are those already
        return answer
    known = picture.known
    if known is None:
        known = put_placeholder(picture.source, explanation.seen)
    return replace(answer, explanation=replace(explanation, seen=known))


def known_answers(model: TrainedModel, pictures: Sequence[UploadedPicture], but: Container[Key]) -> dict[Key, Answer]:
    """Returns the answers for files that another run could not read, or that there was no room for."""
    unanswered = [picture for picture in pictures if (model.key, picture.id) not in but]
    known_pictures = {picture: picture.known for picture in unanswered}
    return {
        (model.key, picture.id): Answer(picture.id, picture.name, error=known)
        for picture, known in known_pictures.items()
        if isinstance(known, str)
    }
