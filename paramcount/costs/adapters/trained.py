"""The parameters that an adapter trains: LoRA maps, copies of modules, biases and rows of tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate
from math import prod
from typing import NamedTuple

from paramcount.catalog.spec import Spec
from paramcount.costs.adapters.peft import ALL_LINEAR, Peft
from paramcount.costs.memory.formats import ROUTER
from paramcount.costs.memory.weights import LINEAR, TABLE, Weight, weights_of
from paramcount.errors import InputError
from paramcount.models.design import Counted

HEAD = "output head"
HEADS = {"SEQ_CLS": ("classifier", "score"), "TOKEN_CLS": ("classifier", "score"), "QUESTION_ANS": ("qa_outputs",)}
MOST = 1_000_000  # tensors of a base
FIRST_NUMBER = re.compile(r".*?\.[^.]*\.(?P<at>\d+)\.")


class Trained(NamedTuple):
    """The trained parameters of one module; *kind* is LoRA, copy, bias or rows.

    For LoRA, *r* is the rank, and *inputs* and *outputs* are those of the map that it adapts.
    """

    name: str
    kind: str
    params: int
    r: int = 0
    inputs: int = 0
    outputs: int = 0


class Adapted(NamedTuple):
    """A base of *base* parameters with an adapter.

    *beside* is the number of parameters added to the base during training; *merged* is the total once the adapter is
    merged into the base and trained copies have replaced their modules.
    """

    trained: tuple[Trained, ...]
    base: int
    beside: int
    merged: int

    def __repr__(self) -> str:
        return f"<{self.total:,} trained parameters in {len(self.trained)} modules of a model of {self.base:,}>"

    @property
    def total(self) -> int:
        """The number of trained parameters."""
        return sum(one.params for one in self.trained)

    @property
    def share(self) -> float:
        """The trained share of all parameters, adapter included, as peft prints it."""
        return self.total / (self.base + self.beside)


class _Named(NamedTuple):
    """A tensor of the base under its full name."""

    name: str
    weight: Weight

    @property
    def module(self) -> str:
        return self.name.rpartition(".")[0]


def adapted(spec: Spec, peft: Peft) -> Adapted:
    """What *peft* trains on top of *spec*; raises InputError on a target that is not a linear map or table of it."""
    base = list(_named(spec))
    counted = isinstance(spec.family, Counted)
    if counted and (peft.dora or peft.targets == ALL_LINEAR):
        raise InputError(f"{spec.name}: it was counted by transformers, so its linear maps are not known")
    saved = _saved(spec, peft, base)
    maps = list(_maps(spec, peft, base, counted, saved))
    biases = [Trained(one.name, "bias", one.weight.elements) for one in _biases(peft, base, maps, saved)]
    rows = [_rows(spec, peft, base, table, number) for table, number in peft.tokens.items()]
    copies = [Trained(one.name, "copy", one.weight.elements) for one in saved]
    total = spec.model().total()
    beside = sum(one.params for one in (*maps, *rows, *copies))
    trained = (*maps, *biases, *rows, *copies)
    return Adapted(trained, total, beside, total + _untied(base, saved))


def _named(spec: Spec) -> Iterator[_Named]:
    model = spec.model() if isinstance(spec.family, Counted) else spec.family.sized(spec.sizes)
    weights = weights_of(spec)
    if sum(weight.times for weight in weights) > MOST:
        raise InputError(f"{spec.name}: more than {MOST:,} tensors; valid: a smaller base")
    for entry, weight in zip(model.ledger(), weights, strict=True):
        for name, tensor in entry.copies():
            yield _Named(name, weight._replace(shares=tensor.shares))


def _maps(spec: Spec, peft: Peft, base: list[_Named], counted: bool, saved: list[_Named]) -> Iterator[Trained]:
    """The adapter of every target: A and B, the magnitude for DoRA, and B's bias if there is one."""
    owners: dict[str, _Named] = {}
    for one in base:
        if _adaptable(one, counted):
            owners.setdefault(one.module, one)
    tied = {one.module for one in base if one.weight.shares and one.weight.layers is not None}
    kept = {one.module for one in saved}
    hit = [name for name in _modules(base) if name not in kept and _is_target(peft, name, owners)]
    for name in hit:
        if name not in owners or name in tied:
            why = "not a linear map or table" if name not in owners else "shared with another layer"
            raise InputError(f"{spec.name}: lora target {name}: {why}; {_valid(owners)}")
        yield _adapter(peft, name, owners[name].weight)
    if not hit:
        said = peft.targets if isinstance(peft.targets, str) else ", ".join(peft.targets)
        raise InputError(f"{spec.name}: lora target {said}: no linear map has this name; {_valid(owners)}")
    for target in () if isinstance(peft.targets, str) else peft.targets:
        if not any(_ends(name, target) for name in (*hit, *kept, *(() if peft.layers is None else _modules(base)))):
            raise InputError(f"{spec.name}: lora target {target}: no linear map has this name; {_valid(owners)}")


def _adaptable(one: _Named, counted: bool) -> bool:
    """Whether a tensor is the matrix of a module that peft can adapt."""
    weight = one.weight
    if not one.name.endswith(".weight") or weight.component == ROUTER:
        return False
    return len(weight.shape) == 2 if counted else weight.kind in (LINEAR, TABLE)


def _modules(base: list[_Named]) -> list[str]:
    """The names of all modules, including those that contain others, in the model's order."""
    names: dict[str, None] = {}
    for one in base:
        parts = one.module.split(".")
        names |= dict.fromkeys(accumulate(parts, lambda before, part: f"{before}.{part}"))
    return list(names)


def _is_target(peft: Peft, name: str, owners: dict[str, _Named]) -> bool:
    """Whether peft adapts the module called *name* (tuners_utils.check_target_module_exists)."""
    if isinstance(peft.exclude, str) and re.fullmatch(peft.exclude, name):
        return False
    if not isinstance(peft.exclude, str) and any(_ends(name, one) for one in peft.exclude):
        return False
    if any(f".{module}." in f".{name}." for module in peft.saved):
        return False
    if peft.targets == ALL_LINEAR:
        own = owners.get(name)
        heads = HEADS.get(peft.task, ())
        return own is not None and own.weight.kind == LINEAR and own.weight.component != HEAD and name not in heads
    if isinstance(peft.targets, str):
        return re.fullmatch(peft.targets, name) is not None
    if name in peft.targets:
        return True
    return any(_ends(name, target) for target in peft.targets) and _in_layers(peft, name)


def _in_layers(peft: Peft, name: str) -> bool:
    if peft.layers is None:
        return True
    patterns = [re.compile(rf"(?:^|.*?\.){re.escape(one)}\.(?P<at>\d+)\.") for one in peft.layers_pattern]
    found = next(filter(None, (one.match(name) for one in patterns or [FIRST_NUMBER])), None)
    return found is not None and int(found["at"]) in peft.layers


def _adapter(peft: Peft, name: str, weight: Weight) -> Trained:
    table = weight.kind == TABLE
    d_in = weight.d_in or (weight.shape[0] if table else weight.shape[1])
    d_out = weight.elements // d_in
    r = next((rank for key, rank in peft.ranks.items() if re.match(rf"(.*\.)?({key})$", name)), peft.r)
    if table and peft.lora_bias:
        raise InputError(f"lora_bias: {name} is a table, and its adapter has no bias; valid: lora_bias = false")
    more = d_out * (peft.dora + peft.lora_bias)
    return Trained(name, "DoRA" if peft.dora else "LoRA", r * (d_in + d_out) + more, r, d_in, d_out)


def _saved(spec: Spec, peft: Peft, base: list[_Named]) -> list[_Named]:
    """The tensors of modules of which a copy is trained (modules_to_save)."""
    found: dict[str, _Named] = {}
    modules = _modules(base)
    heads = HEADS.get(peft.task, ())
    if heads and not any(_ends(name, head) for name in modules for head in heads):
        raise InputError(
            f"{spec.name}: the adapter is for {peft.task}, but the base has no {' or '.join(heads)}; "
            f"valid: a base of that class (see its config's architectures)"
        )
    for module in dict.fromkeys((*peft.saved, *heads)):
        hit = [name for name in modules if name.endswith(module)]
        if not hit and module not in ("classifier", "score", "qa_outputs"):
            raise InputError(f"{spec.name}: modules_to_save: unknown module {module}; valid: names of its modules")
        for one in base:
            if any(f"{one.module}.".startswith(f"{name}.") for name in hit):
                found[one.name] = one
    return list(found.values())


def _biases(peft: Peft, base: list[_Named], maps: list[Trained], saved: list[_Named]) -> list[_Named]:
    """The base's biases that are trained: all, or those of the targets."""
    if peft.bias == "none":
        return []
    targets, kept = {one.name for one in maps}, {one.name for one in saved}
    every = [one for one in base if f".{one.name}".endswith(".bias") and not one.weight.shares and one.name not in kept]
    return every if peft.bias == "all" else [one for one in every if one.module in targets]


def _rows(spec: Spec, peft: Peft, base: list[_Named], table: str, number: int) -> Trained:
    """*number* rows of *table*, or of the token embedding if it is ""."""
    tables = [one for one in base if one.weight.kind == TABLE and not one.weight.shares]
    hit = [one for one in tables if (_ends(one.module, table) if table else one.weight.component == "token embedding")]
    if len(hit) != 1:
        raise InputError(f"{spec.name}: trainable_token_indices: no single table {table}; valid: its token embedding")
    return Trained(hit[0].module, "rows", number * prod(hit[0].weight.shape[1:]))


def _untied(base: list[_Named], saved: list[_Named]) -> int:
    """The parameters that are no longer shared once trained copies are in place."""
    kept, extra = {one.name for one in saved}, 0
    for one in base:
        if one.weight.shares and (one.name in kept or one.weight.shares in kept):
            extra += one.weight.elements
    return extra


def _ends(name: str, ending: str) -> bool:
    return f".{name}".endswith(f".{ending}")


def _valid(owners: dict[str, _Named]) -> str:
    last = sorted({name.rpartition(".")[2] for name in owners})
    return f"valid: {', '.join(one for one in last if one.isidentifier())}"
