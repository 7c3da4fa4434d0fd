"""RecurrentGemma: gated linear recurrences, and local attention in every third layer."""

from __future__ import annotations

import math

from paramcount.blocks.attention import Heads, attention
from paramcount.blocks.feedforward import gated
from paramcount.blocks.leaves import Convolution
from paramcount.blocks.mixers import follows
from paramcount.blocks.parts import bare, dense, rms_norm, table
from paramcount.blocks.products import Matrices, State
from paramcount.blocks.stacks import stacks
from paramcount.blocks.task_heads import lm_head, no_head
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts
from paramcount.models.architecture import Architecture


def recurrent_gemma(c: Config) -> Parts:
    """De et al. 2024, sec. 2: a linear recurrence in two of three layers, local attention in the third."""
    follows(c, "layers_block_type")
    d_model = c.size("hidden_size")
    width = c.follows("d_gate", "intermediate_size / 2, rounded down", c.size("intermediate_size"), 2)
    common = (
        *gated(d_model, width, bias=True, name="mlp_block"),
        rms_norm("temporal_pre_norm", d_model),
        rms_norm("channel_pre_norm", d_model),
    )
    return (
        table("embed_tokens", c.size("vocab_size"), d_model),
        *stacks(c, "layers", _blocks(c), lambda kind: (*MIXERS[kind](c), *common), c.layers()),
        rms_norm("final_norm", d_model, "final norm"),
    )


def _blocks(c: Config) -> list[str]:
    """The kinds in block_types, repeated."""
    kinds, n_layers = c.get("block_types"), c.layers()
    if not isinstance(kinds, list) or not kinds or set(kinds) - set(MIXERS):
        raise c.refuse("block_types", f"valid: a list of {' and '.join(MIXERS)}")
    if n_layers > 100 * len(kinds):  # the class repeats them this often
        raise c.refuse("block_types", f"valid: at least {math.ceil(n_layers / 100)} for {n_layers} layers")
    return [kinds[at % len(kinds)] for at in range(n_layers)]


def _local_attention(c: Config) -> Parts:
    d_model, n_heads = c.size("hidden_size"), c.size("num_attention_heads")
    n_kv_heads = c.size_or_none("num_key_value_heads") or n_heads
    if not c.is_at_most(n_kv_heads, n_heads):
        raise c.refuse("num_key_value_heads", f"valid: up to num_attention_heads = {n_heads}")
    d_head = c.size("head_dim") if "head_dim" in c.given else c.quotient("d_head", "hidden_size", "num_attention_heads")
    h = Heads(d_model, n_heads, n_kv_heads, d_head)
    return attention(h, c.flag("attention_bias"), out_bias=True, name="temporal_block")


def _recurrence(c: Config) -> Parts:
    """A recurrence whose gates are maps within each of n_heads blocks (De et al. 2024, sec. 2.4)."""
    d_model, n_heads = c.size("hidden_size"), c.size("num_attention_heads")
    width = c.size_or_none("lru_width") or d_model
    if not c.divides(n_heads, width):
        raise c.refuse("num_attention_heads", f"valid: a divisor of the recurrence's width, {width}")
    d_block = c.follows("d_block", "lru_width, or hidden_size, / num_attention_heads", width, n_heads, "exactly")
    name, d_conv = "temporal_block", c.size("conv1d_width")
    return (
        dense(f"{name}.linear_y", "mixer", d_model, width, bias=True),
        dense(f"{name}.linear_x", "mixer", d_model, width, bias=True),
        dense(f"{name}.linear_out", "mixer", width, d_model, bias=True),
        Part(f"{name}.conv_1d", "mixer", Convolution(width, 1, d_conv, bias=True, beyond=d_conv + -1)),
        Part("", "mixer", State(width * (d_conv + -1))),
        Part("", "mixer", State(width, "fp32")),
        bare(f"{name}.rg_lru.recurrent_param", "mixer", width),
        *(
            Part(f"{name}.rg_lru", "mixer", Matrices(f"{own}_gate_weight", (n_heads, d_block, d_block)))
            for own in GATES
        ),
        *(bare(f"{name}.rg_lru.{own}_gate_bias", "mixer", n_heads, d_block) for own in GATES),
    )


GATES = ("input", "recurrent")
MIXERS = {"recurrent": _recurrence, "attention": _local_attention}
RECURRENT_GEMMA = Architecture(
    summary="a gated linear recurrence in two of three layers, local attention in the third",
    source="De et al. 2024, sec. 2",
    body=recurrent_gemma,
    heads={"base": no_head, "causal": lm_head()},
)
