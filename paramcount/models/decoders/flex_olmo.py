"""FlexOlmo: OLMoE with norms after the sublayers."""

from __future__ import annotations

from paramcount.blocks.attention import attention, full_norms, heads
from paramcount.blocks.decoder import decoder
from paramcount.blocks.experts import mixture, routing
from paramcount.blocks.parts import rms_norm
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.olmo import OLMOE


def flex_olmo(c: Config) -> Parts:
    """As OLMoE, with norms after attention and experts instead of before."""
    h, bias = heads(c), c.flag("attention_bias")
    experts = mixture(c, routing(c), c.size("intermediate_size"))
    norms = rms_norm("post_attention_layernorm", h.d_model), rms_norm("post_feedforward_layernorm", h.d_model)
    wide = full_norms(h)
    return decoder(c, attention(h, bias, bias), wide, experts, norms)


FLEX_OLMO = OLMOE._replace(source="transformers 5.23.0, models/flex_olmo", body=flex_olmo)
