"""JSON of strangers, read to the letter: no name twice, no NaN, a bounded number of values, and only whole signs."""

from __future__ import annotations

import json
from typing import Any


class NotStrict(Exception):
    """The message is the sentence that says what is wrong."""


def strict_json(content: bytes, most_values: int) -> Any:
    """Reads JSON in UTF-8.

    Args:
        content: The text.
        most_values: How many values it may hold, about.

    Raises:
        NotStrict: It holds more, a name twice, or a number that is none.
        Exception: Of any kind where it is no JSON.
    """

    if sum(map(content.count, (b",", b"[", b"{"))) > most_values:
        raise NotStrict("Its JSON holds more values than there can be.")

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise NotStrict("A name is there twice in its JSON.")
        return dict(pairs)

    def never(token: str) -> float:
        raise NotStrict(f"Its JSON holds {token}, which is no number.")

    parsed = json.loads(content.decode("utf-8"), object_pairs_hook=once, parse_constant=never)
    if b"\\ud" not in content.lower():
        return parsed
    # Pairs of halves of a sign are whole by now; half a sign can be written nowhere, and becomes a question mark.
    return json.loads(json.dumps(parsed, ensure_ascii=False).encode("utf-8", "replace"))
