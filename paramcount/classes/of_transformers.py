"""The transformers class that a config names, on the meta device: names, shapes and ties of its parameters.

Nothing that comes with a config is executed; its class is looked up only in transformers.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping
from contextlib import AbstractContextManager
from importlib import import_module
from typing import Any, NamedTuple

import torch
import transformers
from torch import nn

from paramcount.classes.closed import closed
from paramcount.classes.meta import shapes_alone, silence, watched
from paramcount.classes.of_module import components
from paramcount.classes.there import absent
from paramcount.config import Config, ConfigError
from paramcount.config.config import DEEPEST
from paramcount.config.keys import SYMBOLS
from paramcount.config.own_code import without_code
from paramcount.ledger.model import Model, Part
from paramcount.ledger.tensor import Given
from paramcount.models.design import Counted
from paramcount.models.registry import UnbuiltError, architecture_of
from paramcount.models.text_models import TEXT
from paramcount.models.wholes import TIED

# A config that names no class gets its type's class for the first of these tasks it has.
TASKS = ("multimodal", "seq2seq", "speech", "causal", "masked", "pretraining", "base")
UNTOLD = (
    "model_type",
    "quantization_config",
)  # config keys not passed on: one is given separately, one changes no shape
MOST = 100_000  # tensors in a class: takes seconds, and exceeds any model


class Parameter(NamedTuple):
    """A parameter under one of its names; *owner* is the name that stands for all of them."""

    shape: tuple[int, ...]
    owner: str


def build(config: Config) -> nn.Module:
    """The class that *config* names, its parameters without data; passes on whatever transformers raises.

    A head that transformers ties against the config, but that released weights store separately, is untied. For a text
    model the multimodal class is built and the text model taken out.
    """
    if config.whole is not None:
        return text_of(build(_whole(config, config.whole)))
    settings = {key: value for key, value in without_code(config.document).items() if key not in UNTOLD}
    with shapes_alone(), silence(), closed():
        parsed = transformers.AutoConfig.for_model(config.model_type, **settings)
        parsed._attn_implementation = "eager"
        built: nn.Module = _class(config, parsed)(parsed)
        _untie(config, built)
        if TEXT in config.inner:
            _untie(config.inner[TEXT], getattr(built, "language_model", built))
    return built


def _whole(text: Config, whole: Config) -> Config:
    """The config of the multimodal model with *text* in it."""
    inner = {**text.document, "model_type": text.model_type}
    document = {**whole.document, "text_config": inner, "architectures": [text.holder], TIED: text.get(TIED)}
    return Config(document, whole.about, whole.name)


def text_of(whole: nn.Module) -> nn.Module:
    """The text model of *whole*, under a language model's names."""
    config: Any = whole.config
    inside = (module for module in whole.modules() if getattr(module, "config", None) is config.text_config)
    text = next(module for module in inside if isinstance(module, transformers.PreTrainedModel))
    head = getattr(whole, "lm_head", None)
    if head is None:
        return text
    alone = nn.Module()
    alone.model, alone.lm_head = text, head
    return alone


def counted(config: Config, why: str) -> Counted:
    """*config*'s model as transformers builds it; *why* it is not counted here is part of the error if that fails."""
    if config.model_type not in transformers.CONFIG_MAPPING:
        raise absent(config, why)
    _refuse_endless(config, config.document)
    try:
        with _up_to(MOST):
            built = build(config)
    except Exception as error:  # its classes may raise anything
        said = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise UnbuiltError(f"{why}, and transformers {transformers.__version__} cannot build it ({said})") from None
    if not any(parameter.numel() for parameter in built.parameters()):
        raise ConfigError(f"{why}, and transformers' {type(built).__name__} has no parameters")
    _refuse_unread(config, built.config, why)
    summary = f"counted by transformers {transformers.__version__} ({type(built).__name__})"
    parts = tuple(Part("", component, Given((tensor,))) for component, tensor in components(built))
    return Counted(config.model_type, summary, "transformers", Model(parts), config)


def _refuse_endless(config: Config, document: Mapping[str, Any]) -> None:
    """Refuses huge depths, since config classes list their layers before anything is built."""
    for key, value in document.items():
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, Mapping):
                _refuse_endless(config, inner)
        if "layer" in key and "vocab" not in key and type(value) is int and value > DEEPEST:
            raise ConfigError(f"{config.name}: {key} = {value}; valid: up to {DEEPEST:,}")


def _refuse_unread(config: Config, parsed: Any, why: str) -> None:
    """Refuses a model or text sizes under keys the class ignores, since it would use its defaults."""
    fields = {field.name for field in dataclasses.fields(parsed)}
    text = None if "text_config" in config.document else getattr(parsed, "text_config", None)
    for key, value in config.document.items():
        if key in fields:
            continue
        inside = isinstance(value, Mapping) and "model_type" in value
        lost = inside and not isinstance(getattr(parsed, key, None), transformers.PreTrainedConfig)
        if lost or (key in SYMBOLS and not _has(text, key, value)):
            raise ConfigError(f"{why}, and transformers' {type(parsed).__name__} ignores {key} and uses its defaults")


def _has(text: Any, key: str, value: Any) -> bool:
    """Whether a text model has *value* under *key*, or nothing there."""
    try:
        return bool(getattr(text, key, value) == value)
    except RuntimeError:  # for values that differ per layer
        return False


def _up_to(most: int) -> AbstractContextManager[None]:
    """Raise ValueError when more than *most* parameters are made."""
    made = itertools.count(1)

    def count() -> None:
        if next(made) > most:
            raise ValueError(f"it has more than {most:,} tensors")

    return watched(count)


def differences(model: Model, built: nn.Module) -> list[str]:
    """A line for each name, shape or tie that differs between the ledger and the class, and one for the totals."""
    ours, theirs = by_name(model), found(built)
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
    """Every name of every parameter in a module."""
    first: dict[int, str] = {}
    named = built.named_parameters(remove_duplicate=False)
    return _owned({name: Parameter(tuple(p.shape), first.setdefault(id(p), name)) for name, p in named})


def by_name(model: Model) -> dict[str, Parameter]:
    """Every name of every tensor in a ledger."""
    copies = (copy for entry in model.ledger() for copy in entry.copies())
    return _owned({name: Parameter(t.sides(), t.shares or name) for name, t in copies})


def _owned(named: dict[str, Parameter]) -> dict[str, Parameter]:
    """On both sides, the alphabetically first name of a tensor is its owner."""
    names: dict[str, list[str]] = {}
    for name, parameter in named.items():
        names.setdefault(parameter.owner, []).append(name)
    return {name: parameter._replace(owner=min(names[parameter.owner])) for name, parameter in named.items()}


def _text(parameter: Parameter | None) -> str:
    return "none" if parameter is None else f"{' × '.join(map(str, parameter.shape))} ({parameter.owner})"


def _class(config: Config, parsed: Any) -> Any:
    """The constructor of the class that *config* names, or of its type's language model."""
    name = class_name(config)
    return _named(name, parsed)._from_config if name else transformers.AutoModel.from_config


def _named(name: str, parsed: Any) -> Any:
    """The transformers class *name*; one used only inside others is found beside its config's class."""
    if hasattr(transformers, name):
        return getattr(transformers, name)
    return getattr(import_module(type(parsed).__module__.replace(".configuration_", ".modeling_")), name)


def class_name(config: Config) -> str:
    """The class that *config* names, or its type's for the first of TASKS; "" for an unknown type."""
    of_task = {task: name for name, task in reversed(config.about["classes"].items())}
    first = of_task.get(config.task) or next((of_task[task] for task in TASKS if task in of_task), "")
    return config.class_name() or first


def _untie(config: Config, built: nn.Module) -> None:
    architecture = architecture_of(config.model_type)
    head = getattr(built, architecture.own_head, None) if architecture and architecture.own_head else None
    if head is not None and config.get("tie_word_embeddings") is False:
        head.weight = nn.Parameter(torch.empty_like(head.weight))
