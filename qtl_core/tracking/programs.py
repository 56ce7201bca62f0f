"""The programs that people log in: what each is called, what it needs here, and how what was logged is seen."""

from __future__ import annotations

from dataclasses import dataclass

from qtl_core.common.extras import Extra

LOGS = "logs"  # the folder of the data folder in which the app logs


@dataclass(frozen=True)
class LogProgram:
    """A program that people log in.

    Attributes:
        key: The command line's option without its dashes, and its folder's name below `LOGS`.
        title: What it is called.
        extra: What has to be installed to write for it.
        opened_by: The command that shows a log, with {place} where its folder stands.
    """

    key: str
    title: str
    extra: Extra
    opened_by: str

    @property
    def folder(self) -> str:
        """The folder in which the app logs for it, within the data folder."""
        return f"{LOGS}/{self.key}"


TENSORBOARD = LogProgram(
    "tensorboard", "TensorBoard", Extra("tensorboard", ("tensorboard",)), "tensorboard --logdir {place}"
)
MLFLOW = LogProgram(
    "mlflow",
    "MLflow",
    Extra("mlflow", ("mlflow", "sqlalchemy", "alembic")),  # mlflow-skinny brings the first alone
    "cd {place} && mlflow ui",
)
PROGRAMS = {program.key: program for program in (TENSORBOARD, MLFLOW)}
