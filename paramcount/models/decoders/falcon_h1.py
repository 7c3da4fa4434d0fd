"""Falcon-H1: parallel attention and Mamba-2 mixer in every layer."""

from __future__ import annotations

from paramcount.blocks.attention import attention, heads
from paramcount.blocks.decoder import around_layers
from paramcount.blocks.feedforward import gated
from paramcount.blocks.mixers import follows, mamba2
from paramcount.blocks.parts import rms_norm
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.models.decoders.bamba import BAMBA, mamba2_of


def falcon_h1(c: Config) -> Parts:
    """Parallel attention and Mamba-2 mixer in every layer."""
    follows(c, "layers_block_type")
    d_model, bias = c.size("hidden_size"), c.flag("attention_bias")
    m = mamba2_of(c, c.size_or_none("mamba_d_ssm"))
    layer = (
        *attention(heads(c), bias, bias),
        *mamba2(m._replace(out_bias=c.flag("projectors_bias")), "mamba", c.flag("mamba_rms_norm")),
        *gated(d_model, c.size("intermediate_size"), c.flag("mlp_bias"), "feed_forward"),
        rms_norm("input_layernorm", d_model),
        rms_norm("pre_ff_layernorm", d_model),
    )
    return around_layers(c, (Stack("layers", c.size("num_hidden_layers"), layer),), "final_layernorm")


FALCON_H1 = BAMBA._replace(
    summary="parallel attention and Mamba-2 mixer in every layer",
    source="transformers 5.23.0, models/falcon_h1",
    body=falcon_h1,
)
