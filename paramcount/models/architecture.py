"""Architecture: how a model type's config becomes a model, for each class built on its body."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from paramcount.blocks.shared import Sharing
from paramcount.blocks.task_heads import AddHead
from paramcount.config import Config
from paramcount.ledger.model import Model, Part, Parts, Stack
from paramcount.models.ahead import Ahead

Body = Callable[[Config], Parts]


# Keys that transformers reads in any config, but few architectures here support.
UNMODELLED = {"per_layer_config": "valid: none, since per-layer sizes are not supported for this type"}
NO_SIZES = frozenset({"sliding_window"})  # per-layer keys that change no tensor


# The activations of transformers 5.23.0 that have parameters.
LEARNED_ACTIVATIONS = ("prelu", "xielu")


class Architecture(NamedTuple):
    """The body shared by all classes of a model type, and the head each task adds.

    Names in *body* are the base class's; other classes have the body under *prefix*, or a task's own in *prefixes*. A
    body that depends on the task reads config.task. *heads* are by task as named in paramcount/config/types.jsonl:
    "causal" is a language model, "base" the body only. *counts* are the keys of UNMODELLED this body supports.
    *own_head* is a head that transformers' class ties even if the config says untied, unlike released weights; it is
    counted as in the weights. *uncosted* says why its FLOPs are unknown, if they are: "attends in overlapping chunks";
    *caches* says that its cache is known all the same. *decodes* marks a type in an encoder's lineage with causal
    attention. *ahead* are its modules for multi-token prediction, if their contents are known.
    """

    summary: str
    source: str
    body: Body
    heads: Mapping[str, AddHead]
    prefix: str = "model"
    prefixes: Mapping[str, str] = {}
    counts: tuple[str, ...] = ()
    own_head: str = ""
    uncosted: str = ""
    caches: bool = False
    untrained: str = ""
    decodes: bool = False
    ahead: Ahead | None = None

    def build(self, config: Config) -> Model:
        """The model that *config* describes, for its task; raises ConfigError."""
        refuse_what_is_not_counted(config, self.counts)
        under = "" if config.task == "base" else self.prefixes.get(config.task, self.prefix)
        prefix = f"{under}." if under else ""
        body = tuple(within(prefix, part) for part in self.body(config))
        return Model((*body, *self.heads[config.task](config, prefix)))


def refuse_what_is_not_counted(config: Config, counts: tuple[str, ...] = ()) -> None:
    """Raise ConfigError on an unsupported key, except *counts*; nested configs are checked separately."""
    for key, value in config.values.items():
        if key in UNMODELLED and key not in counts and value and not _without_sizes(value):
            raise config.refuse(key, UNMODELLED[key])
        if value in LEARNED_ACTIVATIONS and value != config.about["defaults"].get(key):
            raise config.refuse(key, "valid: an activation without parameters")


def _without_sizes(layers: Any) -> bool:
    """Whether the values for single layers change no tensor."""
    stated = layers.values() if isinstance(layers, Mapping) else [None]
    return all(isinstance(own, Mapping) and own.keys() <= NO_SIZES for own in stated)


def within(prefix: str, part: Part | Stack) -> Part | Stack:
    """*part* in a larger model: *prefix* before its name and the names of tensors it shares."""
    return _sharing(prefix, part)._replace(name=f"{prefix}{part.name}".removesuffix("."))


def _sharing(prefix: str, part: Part | Stack) -> Part | Stack:
    """Puts *prefix* before what a part shares in the body too."""
    if isinstance(part, Stack):
        return part._replace(layer=tuple(_sharing(prefix, inner) for inner in part.layer))
    tensors = tuple(part.block.tensors())
    if not any(tensor.shares for tensor in tensors):
        return part
    listed = tuple(one._replace(shares=one.shares and prefix + one.shares) for one in tensors)
    return part._replace(block=Sharing(listed, part.block, prefix))
