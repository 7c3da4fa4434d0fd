"""TrOCR's decoder, which attends to an image."""

from __future__ import annotations

from paramcount.blocks.attention import whole_heads
from paramcount.blocks.parts import layer_norm, table
from paramcount.blocks.task_heads import lm_head
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.models.decoders.opt import OPT, cross_attention, positions, pre_norm_layer


def trocr(c: Config) -> Parts:
    """The text decoder only; every layer attends to images, and there is no final norm."""
    h = whole_heads(c)
    d_model = h.d_model
    d_image = c.size_or_none("cross_attention_hidden_size") or d_model
    layer = (*pre_norm_layer(h, c.size("decoder_ffn_dim")), *cross_attention(h, d_image))
    norm = layer_norm("decoder.layernorm_embedding", d_model, component="embedding norm")
    return (
        table("decoder.embed_tokens", c.size("vocab_size"), d_model),
        *((positions(c, "decoder.embed_positions"),) if c.flag("use_learned_position_embeddings") else ()),
        *((norm,) if c.flag("layernorm_embedding") else ()),
        Stack("decoder.layers", c.size("num_hidden_layers"), layer),
    )


TROCR = OPT._replace(
    summary="decoder with attention to an image's encoder, which is not counted",
    source="Li et al. 2021",
    body=trocr,
    heads={"causal": lm_head("decoder.embed_tokens", "output_projection")},
)
