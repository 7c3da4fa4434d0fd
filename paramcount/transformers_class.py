"""The class of transformers that a config names, on the meta device: names, shapes and ties of its parameters.

Nothing that comes with a config is executed: its class is looked up in transformers, and nowhere else.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
import transformers
from torch import nn

from paramcount.architectures.counted import Counted
from paramcount.architectures.registry import architecture_of
from paramcount.config import Config, ConfigError
from paramcount.model import Model
from paramcount.tensor import Tensor

# The class that stands for a config that names none, by the task of the type's classes.
AUTO = {
    "causal": "AutoModelForCausalLM",
    "seq2seq": "AutoModelForSeq2SeqLM",
    "masked": "AutoModelForMaskedLM",
    "pretraining": "AutoModelForPreTraining",
    "base": "AutoModel",
}
LAYER = re.compile(r"(?<=\.)[0-9]+(?=\.)")


class Parameter(NamedTuple):
    """A parameter under one of its names; *owner* is the one name that stands for all of them."""

    shape: tuple[int, ...]
    owner: str


def build(config: Config) -> nn.Module:
    """The class that *config* names, its parameters without data; raises whatever transformers raises on it.

    A head that transformers ties against the config, and that released weights have of its own, is made its own.
    """
    settings = {key: value for key, value in config.document.items() if key not in ("model_type", "auto_map")}
    settings.pop("quantization_config", None)
    transformers.utils.logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    with torch.device("meta"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parsed = transformers.AutoConfig.for_model(config.model_type, **settings)
        parsed._attn_implementation = "eager"
        built: nn.Module = _class(config)(parsed)
        _untie(config, built)
    return built


def counted(config: Config, why: str) -> Counted:
    """*config*'s model as transformers builds it; *why* it is not counted here stands in the error where it cannot."""
    try:
        built = build(config)
    except Exception as error:  # transformers raises whatever its classes run into
        said = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise ConfigError(f"{why}; nor does transformers {transformers.__version__} build it ({said})") from None
    summary = f"counted by transformers {transformers.__version__} ({type(built).__name__})"
    return Counted(config.model_type, summary, "transformers", _components(built))


def differences(model: Model, built: nn.Module) -> list[str]:
    """A line for each name, shape or tie in which the ledger and the class differ, and one for their totals."""
    ours, theirs = stated(model), found(built)
    lines = [
        f"{name}: the ledger has {_text(ours.get(name))}, transformers has {_text(theirs.get(name))}"
        for name in sorted({*ours, *theirs})
        if ours.get(name) != theirs.get(name)
    ]
    total = sum(parameter.numel() for parameter in built.parameters())
    if model.total() != total:
        lines.append(f"total: the ledger counts {model.total():,}, transformers {total:,}")
    return lines


def found(built: nn.Module) -> dict[str, Parameter]:
    """Every name of every parameter of a module."""
    first: dict[int, str] = {}
    named = built.named_parameters(remove_duplicate=False)
    return _owned({name: Parameter(tuple(p.shape), first.setdefault(id(p), name)) for name, p in named})


def stated(model: Model) -> dict[str, Parameter]:
    """Every name of every tensor of a ledger."""
    copies = (copy for entry in model.ledger() for copy in entry.copies())
    return _owned({name: Parameter(t.sides(), t.shares or name) for name, t in copies})


def _owned(named: dict[str, Parameter]) -> dict[str, Parameter]:
    """Of all names of one tensor the first in the alphabet is its owner, on both sides."""
    names: dict[str, list[str]] = {}
    for name, parameter in named.items():
        names.setdefault(parameter.owner, []).append(name)
    return {name: parameter._replace(owner=min(names[parameter.owner])) for name, parameter in named.items()}


def _text(parameter: Parameter | None) -> str:
    return "none" if parameter is None else f"{' × '.join(map(str, parameter.shape))} ({parameter.owner})"


def _class(config: Config) -> Any:
    name = config.class_name()
    if name is not None:
        return getattr(transformers, name)._from_config
    tasks = set(config.about["classes"].values())
    task = config.task or next((task for task in AUTO if task in tasks), "base")
    return getattr(transformers, AUTO[task]).from_config


def _untie(config: Config, built: nn.Module) -> None:
    architecture = architecture_of(config.model_type)
    head = getattr(built, architecture.own_head, None) if architecture and architecture.own_head else None
    if head is not None and config.get("tie_word_embeddings") is False:
        head.weight = nn.Parameter(torch.empty_like(head.weight))


def _components(built: nn.Module) -> Iterator[tuple[str, Tensor]]:
    """Each parameter and its component: the module that holds it, layers being one."""
    ends = {_weight(built.get_output_embeddings): "output head", _weight(built.get_input_embeddings): "token embedding"}
    first: dict[int, str] = {}
    for name, parameter in built.named_parameters(remove_duplicate=False):
        owner = first.setdefault(id(parameter), name)
        module = LAYER.sub("*", name.rpartition(".")[0])
        inner = module.split(".*.")
        component = ".*.".join([*inner[:-1], inner[-1].split(".")[0]])
        component = "output head" if owner != name and ends.get(id(parameter)) else ends.get(id(parameter), component)
        yield component, Tensor(name, tuple(parameter.shape), "" if owner == name else owner)


def _weight(end: Any) -> int:
    try:
        return id(end().weight)
    except (AttributeError, NotImplementedError):
        return 0
