"""StarCoder2: grouped attention, LayerNorm, biases and an ungated feed-forward."""

from __future__ import annotations

from paramcount.blocks.attention import attention, heads
from paramcount.blocks.decoder import decoder, pre_layer_norms
from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import last_norm
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.llama import LIKE_LLAMA


def starcoder2(c: Config) -> Parts:
    """Lozhkov et al. 2024, sec. 7: one switch for all biases, an ungated feed-forward."""
    bias = c.flag("use_bias")
    feed_forward = plain(c.size("hidden_size"), c.size("intermediate_size"), bias, names=("c_fc", "c_proj"))
    return decoder(c, attention(heads(c), bias, bias), feed_forward, pre_layer_norms(c), last=last_norm(c))


STARCODER2 = LIKE_LLAMA._replace(
    summary="decoder with rotary positions, grouped keys and values, LayerNorm and an ungated feed-forward",
    source="Lozhkov et al. 2024, sec. 7",
    body=starcoder2,
)
