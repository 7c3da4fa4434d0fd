"""nanoGPT: GPT-2 with one switch for every bias."""

from __future__ import annotations

from paramcount.blocks.attention import fused_attention, whole_heads
from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import last_norm, layer_norm
from paramcount.blocks.task_heads import lm_head, no_head
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.gpt2 import GPT2, layers, positions, tokens


def nanogpt(c: Config) -> Parts:
    """Radford et al. 2019, sec. 2.3; the switch controls the biases of linear maps and norms."""
    h, bias = whole_heads(c), c.flag("bias")
    d_ff = c.tied("d_ff", 4 * c.size("hidden_size"))
    norms = tuple(layer_norm(name, h.d_model, bias) for name in ("ln_1", "ln_2"))
    attn = fused_attention(h, "attn", ("c_attn", "c_proj"), qkv_bias=bias, out_bias=bias)
    feed_forward = plain(h.d_model, d_ff, bias, name="mlp", names=("c_fc", "c_proj"))
    return (*tokens(c), positions(c), layers(c, norms, attn, feed_forward), *last_norm(c, "ln_f", bias))


NANOGPT = GPT2._replace(
    summary="GPT-2's decoder, with or without biases",
    source="Radford et al. 2019, sec. 2.3; nanoGPT, model.py",
    body=nanogpt,
    heads={"base": no_head, "causal": lm_head("wte")},
)
