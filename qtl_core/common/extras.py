"""Optional parts of the installation: packages that `pip install '.[name]'` brings, found missing with what to do."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass

from qtl_core.common.errors import UserError


@dataclass(frozen=True)
class Extra:
    """An extra of `pyproject.toml`.

    Attributes:
        name: What it is called there.
        packages: What it brings, as Python imports them.
    """

    name: str
    packages: tuple[str, ...]

    @property
    def install(self) -> str:
        """The sentence that says what to do where something of it is missing."""
        return f"Install the extra by: pip install '.[{self.name}]'"

    def missing(self) -> tuple[str, ...]:
        """Returns those of its packages that are not installed."""
        return tuple(name for name in self.packages if importlib.util.find_spec(name) is None)

    def why_missing(self) -> str:
        """Returns what is not installed and what to do, or ""."""
        return f"{_needs(missing)} {self.install}" if (missing := self.missing()) else ""

    def require(self, what: str) -> None:
        """Refuses where something of it is missing.

        Args:
            what: What cannot be done then, as a sentence.

        Raises:
            UserError: It is, with what to do.
        """
        if missing := self.missing():
            raise UserError(what, _needs(missing), self.install)


def _needs(missing: tuple[str, ...]) -> str:
    return f"That takes {' and '.join(missing)}, which {'are' if missing[1:] else 'is'} not installed."
