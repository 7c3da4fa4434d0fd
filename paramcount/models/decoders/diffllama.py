"""DiffLlama: Llama with differential attention."""

from __future__ import annotations

from paramcount.blocks.attention import attention, heads
from paramcount.blocks.decoder import decoder, pre_norms
from paramcount.blocks.feedforward import gated_feed_forward
from paramcount.blocks.parts import bare
from paramcount.blocks.products import Attend
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts
from paramcount.models.decoders.llama import LIKE_LLAMA


def diffllama(c: Config) -> Parts:
    """Ye et al. 2024 on Llama: four d_head-wide vectors per layer weigh the two maps of differential attention."""
    bias, h = c.flag("attention_bias"), heads(c)
    c.divides(2, h.n_kv_heads)  # otherwise the class refuses the config
    weights = tuple(bare(f"self_attn.lambda_{own}", "attention", h.d_head) for own in ("q1", "k1", "q2", "k2"))
    *maps, _ = attention(h, bias, bias)
    both = 2 * (h.n_heads * h.d_head)  # each half of the values is weighted by all heads, and queries meet keys twice
    twice = Part("", "attention", Attend(both, both, 2 * (h.n_kv_heads * h.d_head)))
    return decoder(c, (*maps, twice), weights, gated_feed_forward(c), pre_norms(c))


DIFFLLAMA = LIKE_LLAMA._replace(
    summary="Llama's decoder with differential attention", source="Ye et al. 2024, sec. 2.1", body=diffllama
)
