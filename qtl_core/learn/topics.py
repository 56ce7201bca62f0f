"""All topics of the Learn page, by key, in the order they are told."""

from __future__ import annotations

from qtl_core.learn.ideas import IDEAS
from qtl_core.learn.questions import QUESTIONS
from qtl_core.learn.topic import Topic
from qtl_core.learn.uses import USES

TOPICS: dict[str, Topic] = {topic.key: topic for topic in (*IDEAS, *USES, *QUESTIONS)}
PARTS = {"ideas": "The ideas", "uses": "Where it is being tried", "questions": "Questions"}


def topics_of(part: str) -> list[str]:
    """Returns the keys of a part's topics, in order."""
    return [topic.key for topic in TOPICS.values() if topic.part == part]
