"""LoRA: two trained low-rank maps added to each target (Hu et al. 2022, sec. 4.1)."""

from __future__ import annotations

from typing import NamedTuple

from paramcount.costs.memory.formats import ROUTER
from paramcount.costs.memory.weights import LINEAR, TABLE, Weight
from paramcount.errors import InputError
from paramcount.quantity import parse_quantity

VALID = "valid: r=16,targets=q_proj,v_proj"


class Lora(NamedTuple):
    """Adapters of rank *r* for the modules whose names end in one of *targets*, as in peft."""

    r: int
    targets: tuple[str, ...]


def parse(text: str) -> Lora:
    """A Lora from text like r=16,targets=q_proj,v_proj; raises InputError on anything else."""
    rank, comma, rest = text.partition(",")
    targets = tuple(target.strip() for target in rest.removeprefix("targets=").split(","))
    if not (rank.startswith("r=") and comma and rest.startswith("targets=") and all(targets)):
        raise InputError(f"lora = {text}: not a rank and targets; {VALID}")
    return Lora(parse_quantity(rank.removeprefix("r="), "lora r"), targets)


def adapters(name: str, weights: list[Weight], lora: Lora) -> list[Weight]:
    """The adapters that *lora* adds to the model called *name*; raises InputError on an unknown target.

    For a linear map, A is r × inputs and B is outputs × r; for a table, A is r × rows and B is width × r.
    """
    modules = [weight for weight in weights if weight.kind in (LINEAR, TABLE) and weight.component != ROUTER]
    for target in lora.targets:
        _check(name, target, modules, weights)
    found: list[Weight] = []
    for weight in modules:
        if any(_ends(weight.module, target) for target in lora.targets):
            _refuse_shared(name, weight)
            d_in = weight.d_in or weight.shape[0]
            d_out = weight.elements // d_in
            found += [_adapter(weight, "A", (lora.r, d_in)), _adapter(weight, "B", (d_out, lora.r))]
    return found


def _check(name: str, target: str, modules: list[Weight], weights: list[Weight]) -> None:
    """Raise InputError if *target* names no linear map or table, or also something that peft can't adapt.

    Routers and modules that contain others can't be adapted.
    """
    known = {weight.module for weight in modules}
    last = dict.fromkeys(module.rpartition(".")[2] for module in known)
    valid = ", ".join(sorted(one for one in last if one.isidentifier()))
    if not target.rpartition(".")[2].isidentifier() or not any(_ends(module, target) for module in known):
        raise InputError(f"{name}: lora target {target}: no linear map (other than routers) has it; valid: {valid}")
    for weight in weights:
        inside = f".{target}." in f".{weight.module}."[: -len(target) - 1]
        if inside or (_ends(weight.module, target) and weight.module not in known):
            raise InputError(f"{name}: lora target {target}: {weight.module} also has this name; valid: {valid}")


def _ends(module: str, target: str) -> bool:
    return f".{module}".endswith(f".{target}")


def _refuse_shared(name: str, weight: Weight) -> None:
    """Raise InputError on a map shared by layers, for which the class decides how many adapters there are."""
    if weight.shares and weight.layers is not None:
        raise InputError(f"{name}: lora: {weight.module} is shared by several layers; valid: unshared targets")


def _adapter(weight: Weight, side: str, shape: tuple[int, int]) -> Weight:
    own = f"{weight.module}.lora_{side}.weight"
    return Weight(own, "adapters", shape, weight.times, layers=weight.layers)
