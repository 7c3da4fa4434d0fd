"""Youtu-LLM: latent attention without experts."""

from __future__ import annotations

from paramcount.blocks.decoder import decoder, pre_norms
from paramcount.blocks.feedforward import gated_feed_forward
from paramcount.blocks.latent import latent, latent_attention
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.minicpm import MINICPM3


def youtu(c: Config) -> Parts:
    """Llama's decoder with latent attention."""
    attends = latent_attention(latent(c, q_rank=False), c.flag("attention_bias"))
    return decoder(c, attends, gated_feed_forward(c), pre_norms(c))


YOUTU = MINICPM3._replace(body=youtu)
