"""Options of a device as people write them, name=value; whatever may be a key or a password is refused.

What is typed into a page, a link or a shell ends up in memory, histories and logs. So access is the provider's own
affair: its configuration file or environment variables, which its plugin reads by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from qtl_core.common.errors import UserError
from qtl_core.common.paths import is_open

Value = str | int | float | bool | None
Options = tuple[tuple[str, Value], ...]

MOST_OPTIONS, LONGEST = 32, 500  # characters of a value: names of machines (ARNs, CRNs) are shorter
OURS = {"wires": "the run says how many", "shots": "it has a setting of its own", "seed": "it has a setting of its own"}

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
# As part of a name, wherever capitals or underscores divide it; and as a piece of any word.
_SECRET_PARTS = {"key", "keys", "auth", "authorization", "pass", "pwd", "pw", "pin", "private", "cookie", "jwt"}
_SECRET_PIECES = ("token", "secret", "password", "passwd", "passphrase", "credential", "apikey", "accesskey", "bearer")
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
# Values with no readable structure: twenty letters and digits in a row with both among them, or a user in an address.
_RANDOM = re.compile(r"(?=[A-Za-z0-9+]*\d)(?=[A-Za-z0-9+]*[A-Za-z])[A-Za-z0-9+]{20,}")
_USER_IN_ADDRESS = re.compile(r"://[^/@\s]*:[^/@\s]*@")
_NOT_FOR_VISITORS = re.compile(r"[/\\~$]|\.\.")  # of paths and addresses


def read_options(texts: Iterable[str]) -> Options:
    """Returns options by name, ordered, of texts such as "method=statevector".

    Numbers, true, false and none become values of their kind; anything else stays a text.

    Raises:
        UserError: One is not of that form, is given elsewhere, or looks like a key. The words never repeat its value.
    """
    found: dict[str, Value] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        name, value = name.strip(), value.strip()
        if not equals or not _NAME.fullmatch(name):
            _refuse_secrets("", text)
            raise UserError("An option is not of the form name=value.", "", "Write it as in method=statevector.")
        _check(name, value)
        found[name] = _read(value)
    if len(found) > MOST_OPTIONS:
        raise UserError(f"A device takes {MOST_OPTIONS} options at the most.")
    return tuple(sorted(found.items()))


def checked_options(options: Iterable[tuple[str, Value]]) -> Options:
    """Returns options that are values already. Raises as `read_options` does."""
    found = tuple(sorted(options))
    for name, value in found:
        _check(name, "" if value is None else str(value))
    return found


def looks_secret(name: str, value: str) -> bool:
    """Returns whether an option may hold what nobody else may know."""
    parts = {each.lower() for each in _PARTS.findall(name)}
    plain = name.lower().replace("_", "")
    is_named_so = bool(parts & _SECRET_PARTS) or any(piece in plain for piece in _SECRET_PIECES)
    return is_named_so or bool(_RANDOM.search(value) or _USER_IN_ADDRESS.search(value))


def _check(name: str, value: str) -> None:
    _refuse_secrets(name, value)
    if name in OURS:
        raise UserError(f"{name} is no option to give here: {OURS[name]}.")
    if len(value) > LONGEST:
        raise UserError(f"The option {name} is too long.", f"Values have {LONGEST} characters at the most.")
    if is_open() and _NOT_FOR_VISITORS.search(value):
        raise UserError(f"The option {name} is not taken.", "On a server open to others no path is read for visitors.")


def _refuse_secrets(name: str, value: str) -> None:
    if looks_secret(name, value):
        raise UserError(
            f"The option {name} looks like a key or a password." if name else "This looks like a key or a password.",
            "Such options are not taken here: what is typed may be seen and kept.",
            "Put it into the provider's own configuration or environment, from where its plugin takes it.",
        )


def _read(value: str) -> Value:
    words: dict[str, Value] = {"true": True, "false": False, "none": None}
    if value.lower() in words:
        return words[value.lower()]
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return value
