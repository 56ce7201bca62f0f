"""Interprets a pickle without running anything of it.

A pickle is a program for a small stack machine, and may call whatever function it names. This machine has no functions
but those that it is given (`known`); everything else that a pickle wants made becomes a `Foreign`, which takes whatever
is put into it and does nothing. So the objects that training programs save beside their tensors (settings, callbacks,
optimisers) cost nobody the tensors.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

from qtl_core.state_dicts.refusals import MOST_STEPS, Refused, shown

Known = Callable[[str, str], Any]  # module, name -> a Maker, any plain value, or None for what is not known
# What reaches for the system has no place in a checkpoint. It would not be run here; a file with it is not used at all.
RUNS_CODE = frozenset(
    (
        "os",
        "posix",
        "nt",
        "sys",
        "subprocess",
        "pty",
        "shutil",
        "socket",
        "runpy",
        "importlib",
        "ctypes",
        "webbrowser",
        "code",
        "codeop",
        "pip",
    )
)
RUNS_CODE_BUILTINS = frozenset(
    ("eval", "exec", "compile", "execfile", "open", "input", "breakpoint", "__import__", "apply")
)


class Foreign(dict[str | int, Any]):
    """Stands for an object of another program: a dict of what was put into it by key.

    Attributes:
        name: The class or function it came of.
        is_module: Whether it is a whole network, pickled with its code's name.
    """

    __slots__ = ("is_module", "name")

    def __init__(self, name: str = "") -> None:
        super().__init__()
        self.name, self.is_module = name, False


class Maker:
    """A function of ours that a pickle may ask for; opaque, so that no pickle can change it."""

    __slots__ = ("function",)

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function


def interpreted(file: BinaryIO, known: Known, storage: Callable[[Any], Any] = lambda _: None) -> Any:
    """Returns what the pickle at the file's place describes, and leaves the file behind it.

    Args:
        file: Bytes in memory.
        known: What is made for a name in it.
        storage: What is made for a persistent identifier.

    Raises:
        Refused: It would run code, takes too many steps, or is damaged.
    """
    machine = _Machine(known, storage)
    try:
        for steps, (opcode, argument, _) in enumerate(pickletools.genops(file)):
            if steps > MOST_STEPS:
                raise Refused("It takes more steps to read than the list of any network's tensors.")
            if opcode.name == "STOP":
                return machine.stack.pop()
            machine.step(opcode.name, argument)
    except Refused:
        raise
    except Exception as error:  # arbitrary bytes can make a pickle's program fail in any way
        raise Refused("It is damaged or cut short.") from error
    raise Refused("It is cut short.")


def plain_dict(pairs: Any = ()) -> dict[str | int, Any]:
    """Returns a dict of the pairs whose keys are text or whole numbers: to hash anything else can take ages."""
    return {key: value for key, value in pairs if type(key) in (str, int)}


class _Machine:
    def __init__(self, known: Known, storage: Callable[[Any], Any]) -> None:
        self.known, self.storage = known, storage
        self.stack: list[Any] = []
        self.below: list[list[Any]] = []  # stacks under each mark
        self.memo: dict[int, Any] = {}

    def step(self, name: str, argument: Any) -> None:
        if action := _ACTIONS.get(name):
            action(self)
        elif name in _LITERALS:
            self.push(argument)
        elif name in ("PUT", "BINPUT", "LONG_BINPUT"):
            self.memo[argument] = self.stack[-1]
        elif name in ("GET", "BINGET", "LONG_BINGET"):
            self.push(self.memo[argument])
        elif name in ("GLOBAL", "INST"):
            found = self.named(*argument.split(" ", 1))
            self.push(self.made(found, self.marked()) if name == "INST" else found)
        elif name == "PERSID":
            self.push(self.storage(argument))
        elif name not in ("PROTO", "FRAME"):
            raise Refused("It is a pickle of a kind that is not read.")

    def push(self, value: Any) -> None:
        self.stack.append(value)

    def marked(self) -> list[Any]:
        """Returns what lies above the mark, and goes on with the stack below it."""
        items, self.stack = self.stack, self.below.pop()
        return items

    def popped(self, count: int) -> list[Any]:
        items = self.stack[-count:]
        if len(items) < count:
            raise Refused("It is damaged.")
        del self.stack[-count:]
        return items

    def named(self, module: str, name: str) -> Any:
        top, leaf = module.partition(".")[0], name.partition(".")[0]
        if top in RUNS_CODE or (top in ("builtins", "__builtin__") and leaf in RUNS_CODE_BUILTINS):
            raise Refused(
                f"It holds more than tensors: it asks for {shown(f'{module}.{name}')}, which could run code, so it is "
                "not opened."
            )
        found = self.known(module, name)
        return Foreign(f"{module}.{name}") if found is None else found

    def made(self, function: Any, arguments: Any) -> Any:
        if isinstance(function, Maker):
            return function.function(*arguments)
        return Foreign(getattr(function, "name", ""))

    def make(self, count: int, *, of_marked: bool = False) -> None:
        """Calls what lies under its `count` arguments; a tuple of them, unless they lie on the stack one by one."""
        if of_marked:
            function, *arguments = self.marked()
        else:
            function, arguments, *_ = self.popped(1 + count)
        self.push(self.made(function, arguments))

    def build(self) -> None:
        """Leaves the state of an object out, but for whether it is that of a whole network."""
        thing, attributes = self.popped(2)
        if isinstance(thing, Foreign) and isinstance(attributes, dict):
            thing.is_module = "_parameters" in attributes and "_modules" in attributes
        self.push(thing)

    def put(self, items: list[Any]) -> None:
        if isinstance(self.stack[-1], dict):
            self.stack[-1].update(plain_dict(zip(items[::2], items[1::2], strict=True)))

    def add(self, items: list[Any]) -> None:
        if isinstance(self.stack[-1], list):
            self.stack[-1].extend(items)


def _with(change: Callable[[list[Any]], Any]) -> Callable[[_Machine], None]:
    """Puts something made of all that lies above the mark in its place."""
    return lambda machine: machine.push(change(machine.marked()))


def _tuple(count: int) -> Callable[[_Machine], None]:
    return lambda machine: machine.push(tuple(machine.popped(count)))


def _new(make: Callable[[], Any]) -> Callable[[_Machine], None]:
    return lambda machine: machine.push(make())


def _mark(machine: _Machine) -> None:
    machine.below.append(machine.stack)
    machine.stack = []


_LITERALS = frozenset(
    (
        "INT",
        "BININT",
        "BININT1",
        "BININT2",
        "LONG",
        "LONG1",
        "LONG4",
        "FLOAT",
        "BINFLOAT",
        "UNICODE",
        "BINUNICODE",
        "SHORT_BINUNICODE",
        "BINUNICODE8",
        "STRING",
        "BINSTRING",
        "SHORT_BINSTRING",
        "BINBYTES",
        "SHORT_BINBYTES",
        "BINBYTES8",
        "BYTEARRAY8",
    )
)
_ACTIONS: Mapping[str, Callable[[_Machine], object]] = {
    "MARK": _mark,
    "POP": lambda machine: machine.stack.pop() if machine.stack else machine.marked(),
    "POP_MARK": lambda machine: machine.marked(),
    "DUP": lambda machine: machine.push(machine.stack[-1]),
    "NONE": _new(lambda: None),
    "NEWTRUE": _new(lambda: True),
    "NEWFALSE": _new(lambda: False),
    "EMPTY_LIST": _new(list),
    "EMPTY_DICT": _new(dict),
    "EMPTY_TUPLE": _new(tuple),
    "EMPTY_SET": _new(Foreign),
    "LIST": _with(list),
    "TUPLE": _with(tuple),
    "DICT": _with(lambda items: plain_dict(zip(items[::2], items[1::2], strict=True))),
    "FROZENSET": _with(lambda _: Foreign()),
    "TUPLE1": _tuple(1),
    "TUPLE2": _tuple(2),
    "TUPLE3": _tuple(3),
    "APPEND": lambda machine: machine.add(machine.popped(1)),
    "APPENDS": lambda machine: machine.add(machine.marked()),
    "ADDITEMS": lambda machine: machine.marked() and None,
    "SETITEM": lambda machine: machine.put(machine.popped(2)),
    "SETITEMS": lambda machine: machine.put(machine.marked()),
    "STACK_GLOBAL": lambda machine: machine.push(machine.named(*machine.popped(2))),
    "REDUCE": lambda machine: machine.make(1),
    "NEWOBJ": lambda machine: machine.make(1),
    "NEWOBJ_EX": lambda machine: machine.make(2),
    "OBJ": lambda machine: machine.make(0, of_marked=True),
    "BUILD": _Machine.build,
    "BINPERSID": lambda machine: machine.push(machine.storage(machine.stack.pop())),
    "MEMOIZE": lambda machine: machine.memo.__setitem__(len(machine.memo), machine.stack[-1]),
}
