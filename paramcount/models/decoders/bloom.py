"""BLOOM: ALiBi, and a norm after the embedding."""

from __future__ import annotations

from paramcount.blocks.attention import fused_attention, whole_heads
from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import last_norm, layer_norm
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.models.architecture import Architecture
from paramcount.models.decoders.gpt_neox import HEADS, UP_AND_DOWN, norms_of, tokens


def bloom(c: Config) -> Parts:
    """Scao et al. 2022, sec. 3.2.2: ALiBi instead of position embeddings, and a norm on the embedding."""
    h, d_ff = whole_heads(c), c.tied("d_ff", 4 * c.size("hidden_size"))
    attn = fused_attention(h, "self_attention", qkv_bias=True, out_bias=True)
    layer = (*norms_of(h.d_model), *attn, *plain(h.d_model, d_ff, names=UP_AND_DOWN))
    norm = layer_norm("word_embeddings_layernorm", h.d_model, component="embedding norm")
    return (tokens(c), norm, Stack("h", c.size("num_hidden_layers"), layer), *last_norm(c, "ln_f"))


BLOOM = Architecture(
    summary="decoder with ALiBi, a LayerNorm on the embedding and a plain feed-forward",
    source="Scao et al. 2022, sec. 3.2.2",
    body=bloom,
    heads=HEADS,
    prefix="transformer",
)
