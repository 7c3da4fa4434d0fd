"""Gopher and Chinchilla: GPT-2 with RMSNorm and Transformer-XL's relative positions."""

from __future__ import annotations

from paramcount.blocks.attention import Heads, attention, heads
from paramcount.blocks.decoder import decoder, pre_norms
from paramcount.blocks.feedforward import plain
from paramcount.blocks.leaves import Dense
from paramcount.blocks.parts import bare
from paramcount.blocks.products import Attend
from paramcount.blocks.roles import Role
from paramcount.blocks.task_heads import lm_head
from paramcount.blocks.wrapped import Each
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts
from paramcount.ledger.operation import POSITION
from paramcount.models.architecture import Architecture

DISTANCE = Role("position", "KR")


def gopher(c: Config) -> Parts:
    """Rae et al. 2021, sec. 2.1: biases on all maps, and as many key-value heads as query heads."""
    h = heads(c)
    feed_forward = plain(h.d_model, c.size("intermediate_size"))
    return decoder(c, attention(h, True, True), _relative(h), feed_forward, pre_norms(c))


def _relative(h: Heads) -> Parts:
    """Keys for distances, and the vectors u and v that replace the query's position (Dai et al. 2019, sec. 3.3)."""
    width = h.n_heads * h.d_head
    return (
        Part("self_attn.r_proj", "relative positions", Each(Dense(h.d_model, width, role=DISTANCE), POSITION)),
        Part("", "relative positions", Attend(width, 0, 0)),
        bare("self_attn.u", "relative positions", width),
        bare("self_attn.v", "relative positions", width),
    )


GOPHER = Architecture(
    summary="decoder with relative positions, RMSNorm and biases",
    source="Rae et al. 2021, sec. 2.1; Dai et al. 2019, sec. 3.3",
    body=gopher,
    heads={"causal": lm_head()},
)
