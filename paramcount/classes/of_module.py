"""Counts a torch module of any class by its own parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from torch import nn

from paramcount.ledger.model import Model, Part
from paramcount.ledger.tensor import Given, Tensor
from paramcount.models.design import Counted

LAYER = re.compile(r"(?<=\.)[0-9]+(?=\.)")


def counted_module(module: nn.Module) -> Counted:
    """*module* as it is: each parameter once, however many names it has."""
    name = type(module).__name__
    parts = tuple(Part("", component, Given((tensor,))) for component, tensor in components(module))
    return Counted(name, "a torch module, counted by its own parameters", "torch", Model(parts))


def components(built: nn.Module) -> Iterator[tuple[str, Tensor]]:
    """Each parameter and its component: the module that holds it, with layers merged."""
    ends = {
        _weight(built, "get_output_embeddings"): "output head",
        _weight(built, "get_input_embeddings"): "token embedding",
    }
    first: dict[int, str] = {}
    for name, parameter in built.named_parameters(remove_duplicate=False):
        owner = first.setdefault(id(parameter), name)
        module = LAYER.sub("*", name.rpartition(".")[0])
        inner = module.split(".*.")
        component = ".*.".join([*inner[:-1], inner[-1].split(".")[0]])
        component = "output head" if owner != name and ends.get(id(parameter)) else ends.get(id(parameter), component)
        shares = "" if owner == name else owner
        yield component, Tensor(name, tuple(parameter.shape), shares, frozen=not parameter.requires_grad)


def _weight(built: Any, end: str) -> int:
    try:
        return id(getattr(built, end)().weight)
    except (AttributeError, NotImplementedError):
        return 0
