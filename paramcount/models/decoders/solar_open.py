"""Solar Open: routed and shared experts."""

from __future__ import annotations

from paramcount.blocks.attention import attention, heads
from paramcount.blocks.decoder import decoder, pre_norms
from paramcount.blocks.latent import experts
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.glm import GLM4_MOE


def solar_open(c: Config) -> Parts:
    """As GLM-4.5, without norms in attention; every layer has experts."""
    return decoder(c, attention(heads(c), c.flag("attention_bias")), experts(c), pre_norms(c))


SOLAR_OPEN = GLM4_MOE._replace(source="transformers 5.23.0, models/solar_open", body=solar_open, ahead=None)
