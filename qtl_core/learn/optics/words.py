"""The outcome of both trainings in sentences, those that speak against it among them."""

from __future__ import annotations

from qtl_core.learn.optics import quantum_to_classical as q2c
from qtl_core.learn.optics import quantum_to_quantum as q2q
from qtl_core.learn.optics.figures import Figure, figure_of

BEFORE = {
    "published": "the published layer, without its squeezing",
    "whole": "the published layer, with its squeezing",
    "learnt": "a layer learnt here on states A",
    "random": "a layer of random numbers",
}
EDGE = 0.05  # with another cutoff so many fewer right tell of the cutoff
ROOM = max(q2q.LARGER)


def q2q_sentences(found: q2q.Finding) -> list[str]:
    """Returns what came of quantum to quantum: beside the published figure, beside scratch, and beyond the cutoff."""
    ours = figure_of(found.transferred)
    return [
        f"**Behind {BEFORE[found.settings.before]}: {_over_seeds(ours)}.** Published: {q2q.PUBLISHED:.2%}, from one "
        f"run{_where(q2q.PUBLISHED, ours) if found.settings.before == 'published' else ''}. By "
        "guessing: 50%; with fewer right, the rule is still learnt the wrong way round.",
        _beside_scratch(found),
        *_of_a(found),
        _control(found.settings),
        _beyond(found),
    ]


def q2c_sentences(found: q2c.Finding) -> list[str]:
    """Returns what came of quantum to classical: beside the published figure, and beside no network at all."""
    ours, beams = figure_of(found.right), figure_of(found.uncounted)
    layers = found.settings.layers
    network = f"Behind {layers} quantum layers" if layers else "With no quantum layer, from the photons of the beams"
    chance = 1 / q2c.CLASSES
    sentences = [
        f"**{network}: {_over_seeds(ours)}.** Published: {q2c.PUBLISHED:.2%}, from one run behind 15 layers"
        f"{_where(q2c.PUBLISHED, ours) if found.settings == q2c.Settings() else ''}. By guessing: {chance:.0%}.",
        f"What does better without a network: measure both beams’ amplitudes and let the same linear layer read those. "
        f"It gets {beams.mean:.1%} right. Counting photons throws away which way a beam swings; the quantum layers "
        f"bring part of it back.",
    ]
    if layers:
        sentences.append(
            f"The pictures are made of the few photons that were asked for: of the seven beams, "
            f"{found.seen.min():.0%} to {found.seen.max():.0%} of all counts are that small."
        )
    return sentences


def _over_seeds(figure: Figure) -> str:
    return (
        f"{figure.mean:.1%} right on average over {figure.seeds} seeds (95% interval {figure.low:.1%} to "
        f"{figure.high:.1%}; single seeds {figure.least:.1%} to {figure.most:.1%})"
    )


def _where(published: float, ours: Figure) -> str:
    if published > ours.most:
        return ", better than every one of ours"
    if published < ours.least:
        return ", less than every one of ours"
    return ", among ours"


def _beside_scratch(found: q2q.Finding) -> str:
    gain, scratch = figure_of(found.transferred - found.scratch), figure_of(found.scratch)
    told = (
        "The layer before helped"
        if gain.low > 0
        else "The layer before did harm"
        if gain.high < 0
        else "Whether the layer before helped, these seeds do not tell"
    )
    return (
        f"The same three layers with nothing before them: {scratch.mean:.1%}. {told}: {100 * gain.mean:+.1f} points "
        f"({100 * gain.low:+.1f} to {100 * gain.high:+.1f}), same seeds, same data."
    ).replace("-", "−")


def _of_a(found: q2q.Finding) -> list[str]:
    if found.first is None:
        return []
    right = found.first.mean()
    return [f"On states A, which it was learnt on, the layer before gets {right:.1%} right."]


def _control(settings: q2q.Settings) -> str:
    """Says what keeps a gain from being put down to what was learnt before."""
    if settings.before == "random":
        return "Nothing was learnt for this layer: what it brings is a start that is not flat, no knowledge."
    return (
        "Whether it is what the layer has learnt that counts, or only that numbers other than nearly zero stand there, "
        "the control shows: choose random numbers, or a wider spread of the first numbers, and compare."
    )


def _beyond(found: q2q.Finding) -> str:
    """Says what the same gates do with more room: what was learnt may be the edge of the simulation."""
    cutoff, inside = found.settings.cutoff, float(found.transferred.mean())
    room, _, again = found.larger[-1]
    lost = 1 - found.kept[1]
    if inside - again > EDGE:
        return (
            f"But all this is within a cutoff of {cutoff} photon numbers, over whose edge {lost:.0%} of the light "
            f"is lost. **With room for {room}, the same gates get {again:.1%} right**: what they learnt is the edge of "
            f"the simulation, not something a laboratory would see."
        )
    return (
        f"A cutoff of {cutoff} photon numbers loses {lost:.0%} of the light over its edge. With room for {room}, the "
        f"same gates get {again:.1%} right: it does not hang on the cutoff."
    )
