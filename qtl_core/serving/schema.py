"""The objects that go out, as OpenAPI describes them; they are made by what `predict --json` prints."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field


class PictureAnswer(BaseModel):
    """The answer for a picture, or why there is none."""

    file: str = Field(description="What the picture was called.")
    label: str | None = Field(default=None, description="The most probable class.")
    probabilities: dict[str, float] | None = Field(default=None, description="By class; together 1.")
    temperature: float | None = Field(
        default=None, description="What class scores are divided by before they are shares."
    )
    doubt: Literal["none", "unlike training", "nothing to see", "not known"] | None = Field(
        default=None, description="Whether the picture is unlike all that the run learnt from."
    )
    distance: float | None = Field(default=None, description="How far it is from the training pictures.")
    usual_distance: float | None = Field(
        default=None, description="The distance from which on it counts as unlike them."
    )
    error: str | None = Field(default=None, description="Why this file got no answer.")


class NumberAnswer(BaseModel):
    """The answer for a row of numbers, or why there is none."""

    row: str = Field(description="Which row.")
    values: dict[str, float] | None = Field(default=None, description="What was asked, by column.")
    label: str | None = Field(default=None, description="The most probable class.")
    probabilities: dict[str, float] | None = Field(default=None, description="By class; together 1.")
    hidden: list[float] | None = Field(default=None, description="What the last layer reads: <Z> of each qubit.")
    angles: list[float] | None = Field(default=None, description="The qubits' angles, in radians.")
    error: str | None = Field(default=None, description="Why this row got no answer.")


class Health(BaseModel):
    """State of the server."""

    status: Literal["ready"] = Field(default="ready", description="It answers; until the run is loaded, requests wait.")
    run: str = Field(description="The run that answers.")
    name: str = Field(description="What it is called.")
    classes: list[str] = Field(description="What it knows, by label.")
    asks_for: Literal["pictures", "rows"] = Field(description="What it answers for.")
    uptime_seconds: float = Field(description="Since it answers.")
    answered: int = Field(description="Pictures, or requests with rows, since the start.")
    batches: int = Field(description="In how many batches.")
    waiting: int = Field(description="How many wait for an answer.")
    notes: list[str] = Field(description="What else has to be said of its answers.")


class Refusal(BaseModel):
    """Words for a request that gets no answer."""

    error: str = Field(description="What happened.")
    why: str = Field(description='Why, or "".')
    do: str = Field(description='What to do, or "".')
    answers: list[dict[str, Any]] | None = Field(
        default=None, description="Where several were asked and none can be answered: each with its `error`."
    )
