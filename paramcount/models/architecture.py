"""What an architecture is: how the config of a model type becomes a model, for each class that stands on its body."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from paramcount.blocks.shared import Sharing
from paramcount.blocks.task_heads import AddHead
from paramcount.config import Config
from paramcount.ledger.model import Model, Part, Parts, Stack
from paramcount.models.ahead import Ahead

Body = Callable[[Config], Parts]


# Keys that transformers reads in the config of any type, and whose effect few architectures model.
UNMODELLED = {"per_layer_config": "valid: none; layers with sizes of their own are not counted for this type"}
NO_SIZES = frozenset({"sliding_window"})  # what a layer may have of its own: it changes no tensor


# The activations of transformers 5.23.0 that have parameters.
LEARNED_ACTIVATIONS = ("prelu", "xielu")


class Architecture(NamedTuple):
    """The body that all classes of a model type share, and the head that each task puts on it.

    Names in *body* are those of the base class; the other classes have the body under *prefix*. A body that depends on
    the task reads it from config.task. *heads* are by task as paramcount/config/types.jsonl names them: "causal" is a
    language model, "base" the body alone. *prefixes* are those of tasks that have another. *counts* are the keys of
    UNMODELLED that this body does read. *own_head* is a head that transformers' class ties even where the config says
    that it is not tied, and released weights do not; it is counted as the weights have it. *uncosted* says why what it
    multiplies is not stated, if it is not: "attends in overlapping chunks"; *caches* that what it keeps is stated all
    the same. *decodes* says of one in an encoder's
    lineage that its tokens see those before them alone. *ahead* are its modules for multi-token prediction, where it
    is known what is in them.
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
        """The model that *config* states, for the task it is read for; raises ConfigError."""
        refuse_what_is_not_counted(config, self.counts)
        under = "" if config.task == "base" else self.prefixes.get(config.task, self.prefix)
        prefix = f"{under}." if under else ""
        body = tuple(within(prefix, part) for part in self.body(config))
        return Model((*body, *self.heads[config.task](config, prefix)))


def refuse_what_is_not_counted(config: Config, counts: tuple[str, ...] = ()) -> None:
    """Raise ConfigError on a key whose effect is not modelled, but for those of *counts*; nested configs ask anew."""
    for key, value in config.values.items():
        if key in UNMODELLED and key not in counts and value and not _without_sizes(value):
            raise config.refuse(key, UNMODELLED[key])
        if value in LEARNED_ACTIVATIONS and value != config.about["defaults"].get(key):
            raise config.refuse(key, "valid: an activation without parameters of its own")


def _without_sizes(layers: Any) -> bool:
    """Whether what is said of single layers changes no tensor."""
    stated = layers.values() if isinstance(layers, Mapping) else [None]
    return all(isinstance(own, Mapping) and own.keys() <= NO_SIZES for own in stated)


def within(prefix: str, part: Part | Stack) -> Part | Stack:
    """*part* in a larger model: *prefix* before its name, and before those of the tensors that it shares."""
    return _sharing(prefix, part)._replace(name=f"{prefix}{part.name}".removesuffix("."))


def _sharing(prefix: str, part: Part | Stack) -> Part | Stack:
    """What a part shares of the body stands under *prefix* too."""
    if isinstance(part, Stack):
        return part._replace(layer=tuple(_sharing(prefix, inner) for inner in part.layer))
    tensors = tuple(part.block.tensors())
    if not any(tensor.shares for tensor in tensors):
        return part
    listed = tuple(one._replace(shares=one.shares and prefix + one.shares) for one in tensors)
    return part._replace(block=Sharing(listed, part.block, prefix))
