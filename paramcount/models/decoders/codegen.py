"""CodeGen: GPT-J with queries, keys and values in one map."""

from __future__ import annotations

from paramcount.blocks.attention import whole_heads
from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import dense
from paramcount.blocks.task_heads import lm_head, no_head
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.gpt2 import d_ff_of
from paramcount.models.decoders.gptj import GPTJ, side_by_side


def codegen(c: Config) -> Parts:
    """GPT-J's decoder with queries, keys and values in one map."""
    d_model = whole_heads(c)
    attn = (
        dense("attn.qkv_proj", "attention", d_model, 3 * d_model),
        dense("attn.out_proj", "attention", d_model, d_model),
    )
    return side_by_side(c, attn, plain(d_model, d_ff_of(c), names=("fc_in", "fc_out")))


CODEGEN = GPTJ._replace(
    summary="GPT-J's decoder with queries, keys and values in one map",
    source="transformers 5.23.0, CodeGenModel",
    body=codegen,
    heads={"base": no_head, "causal": lm_head("wte", bias=True)},
)
