"""The dial in a link: how answers are read out on results and on Predict, apart from the settings that train.

    ?dial=shots:1024,readout_flip:0.05        what is not exact, by the names of `ReadoutSettings`
    ?dial=shots:1024,machine:ibmqx4,layout:1-0-2-4   a machine, and its qubits with dashes between them
    ?dial=...,mitigate:readout+zne_linear,seed:3     with what mitigates errors, and which draw it is

The settings of the Readout tab on Train are parameters of their own: a run may be trained in one way and read in
another. A name of `ReadoutSettings` that is new is in links by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from qtl_core.readout.methods import METHODS
from qtl_core.settings import ReadoutSettings, SettingsError, specs

DIAL_PARAMETER = "dial"
LONGEST = 400  # characters that are looked at: all settings together take some 200
MOST_SEED = 2**31 - 1
MOST_NAMED = 3


@dataclass(frozen=True)
class DialState:
    """The state of the dial.

    Attributes:
        settings: How answers are read out.
        mitigate: Names of `qtl_core.readout.methods.METHODS`.
        seed: Which draw.
    """

    settings: ReadoutSettings = field(default_factory=ReadoutSettings)
    mitigate: tuple[str, ...] = ()
    seed: int = 0


def read_dial(query: Mapping[str, Sequence[str]], said: list[str]) -> DialState:
    """Reads the dial of a query that anybody may have written; notes in `said` what cannot be."""
    text = (query.get(DIAL_PARAMETER) or ("",))[-1][:LONGEST]
    found, refused = DialState(), []
    for part in filter(None, text.split(",")):
        name, _, value = part.partition(":")
        taken = _with(found, name, value)
        if taken is None:
            refused.append(part[:60])
        else:
            found = taken
    if refused:
        named = ", ".join(map(repr, refused[:MOST_NAMED]))
        said.append(f"The link turns the dial to {named}, which it does not have; the rest is taken.")
    return found


def text_of_dial(dial: DialState) -> str:
    """Returns the parameter's value; "" where the dial stands at exact."""
    usual = ReadoutSettings()
    parts = []
    for name in specs(ReadoutSettings):
        value = getattr(dial.settings, name)
        if value != getattr(usual, name):
            parts.append(f"{name}:{str(value).replace(',', '-') if name == 'layout' else value}")
    if dial.mitigate and dial.settings.is_noisy:
        parts.append(f"mitigate:{'+'.join(dial.mitigate)}")
    if dial.seed and dial.settings.shots:
        parts.append(f"seed:{dial.seed}")
    return ",".join(parts)


def _with(dial: DialState, name: str, value: str) -> DialState | None:
    """Returns the dial with one more of its parts; None where there is no such part or value."""
    if name == "mitigate":
        asked = value.split("+")
        chosen = tuple(each for each in METHODS if each in asked)
        return replace(dial, mitigate=chosen) if len(chosen) == len(asked) else None
    if name == "seed":
        fits = value.isascii() and value.isdigit() and int(value[:12]) <= MOST_SEED
        return replace(dial, seed=int(value[:12])) if fits else None
    known = specs(ReadoutSettings)
    if name not in known:
        return None
    read = known[name].parse(value.replace("-", ",") if name == "layout" else value)
    try:
        return replace(dial, settings=replace(dial.settings, **{name: read}))
    except SettingsError:
        return None
