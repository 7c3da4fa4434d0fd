"""Nemotron: LayerNorm, squared ReLU and an ungated feed-forward."""

from __future__ import annotations

from paramcount.blocks.attention import Heads, attention, heads_stating
from paramcount.blocks.decoder import decoder, pre_layer_norms
from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import last_norm
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.starcoder2 import STARCODER2


def nemotron(c: Config) -> Parts:
    """Parmar et al. 2024, sec. 2: squared ReLU, ungated; the config must give n_kv_heads."""
    return ungated(c, heads_stating(c, "num_key_value_heads"))


def ungated(c: Config, h: Heads) -> Parts:
    bias = c.flag("attention_bias")
    feed_forward = plain(c.size("hidden_size"), c.size("intermediate_size"), c.flag("mlp_bias"))
    return decoder(c, attention(h, bias, bias), feed_forward, pre_layer_norms(c), last=last_norm(c))


NEMOTRON = STARCODER2._replace(source="Parmar et al. 2024, sec. 2", body=nemotron)
