"""Helium: Llama with attention's output as wide as the model."""

from __future__ import annotations

from paramcount.blocks.attention import attend, attention, heads
from paramcount.blocks.decoder import decoder, pre_norms
from paramcount.blocks.feedforward import gated_feed_forward
from paramcount.blocks.parts import dense
from paramcount.blocks.roles import OUTPUT
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.llama import LIKE_LLAMA


def helium(c: Config) -> Parts:
    """As Llama, with attention's output map d_model × d_model, however wide the heads are together."""
    d_model = c.size("hidden_size")
    h = heads(c)
    output = dense("self_attn.o_proj", "attention", d_model, d_model, role=OUTPUT)
    attends = (*attention(h, c.flag("attention_bias"))[:3], output, attend(h))
    return decoder(c, attends, gated_feed_forward(c, c.flag("mlp_bias")), pre_norms(c))


HELIUM = LIKE_LLAMA._replace(body=helium)
