"""Compares a ledger with its witness: by tensor, by part, in total, and in a forward pass."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import Any, NamedTuple

from torch import nn

from paramcount.catalog.family import Family
from paramcount.catalog.spec import Spec
from paramcount.errors import InputError
from paramcount.ledger.model import Model
from paramcount.verification import dry_run
from paramcount.verification.result import Verified
from paramcount.verification.witnesses.registry import COMPONENTS, WITNESSES

MOST_TENSORS = 200_000
LARGEST_TENSOR = 2**61 - 1  # float32, and torch counts bytes in 63 bits


class Listed(NamedTuple):
    """A tensor under its full name; *shares* is the name of the tensor it is shared with, if any."""

    shape: tuple[int, ...]
    shares: str = ""


def compare(spec: Spec) -> Verified:
    """Compare *spec*'s ledger with its witness on the meta device.

    Raises InputError if its family has no witness, its sizes are not ints, or its tensors are too many or too large for
    torch.
    """
    model = spec.model()
    _refuse_absurd(spec, model)
    built = dry_run.build(witness_of(spec), spec.sizes)
    return held_against(spec, model, built)


def held_against(spec: Spec, model: Model, built: nn.Module) -> Verified:
    """Compare *model*, which should be *spec*'s, with *built*."""
    stated, found = expanded(model), listed(built)
    mismatches = [*_tensors(stated, found), *_parts(model, found), *_forward(spec, built)]
    return Verified(spec.title(), len(stated), model.total(), tuple(mismatches))


def expanded(model: Model) -> dict[str, Listed]:
    """The ledger with every copy of a stack's tensors under its own name."""
    tensors: dict[str, Listed] = {}
    for entry in model.ledger():
        shape = _ints((*entry.tensor.shape, entry.times))[:-1]
        tensors |= {name: Listed(shape, tensor.shares) for name, tensor in entry.copies()}
    return tensors


def listed(built: nn.Module) -> dict[str, Listed]:
    """The witness's parameters; one with several names is shared by all but the first."""
    tensors: dict[str, Listed] = {}
    first: dict[nn.Parameter, str] = {}
    for name, tensor in built.named_parameters(remove_duplicate=False):
        owner = first.setdefault(tensor, name)
        tensors[name] = Listed(tuple(tensor.shape), "" if owner == name else owner)
    return tensors


def _tensors(stated: Mapping[str, Listed], found: Mapping[str, Listed]) -> Iterator[str]:
    for name in {**stated, **found}:
        if stated.get(name) != found.get(name):
            yield f"{name}: the ledger has {_text(stated.get(name))}, the witness has {_text(found.get(name))}"


def _text(tensor: Listed | None) -> str:
    if tensor is None:
        return "none"
    return _shape(tensor.shape) + (f" shared with {tensor.shares}" if tensor.shares else "")


def _shape(shape: tuple[Any, ...]) -> str:
    return " × ".join(map(str, shape))


def _parts(model: Model, found: Mapping[str, Listed]) -> Iterator[str]:
    counts: dict[str, int] = {}
    for name, tensor in found.items():
        component = _component(name, found)
        counts[component] = counts.get(component, 0) + (0 if tensor.shares else math.prod(tensor.shape))
    stated: dict[str, int] = model.by_component()
    for component in {**stated, **counts}:
        if stated.get(component) != counts.get(component):
            yield _counted(component, stated.get(component, 0), counts.get(component, 0))
    if model.total() != sum(counts.values()):
        yield _counted("total", model.total(), sum(counts.values()))


def _component(name: str, found: Mapping[str, Listed]) -> str:
    *_, owner, own = name.split(".")
    component = COMPONENTS.get(f"{owner}.{own}", COMPONENTS.get(owner, owner))
    if component == "layer norm" and f"{name.removesuffix(own)}bias" not in found:
        return "norm"  # a gain only: RMSNorm
    return component


def _counted(what: str, stated: int, found: int) -> str:
    return f"{what}: the ledger counts {stated:,}, the witness {found:,}"


def _forward(spec: Spec, built: nn.Module) -> Iterator[str]:
    b, t = 1, min(2, spec.sizes.get("n_ctx", 2))
    expected = _outputs(spec, b, t)
    try:
        shapes = dry_run.run(built, b, t)
    except RuntimeError as error:
        yield f"forward pass: {' '.join(str(error).split())}"
        return
    for what, shape, found in zip_longest(expected, expected.values(), shapes):
        if shape != found:
            stated, has = _shape(shape or ("none",)), _shape(found or ("none",))
            yield f"{what or 'an extra output'}: expected {stated}, the witness has {has}"


def _outputs(spec: Spec, b: int, t: int) -> dict[str, tuple[int, ...]]:
    """The output shapes of a model of *spec*: logits, or an encoder's states and its pooled output."""
    if "n_classes" in spec.sizes:
        return {"logits": (b, spec.sizes["n_classes"])}
    if "pooler" not in spec.sizes:
        return {"logits": (b, t, spec.sizes["n_vocab"])}
    states = {"hidden states": (b, t, spec.sizes["d_model"])}
    return states | ({"pooled": (b, spec.sizes["d_model"])} if spec.sizes["pooler"] else {})


def witness_of(spec: Spec) -> Callable[..., nn.Module]:
    if not isinstance(spec.family, Family):
        said = "a config has no witness from a paper; valid: --against transformers, or a model from a paper's table"
        raise InputError(f"{spec.name}: {said}")
    if spec.family.name not in WITNESSES:
        known = ", ".join(WITNESSES)
        raise InputError(f"{spec.name}: the family {spec.family.name} has no witness; valid: {known}")
    return WITNESSES[spec.family.name]


def _refuse_absurd(spec: Spec, model: Model) -> None:
    tensors = sum(_ints(entry.times for entry in model.ledger()))
    if tensors > MOST_TENSORS:
        raise InputError(f"{spec.title()}: {tensors:,} tensors are too many to build; valid: up to {MOST_TENSORS:,}")
    for entry in model.ledger():
        shape = _ints(entry.tensor.shape)
        if math.prod(shape) > LARGEST_TENSOR:
            name = f"{entry.name.replace('{}', '*')} ({_shape(shape)})"
            raise InputError(f"{spec.title()}: {name} is too large for torch; valid: below 2^61 parameters")


def _ints(sizes: Iterable[Any]) -> tuple[int, ...]:
    """A ledger's sizes as ints; raises InputError if they are symbols or arrays, which a witness cannot have."""
    sizes = tuple(sizes)
    try:
        return tuple(int(size) for size in sizes)
    except TypeError:
        raise InputError(f"verify: sizes {_shape(sizes)} are not whole numbers; valid: ints") from None
