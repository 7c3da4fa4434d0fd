"""The frame of a decoder: tokens, layers, a final norm, and where a layer's norms are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from paramcount.blocks.parts import layer_norm, rms_norm, table
from paramcount.blocks.stacks import stacks
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack

Make = Callable[[Config], Parts]


def layered(c: Config, kinds: Sequence[str], layer: Callable[[str], Parts], key: str = "num_hidden_layers") -> Parts:
    """Tokens, one layer for each of *kinds* in order, and a final RMSNorm."""
    d_model = c.size("hidden_size")
    return (
        table("embed_tokens", c.size("vocab_size"), d_model),
        *stacks(c, "layers", kinds, layer, c.layers(key)),
        rms_norm("norm", d_model, "final norm"),
    )


def sparse(c: Config, kinds: Sequence[str], feeds: Mapping[str, Make], *common: Parts) -> Parts:
    """A decoder whose layers share the parts in *common* and add those in *feeds* for their kind."""
    own = tuple(part for parts in common for part in parts)
    return layered(c, kinds, lambda kind: (*own, *feeds[kind](c)))


def around_layers(c: Config, layers: Parts, last: str = "norm") -> Parts:
    d_model = c.size("hidden_size")
    embedding = table("embed_tokens", c.size("vocab_size"), d_model)
    return (embedding, *layers, rms_norm(last, d_model, "final norm"))


def pre_layer_norms(c: Config) -> Parts:
    """LayerNorms with a bias before attention and before the feed-forward."""
    d_model = c.size("hidden_size")
    return layer_norm("input_layernorm", d_model), layer_norm("post_attention_layernorm", d_model)


def decoder(c: Config, *layer: Parts, last: Parts | None = None) -> Parts:
    """Tokens, n_layers of the parts in *layer*, and a final RMSNorm or *last* instead."""
    d_model = c.size("hidden_size")
    return (
        table("embed_tokens", c.size("vocab_size"), d_model),
        Stack("layers", c.size("num_hidden_layers"), tuple(part for parts in layer for part in parts)),
        *((rms_norm("norm", d_model, "final norm"),) if last is None else last),
    )


def norms(c: Config, *names: str) -> Parts:
    """RMSNorms over d_model."""
    return tuple(rms_norm(name, c.size("hidden_size")) for name in names)


def pre_norms(c: Config) -> Parts:
    """A norm before attention and one before the feed-forward."""
    return norms(c, "input_layernorm", "post_attention_layernorm")


def post_norms(c: Config) -> Parts:
    """A norm after attention and one after the feed-forward."""
    return norms(c, "post_attention_layernorm", "post_feedforward_layernorm")
