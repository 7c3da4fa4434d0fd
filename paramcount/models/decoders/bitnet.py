"""BitNet: Llama with extra norms before the outputs."""

from __future__ import annotations

from paramcount.blocks.attention import attention, heads
from paramcount.blocks.decoder import decoder, pre_norms
from paramcount.blocks.feedforward import gated_feed_forward
from paramcount.blocks.parts import rms_norm
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.apertus import APERTUS


def bitnet(c: Config) -> Parts:
    """As Llama, with an extra norm before attention's output and one before the feed-forward's."""
    bias, d_ff = c.flag("attention_bias"), c.size("intermediate_size")
    sub_norms = (rms_norm("self_attn.attn_sub_norm", c.size("hidden_size")), rms_norm("mlp.ffn_sub_norm", d_ff))
    return decoder(c, attention(heads(c), bias, bias), sub_norms, gated_feed_forward(c), pre_norms(c))


BITNET = APERTUS._replace(summary="Llama's decoder with extra norms before the outputs", body=bitnet)
