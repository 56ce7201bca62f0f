"""`python -m qtl_core evaluate`: a run read out with shots, noise, on a machine or a device, a picture a line."""

from __future__ import annotations

import argparse
import dataclasses
import time
from typing import Any

import numpy as np

from qtl_core.cli.device_run import measured_on_device
from qtl_core.cli.options import data_named, whole_number_of
from qtl_core.cli.output import json_of, note, say
from qtl_core.cli.process import StopAsked, asked_to_stop
from qtl_core.cli.progress_line import ProgressLine
from qtl_core.cli.run_names import answering_run
from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.inference.requests import named_model
from qtl_core.readout.devices.catalogue import installed_devices
from qtl_core.readout.devices.options import read_options
from qtl_core.readout.devices.request import DeviceChoice
from qtl_core.readout.evaluated import Evaluated, other_pictures, own_pictures
from qtl_core.readout.run_readout import RunReadout, readout_of
from qtl_core.runs.view import TrainedRun
from qtl_core.settings import DataSettings, ReadoutSettings, SettingsError, spec_of

# What --noise calls its rates, and the settings that each stands for.
RATES = {
    "depolarizing": ("depolarizing_one", "depolarizing_two"),
    "depolarizing_one": ("depolarizing_one",),
    "depolarizing_two": ("depolarizing_two",),
    "amplitude_damping": ("amplitude_damping",),
    "phase_damping": ("phase_damping",),
    "readout": ("readout_flip",),
}
MITIGATE = {"readout": "readout", "zne": "zne_linear", "zne_linear": "zne_linear", "zne_richardson": "zne_richardson"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument("--run", metavar="ID", help="The kept run that is evaluated (see `runs list`).")
    parser.add_argument(
        "--data",
        metavar="FOLDER|SET|FILE|...",
        help="What it is evaluated on, as `train` names it; by default its own validation pictures.",
    )
    parser.add_argument("--weights", default="", metavar="FILE", help="The weights of its backbone, if they moved.")
    parser.add_argument("--shots", metavar="N", help="Measurements of each circuit; 0, the default: exact.")
    about = f"Rates after every gate on each of its wires, and of wrong readings: {', '.join(RATES)}."
    parser.add_argument("--noise", metavar="NAME=RATE,...", help=about)
    parser.add_argument("--machine", metavar="NAME", help="A machine whose measured errors are used, such as ibmqx4.")
    parser.add_argument("--layout", metavar="1,0,2,4", help="With --machine: the qubits that carry the circuit.")
    parser.add_argument("--device", metavar="NAME", help="A PennyLane device that runs the circuits (see --devices).")
    parser.add_argument(
        "--option", nargs="+", action="extend", metavar="NAME=VALUE", help="With --device: what it is made with."
    )
    parser.add_argument("--at-once", metavar="N", help="With --device: circuits in a batch.")
    parser.add_argument("--devices", action="store_true", help="List the PennyLane devices that are installed.")
    parser.add_argument("--seed", metavar="N", help="Decides the shots. Default 0.")
    parser.add_argument(
        "--mitigate",
        nargs="+",
        action="extend",
        choices=tuple(MITIGATE),
        help="What is done against noise: readout corrects wrong readings, zne extrapolates to none.",
    )
    parser.add_argument("--json", action="store_true", help="Print one JSON object a line.")


def main(arguments: argparse.Namespace) -> int:
    """Evaluates and prints; returns 1 if a picture has no result.

    Raises:
        UserError: The run, the pictures, the machine or the device cannot be used.
    """
    if arguments.devices:
        _list_devices()
        return 0
    if not arguments.run:
        raise UserError("No run is named.", "", "Name it with --run; `runs list` shows those that are kept.")
    readout, choice = readout_of_arguments(arguments), device_of_arguments(arguments)
    run = named_model(answering_run(arguments.run)).run
    with asked_to_stop() as asked:
        try:
            return _evaluate(arguments, run, readout, choice, asked)
        except StoppedByUser:
            return asked.code


def readout_of_arguments(arguments: argparse.Namespace) -> ReadoutSettings:
    """Returns the readout that a command line asks for.

    Raises:
        UserError: Options contradict each other, or a value is not allowed.
    """
    if arguments.layout and not arguments.machine:
        raise UserError("--layout needs a machine.", "", "Name it with --machine.")
    for one, other in (("noise", "machine"), ("noise", "device"), ("machine", "device")):
        if getattr(arguments, one) and getattr(arguments, other):
            raise UserError(f"--{one} and --{other} do not go together.", "Each brings errors of its own.", "Name one.")
    return ReadoutSettings(
        shots=_shots(arguments),
        **noise_rates(arguments.noise or ""),
        machine=arguments.machine or "",
        layout=arguments.layout or "",
    )


def _shots(arguments: argparse.Namespace) -> Any:
    """Returns the number of shots; what is none is returned as it is, for the settings to refuse."""
    return spec_of(ReadoutSettings, "shots").parse(arguments.shots or "0")


def _seed(arguments: argparse.Namespace) -> int:
    return whole_number_of("--seed", arguments.seed, 0)


def _rates(name: str, value: float) -> dict[str, float]:
    """Returns the settings that one name of `--noise` stands for.

    Raises:
        UserError: The rate is not allowed; said by the name that was typed.
    """
    rates = dict.fromkeys(RATES[name], value)
    try:
        ReadoutSettings(**rates)  # type: ignore[arg-type]
    except SettingsError as error:
        raise UserError(f"--noise {name}={value:g} is not allowed.", error.why, "") from error
    return rates


def noise_rates(text: str) -> dict[str, float]:
    """Returns the settings that `--noise` names.

    Raises:
        UserError: A rate is no number, or has no such name.
    """
    found: dict[str, float] = {}
    named: set[str] = set()
    for part in filter(None, text.split(",")):
        name, _, value = part.strip().partition("=")
        if name not in RATES:
            raise UserError(f"--noise knows no {name!r}.", "", f"There is {', '.join(RATES)}.")
        if name in named:
            raise UserError(f"--noise names {name} twice.", "", "Name each rate once.")
        named.add(name)
        try:
            found |= _rates(name, float(value))
        except ValueError as error:
            raise UserError(f"--noise {name} needs a rate.", "", f"Write it as in {name}=0.01.") from error
    return found


def device_of_arguments(arguments: argparse.Namespace) -> DeviceChoice | None:
    """Returns the device that a command line asks for, or None.

    Raises:
        UserError: An option is none, or looks like a key.
    """
    options = read_options(arguments.option or ())
    if not arguments.device:
        if options or arguments.at_once:
            raise UserError("--option and --at-once need a device.", "", "Name it with --device.")
        return None
    if set(arguments.mitigate or ()) - {"readout"}:
        raise UserError("On a device only --mitigate readout is to be had.", "Extrapolation is for simulated noise.")
    at_once = whole_number_of("--at-once", arguments.at_once, 0)
    return DeviceChoice(arguments.device, options, _shots(arguments), _seed(arguments), at_once)


def _evaluate(
    arguments: argparse.Namespace,
    run: TrainedRun,
    readout: ReadoutSettings,
    choice: DeviceChoice | None,
    asked: StopAsked,
) -> int:
    found = _pictures(arguments, run, asked)
    for file, reason in found.unread:
        note(f"Passed over: {file}: {reason}")
    if arguments.mitigate and choice is None and not readout.is_noisy:
        note("Nothing is mitigated: neither --noise nor --machine is named.")
    mitigate, began = tuple(dict.fromkeys(MITIGATE[each] for each in arguments.mitigate or ())), time.perf_counter()
    if choice is not None:
        result = measured_on_device(found.inputs, choice, asked, is_corrected="readout" in mitigate)
    else:
        result = readout_of(found.inputs, readout, seed=_seed(arguments), mitigate=mitigate)
    _tell(result, found, time.perf_counter() - began, as_json=arguments.json)
    return asked.code or int(result.size < found.inputs.size or bool(found.unread))


def _pictures(arguments: argparse.Namespace, run: TrainedRun, asked: StopAsked) -> Evaluated:
    report = ProgressLine()
    if not arguments.data:
        return own_pictures(run, report, lambda: bool(asked.by))
    data = _named(arguments.data)
    return other_pictures(run, data, report, lambda: bool(asked.by), arguments.weights)


def _named(name: str) -> DataSettings:
    fields = {each.name for each in dataclasses.fields(DataSettings)}
    return DataSettings(**{key: value for key, value in data_named(name).items() if key in fields})


def _tell(result: RunReadout, asked: Evaluated, seconds: float, *, as_json: bool) -> None:
    evaluation, exact = result.evaluation, result.exact_evaluation
    for at, file in enumerate(result.files):
        label = result.classes[int(evaluation.predicted[at])]
        shares = dict(zip(result.classes, result.probabilities[at].tolist(), strict=True))
        if as_json:
            say(
                json_of(
                    {"file": file, "label": label, "probabilities": shares}
                    | _numbers(result, at, is_known=file not in asked.unknown)
                )
            )
        else:
            words = ", ".join(f"{name} {share:.3f}" for name, share in shares.items())
            was = result.classes[int(exact.predicted[at])]
            say(f"{file}: {label} ({words}){f'; exactly {was}' if was != label else ''}")
    accuracy, exact_accuracy, changed = asked.accuracy(evaluation), asked.accuracy(exact), len(result.changed)
    if as_json:
        last = {"accuracy": accuracy, "size": result.size, "exact_accuracy": exact_accuracy, "changed": changed}
        missing = {"missing": asked.inputs.size - result.size} if result.size < asked.inputs.size else {}
        say(json_of(last | {"seconds": seconds} | missing))
        return
    if accuracy is not None and exact_accuracy is not None:
        say(f"Right: {accuracy:.4f} of {result.size:,}; without noise or shots {exact_accuracy:.4f}.")
    shaken = (
        f" <Z> has a standard error of {result.reading.errors.mean():.3f} on average." if result.kind != "exact" else ""
    )
    say(f"{changed:,} of {result.size:,} answers changed.{shaken} Took {seconds:.2f} s.")


def _numbers(result: RunReadout, at: int, *, is_known: bool) -> dict[str, Any]:
    """Returns a picture's expectation values, with their standard errors where they are not exact, and its class."""
    found: dict[str, Any] = {"expectations": result.reading.expectations[at].tolist()}
    if np.any(result.reading.errors):
        found["errors"] = result.reading.errors[at].tolist()
    return found | ({"true": result.classes[int(result.labels[at])]} if is_known else {})


def _list_devices() -> None:
    for each in installed_devices():
        where = "" if each.is_local or each.unsuitable else "; reaches beyond this computer"
        say(
            f"{each.name}: {each.package}{f'; not for these circuits: {each.unsuitable}' if each.unsuitable else where}"
        )
