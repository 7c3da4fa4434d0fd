"""Bamba: Llama with Mamba-2's mixer in most layers."""

from __future__ import annotations

from paramcount.blocks.attention import attention, heads
from paramcount.blocks.decoder import around_layers
from paramcount.blocks.feedforward import gated
from paramcount.blocks.mixers import follows, mamba2, mamba2_of
from paramcount.blocks.parts import rms_norm
from paramcount.blocks.stacks import numbers, stacks
from paramcount.blocks.task_heads import DECODER_HEADS
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.architecture import Architecture


def bamba(c: Config) -> Parts:
    """As Llama, with Mamba-2's mixer for attention but in the layers that attn_layer_indices names."""
    follows(c, "layers_block_type")
    attending = numbers(c, "attn_layer_indices")
    kinds = ["full" if at in attending else "linear" for at in range(c.layers())]
    return around_layers(
        c, stacks(c, "layers", kinds, lambda kind: _bamba_layer(c, kind), c.layers()), "final_layernorm"
    )


def _bamba_layer(c: Config, kind: str) -> Parts:
    d_model, bias = c.size("hidden_size"), c.flag("attention_bias")
    return (
        *(attention(heads(c), bias, bias) if kind == "full" else mamba2(mamba2_of(c), "mamba")),
        *gated(d_model, c.size("intermediate_size"), c.flag("mlp_bias"), "feed_forward"),
        rms_norm("input_layernorm", d_model),
        rms_norm("pre_ff_layernorm", d_model),
    )


BAMBA = Architecture(
    summary="Llama's decoder with Mamba-2's mixer for attention in most layers",
    source="transformers 5.23.0, models/bamba",
    body=bamba,
    heads=DECODER_HEADS,
)
