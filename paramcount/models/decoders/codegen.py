"""CodeGen: GPT-J with queries, keys and values in one map."""

from __future__ import annotations

from paramcount.blocks.attention import fused_attention, whole_heads
from paramcount.blocks.feedforward import plain
from paramcount.blocks.task_heads import lm_head, no_head
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.gpt2 import d_ff_of
from paramcount.models.decoders.gptj import GPTJ, side_by_side


def codegen(c: Config) -> Parts:
    """GPT-J's decoder with queries, keys and values in one map."""
    h = whole_heads(c)
    attn = fused_attention(h, "attn", ("qkv_proj", "out_proj"))
    return side_by_side(c, attn, plain(h.d_model, d_ff_of(c), names=("fc_in", "fc_out")))


CODEGEN = GPTJ._replace(
    summary="GPT-J's decoder with queries, keys and values in one map",
    source="transformers 5.23.0, CodeGenModel",
    body=codegen,
    heads={"base": no_head, "causal": lm_head("wte", bias=True)},
)
