"""GPT-1: GPT-2 with norms after the sublayers."""

from __future__ import annotations

from paramcount.blocks.attention import whole_heads
from paramcount.blocks.parts import table
from paramcount.blocks.task_heads import labels, lm_head, no_head
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.gpt2 import GPT2, crossed, layers, norms_of, positions


def gpt(c: Config) -> Parts:
    """Radford et al. 2018, sec. 4.1: norms after attention and feed-forward, and no final one."""
    h = whole_heads(c)
    d_ff = c.tied("d_ff", 4 * c.size("hidden_size"))
    tokens = table("tokens_embed", c.size("vocab_size"), h.d_model)
    return (tokens, positions(c, "positions_embed"), layers(c, crossed(h, d_ff), norms_of(h.d_model)))


GPT = GPT2._replace(
    summary="decoder with learned positions, LayerNorm after each sublayer and a plain feed-forward",
    source="Radford et al. 2018, sec. 4.1",
    body=gpt,
    heads={"base": no_head, "causal": lm_head("tokens_embed"), "sequence": labels()},
)
