"""Bamba: Llama with Mamba-2's mixer in most layers."""

from __future__ import annotations

from paramcount.blocks.attention import attention, heads
from paramcount.blocks.decoder import around_layers
from paramcount.blocks.feedforward import gated
from paramcount.blocks.mixers import Heads2, follows, mamba2
from paramcount.blocks.parts import rms_norm
from paramcount.blocks.stacks import numbers, stacks
from paramcount.blocks.task_heads import DECODER_HEADS
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.ledger.sized import plain
from paramcount.models.architecture import Architecture


def bamba(c: Config) -> Parts:
    """As Llama, with Mamba-2's mixer instead of attention except in the layers in attn_layer_indices."""
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


def mamba2_of(c: Config, d_inner: int | None = None) -> Heads2:
    """Mamba-2's widths as in most hybrids' configs; *d_inner* if it does not follow from d_model."""
    d_model, bias = c.size("hidden_size"), c.flag("mamba_proj_bias")
    m = Heads2(
        d_model,
        c.size("mamba_expand") * d_model if d_inner is None else d_inner,
        c.size("mamba_d_state"),
        c.size("mamba_n_heads"),
        c.size("mamba_n_groups"),
        c.size("mamba_d_conv"),
        bias,
        c.flag("mamba_conv_bias"),
        bias,
        c.size("mamba_chunk_size"),
    )
    return _in_heads(c, m)


def _in_heads(c: Config, m: Heads2) -> Heads2:
    if not c.divides(m.n_heads, m.d_inner):
        raise c.refuse("mamba_n_heads", f"valid: a divisor of {m.d_inner}, the mixer's width")
    d_head = plain(m.d_inner) // plain(m.n_heads)
    if c.get("mamba_d_head") not in ("auto", d_head):
        raise c.refuse("mamba_d_head", f'valid: "auto" or {d_head}, the mixer\'s width per head')
    if c.get("mamba_d_head") == d_head:
        c.equals(d_head * m.n_heads, m.d_inner)
    return m


BAMBA = Architecture(
    summary="Llama's decoder with Mamba-2's mixer instead of attention in most layers",
    source="transformers 5.23.0, models/bamba",
    body=bamba,
    heads=DECODER_HEADS,
)
