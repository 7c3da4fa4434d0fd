"""RWKV-4: time mixing and channel mixing instead of attention and feed-forward."""

from __future__ import annotations

from paramcount.blocks.parts import bare, dense, layer_norm, table
from paramcount.blocks.products import State
from paramcount.blocks.stacks import stacks
from paramcount.blocks.task_heads import lm_head, no_head
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts
from paramcount.models.architecture import Architecture


def rwkv(c: Config) -> Parts:
    """Peng et al. 2023, sec. 3: time mixing and channel mixing; the first layer has an extra norm."""
    d_model = c.size("hidden_size")
    kinds = ["first", *["later"] * (c.layers() - 1)]
    ours = (*_time_mixing(c), *_channel_mixing(c), layer_norm("ln1", d_model), layer_norm("ln2", d_model))
    before = layer_norm("pre_ln", d_model, component="embedding norm")
    return (
        table("embeddings", c.size("vocab_size"), d_model),
        *stacks(c, "blocks", kinds, lambda kind: (before, *ours) if kind == "first" else ours, c.layers()),
        layer_norm("ln_out", d_model, component="final norm"),
    )


def _time_mixing(c: Config) -> Parts:
    d_model = c.size("hidden_size")
    width = d_model if c.get("attention_hidden_size") is None else c.size("attention_hidden_size")
    before, sums = Part("", "mixer", State(d_model)), Part("", "mixer", State(3 * d_model, "fp32"))
    return (
        bare("attention.time_decay", "mixer", width),
        bare("attention.time_first", "mixer", width),
        *(bare(f"attention.time_mix_{own}", "mixer", 1, 1, d_model) for own in ("key", "value", "receptance")),
        *(dense(f"attention.{own}", "mixer", d_model, width) for own in ("key", "value", "receptance")),
        dense("attention.output", "mixer", width, d_model),
        before,
        sums,
    )


def _channel_mixing(c: Config) -> Parts:
    d_model = c.size("hidden_size")
    d_ff = 4 * d_model if c.get("intermediate_size") is None else c.size("intermediate_size")
    return (
        *(bare(f"feed_forward.time_mix_{own}", "feed-forward", 1, 1, d_model) for own in ("key", "receptance")),
        dense("feed_forward.key", "feed-forward", d_model, d_ff),
        dense("feed_forward.receptance", "feed-forward", d_model, d_model),
        dense("feed_forward.value", "feed-forward", d_ff, d_model),
        Part("", "feed-forward", State(d_model)),
    )


RWKV = Architecture(
    summary="time mixing and channel mixing, without attention",
    source="Peng et al. 2023, sec. 3",
    body=rwkv,
    heads={"base": no_head, "causal": lm_head("embeddings", "head")},
    prefix="rwkv",
)
