"""Stand-ins for other programs' classes named in a pickle, so that none of their code runs.

torch's restricted loader refuses a pickle that names anything but tensors. Training programs save their arguments,
paths and random states beside the weights; each such name gets a class here that stores what it is given and does
nothing. Python's own library (builtins, os and the rest), which could be made to act, stays refused.
"""

import sys
from typing import Any

HARMLESS = ("argparse", "collections", "datetime", "enum", "pathlib", "types", "typing")


class Inert:
    """An object of another program's class: its attributes, if any, without its behaviour."""

    def __new__(cls, *given: Any, **named: Any) -> "Inert":
        return super().__new__(cls)

    def __init__(self, *given: Any, **named: Any) -> None:
        pass

    def __setstate__(self, state: Any) -> None:
        if isinstance(state, dict):
            self.__dict__.update({name: value for name, value in state.items() if isinstance(name, str)})


def standins(names: list[str]) -> list[Any]:
    """A stand-in for each of *names* ("megatron.core.enums.ModelType") outside Python's own library."""
    return [(type("Inert", (Inert,), {}), name) for name in names if _is_foreign(name)]


def _is_foreign(name: str) -> bool:
    root = name.partition(".")[0]
    return root in HARMLESS or root not in {*sys.stdlib_module_names, "torch"}
