"""GPT-J: parallel attention and feed-forward, rotary positions."""

from __future__ import annotations

from paramcount.blocks.attention import whole_heads
from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import last_norm, layer_norm
from paramcount.blocks.task_heads import labels, lm_head, no_head
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.gpt2 import GPT2, d_ff_of, layers, separate_maps, tokens


def gptj(c: Config) -> Parts:
    """Parallel attention and feed-forward after one norm, and rotary positions."""
    h = whole_heads(c)
    feed_forward = plain(h.d_model, d_ff_of(c), names=("fc_in", "fc_out"))
    return side_by_side(c, separate_maps(h, "attn"), feed_forward)


def side_by_side(c: Config, attn: Parts, feed_forward: Parts) -> Parts:
    norm = (layer_norm("ln_1", c.size("hidden_size")),)
    return (*tokens(c), layers(c, norm, attn, feed_forward), *last_norm(c, "ln_f"))


_GPTJ_HEADS = {
    "base": no_head,
    "causal": lm_head("wte", bias=True),
    "sequence": labels(),
    "question": labels("qa_outputs", bias=True),
}
GPTJ = GPT2._replace(
    summary="decoder with rotary positions and parallel attention and feed-forward after one LayerNorm",
    source="transformers 5.23.0, GPTJModel",
    body=gptj,
    heads=_GPTJ_HEADS,
)
