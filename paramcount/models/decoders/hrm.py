"""HRM-Text: two stacks of layers, run alternately."""

from __future__ import annotations

from paramcount.blocks.attention import Heads, attention
from paramcount.blocks.feedforward import gated_feed_forward
from paramcount.blocks.parts import bare, dense, frozen, table
from paramcount.blocks.task_heads import DECODER_HEADS
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.models.architecture import Architecture


def hrm_text(c: Config) -> Parts:
    """As in transformers 5.23.0's class: num_hidden_layers is a stack's depth unless it has its own key.

    Norms have no parameters; the initial state of the recurrence is stored and not trained.
    """
    depth = c.size_or_none("num_layers_per_stack") or c.size("num_hidden_layers")
    n_heads, d_model, bias = c.size("num_attention_heads"), c.size("hidden_size"), c.flag("attention_bias")
    h = Heads(d_model, n_heads, n_heads, c.size("head_dim"))
    gate = dense("self_attn.gate_proj", "attention", d_model, n_heads * h.d_head, bias)
    layer = (*attention(h, bias, bias), gate, *gated_feed_forward(c, c.flag("mlp_bias")))
    high, low = c.size("H_cycles"), c.size("L_cycles")
    return (
        table("embed_tokens", c.size("vocab_size"), d_model),
        *frozen(bare("z_L_init", "initial state", d_model)),
        Stack("L_module.layers", depth, layer, times=depth * high * low),
        Stack("H_module.layers", depth, layer, times=depth * high),
    )


HRM_TEXT = Architecture(
    summary="two stacks of Llama's layers with gated attention, run alternately",
    source="transformers 5.23.0",
    body=hrm_text,
    untrained="runs most of its cycles without a gradient",
    heads=DECODER_HEADS,
)
