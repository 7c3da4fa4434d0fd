"""XGLM: a multilingual decoder with sinusoidal positions."""

from __future__ import annotations

from paramcount.blocks.attention import whole_heads
from paramcount.blocks.parts import layer_norm, table
from paramcount.blocks.task_heads import lm_head, no_head
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.models.decoders.opt import OPT, cross_attention, pre_norm_layer


def xglm(c: Config) -> Parts:
    """Lin et al. 2021: sinusoidal positions, which are not parameters."""
    h = whole_heads(c)
    layer = pre_norm_layer(h, c.size("ffn_dim"))
    if c.flag("add_cross_attention"):
        layer = (*layer, *cross_attention(h, h.d_model))
    return (
        table("embed_tokens", c.size("vocab_size"), h.d_model),
        Stack("layers", c.size("num_hidden_layers"), layer),
        layer_norm("layer_norm", h.d_model, component="final norm"),
    )


XGLM = OPT._replace(
    summary="decoder with sinusoidal positions, LayerNorm and a plain feed-forward, under fairseq's names",
    source="Lin et al. 2021",
    body=xglm,
    heads={"base": no_head, "causal": lm_head()},
)
