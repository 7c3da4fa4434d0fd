"""CTRL: sinusoidal positions, LayerNorm before each sublayer."""

from __future__ import annotations

from paramcount.blocks.attention import attention, whole_heads
from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import last_norm, layer_norm
from paramcount.blocks.task_heads import labels, lm_head, no_head
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.gpt2 import GPT2, layers, tokens


def ctrl(c: Config) -> Parts:
    """Keskar et al. 2019: norms before attention and feed-forward, sinusoidal positions."""
    h = whole_heads(c)
    d_model = h.d_model
    names = ("Wq", "Wk", "Wv", "dense")
    attn = attention(h, True, True, "multi_head_attention", names)
    feed_forward = plain(d_model, c.size("dff"), name="ffn", names=("0", "2"))
    norms = (layer_norm("layernorm1", d_model), layer_norm("layernorm2", d_model))
    return (*tokens(c, "w"), layers(c, norms, attn, feed_forward), *last_norm(c, "layernorm"))


CTRL = GPT2._replace(
    summary="decoder with sinusoidal positions, LayerNorm before each sublayer and a plain feed-forward",
    source="Keskar et al. 2019",
    body=ctrl,
    heads={"base": no_head, "causal": lm_head("w", bias=True), "sequence": labels("classifier")},
)
