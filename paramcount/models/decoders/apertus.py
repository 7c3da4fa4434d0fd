"""Apertus: norms over queries and keys, no gate, and the xIELU activation."""

from __future__ import annotations

from paramcount.blocks.attention import attention, head_norms, heads
from paramcount.blocks.decoder import decoder, norms
from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import bare
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.llama import LIKE_LLAMA


def apertus(c: Config) -> Parts:
    """As Qwen3, without a gate; its default activation, xIELU, has two learned numbers per layer."""
    bias, h = c.flag("attention_bias"), heads(c)
    feed_forward = plain(c.size("hidden_size"), c.size("intermediate_size"), bias=False)
    if c.get("hidden_act") == "xielu":
        feed_forward += tuple(bare(f"mlp.act_fn.alpha_{sign}", "feed-forward", 1) for sign in "pn")
    pre = norms(c, "attention_layernorm", "feedforward_layernorm")
    return decoder(c, attention(h, bias, bias), head_norms(h), feed_forward, pre)


APERTUS = LIKE_LLAMA._replace(
    summary="decoder with norms over queries and keys and an ungated feed-forward",
    source="transformers 5.23.0",
    body=apertus,
)
