"""OLMo, with norms without parameters, after the sublayers, or over queries and keys; and OLMoE."""

from __future__ import annotations

from paramcount.blocks.attention import attention, full_norms, heads
from paramcount.blocks.decoder import decoder, post_norms, pre_norms
from paramcount.blocks.experts import mixture, routing
from paramcount.blocks.feedforward import gated_feed_forward
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.exaone import EXAONE4
from paramcount.models.decoders.llama import LIKE_LLAMA
from paramcount.models.decoders.mixtral import MIXTRAL


def olmoe(c: Config) -> Parts:
    """Muennighoff et al. 2024, sec. 2: norms over the whole width of queries and of keys."""
    h, bias = heads(c), c.flag("attention_bias")
    if not c.equals(h.n_heads * h.d_head, h.d_model):
        raise c.refuse("head_dim", "valid: hidden_size / num_attention_heads, the width the norms expect")
    experts = mixture(c, routing(c), c.size("intermediate_size"))
    norms = full_norms(h)
    return decoder(c, attention(h, bias, bias), norms, experts, pre_norms(c))


def olmo(c: Config) -> Parts:
    """Groeneveld et al. 2024, sec. 2.1: as Llama, with norms without parameters."""
    bias = c.flag("attention_bias")
    return decoder(c, attention(heads(c), bias, bias), gated_feed_forward(c), last=())


def olmo2(c: Config) -> Parts:
    """OLMo team 2024, sec. 2: norms over all queries and all keys, and after attention and feed-forward."""
    bias, h = c.flag("attention_bias"), heads(c)
    return decoder(c, attention(h, bias, bias), full_norms(h), gated_feed_forward(c), post_norms(c))


OLMOE = MIXTRAL._replace(
    summary="Mixtral's decoder with norms over all queries and over all keys",
    source="Muennighoff et al. 2024, sec. 2",
    body=olmoe,
)
OLMO = LIKE_LLAMA._replace(
    summary="Llama's decoder with norms without parameters", source="Groeneveld et al. 2024, sec. 2.1", body=olmo
)
OLMO2 = EXAONE4._replace(source="OLMo team 2024, sec. 2", body=olmo2)
