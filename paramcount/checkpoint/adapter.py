"""LoRA adapters: what they add to a model, counted separately (Hu et al. 2021, sec. 4.1: W + B·A).

Names are the peft library's: A is r × inputs, B is outputs × r.
"""

import re
from typing import Any, NamedTuple

from paramcount.checkpoint.files import place, shown
from paramcount.checkpoint.patterns import in_order
from paramcount.checkpoint.tensors import Checkpoint, CheckpointError, StoredTensor

SIDE = re.compile(r"(?P<module>.+?)\.lora_(?P<embedding>embedding_)?(?P<side>[AB])(\.[^.]+)?(\.weight)?")
FRONT = "base_model.model."


class Module(NamedTuple):
    """A module an adapter changes: its rank, the weight it is added to (inputs, outputs), and what it adds."""

    name: str
    r: int
    inputs: int
    outputs: int
    params: int


class Adapter(NamedTuple):
    """An adapter: its modules, and *others*, the other tensors it holds (whole modules, DoRA magnitudes, biases).

    *r* and *base* are the rank and the base model from adapter_config.json, None and "" without it.
    """

    modules: tuple[Module, ...]
    others: tuple[StoredTensor, ...]
    total: int
    r: int | None
    base: str


def is_adapter(checkpoint: Checkpoint) -> bool:
    """Whether *checkpoint* holds a LoRA adapter rather than a model."""
    return any(".lora_" in tensor.name and SIDE.fullmatch(tensor.name) for tensor in checkpoint.tensors)


def adapter(checkpoint: Checkpoint) -> Adapter:
    """What the adapter in *checkpoint* adds; raises CheckpointError if it is not one or its pairs do not fit."""
    pairs: dict[str, dict[str, tuple[int, int]]] = {}
    others: list[StoredTensor] = []
    for tensor in in_order(checkpoint.tensors):
        match = SIDE.fullmatch(tensor.name)
        if match is None:
            others.append(tensor)
        else:
            sides = pairs.setdefault(match["module"].removeprefix(FRONT), {})
            if match["side"] in sides or len(tensor.shape) != 2:
                raise _misfit(checkpoint, match["module"])
            sides[match["side"]] = (tensor.shape[0], tensor.shape[1])
    if not pairs:
        raise CheckpointError(f"{place(checkpoint.path)}: not a LoRA adapter; valid: tensors named ….lora_A.weight")
    modules = tuple(_module(checkpoint, name, sides) for name, sides in pairs.items())
    config = checkpoint.beside.get("adapter_config.json", {})
    base = config.get("base_model_name_or_path")
    return Adapter(modules, tuple(others), checkpoint.elements(), _rank(config), base if isinstance(base, str) else "")


def _module(checkpoint: Checkpoint, name: str, sides: dict[str, tuple[int, int]]) -> Module:
    (r, inputs), (outputs, same) = sides.get("A", (0, 0)), sides.get("B", (0, 0))
    if len(sides) != 2 or r != same:
        raise _misfit(checkpoint, name)
    return Module(name, r, inputs, outputs, r * inputs + outputs * r)


def _misfit(checkpoint: Checkpoint, module: str) -> CheckpointError:
    return CheckpointError(
        f"{place(checkpoint.path)}: {shown(module)}: not a pair of A and B; "
        f"valid: A of r × inputs with B of outputs × r"
    )


def _rank(config: dict[str, Any]) -> int | None:
    r = config.get("r")
    return r if type(r) is int else None
