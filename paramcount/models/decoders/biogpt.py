"""BioGPT: GPT-2's decoder under fairseq's names."""

from __future__ import annotations

from paramcount.blocks.attention import whole_heads
from paramcount.blocks.parts import layer_norm, table
from paramcount.blocks.task_heads import labels, lm_head, no_head
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.models.decoders.opt import OPT, positions, pre_norm_layer


def biogpt(c: Config) -> Parts:
    """Luo et al. 2022: GPT-2's decoder under fairseq's names."""
    h = whole_heads(c)
    return (
        table("embed_tokens", c.size("vocab_size"), h.d_model),
        positions(c, "embed_positions"),
        Stack("layers", c.size("num_hidden_layers"), pre_norm_layer(h, c.size("intermediate_size"))),
        layer_norm("layer_norm", h.d_model, component="final norm"),
    )


BIOGPT = OPT._replace(
    source="Luo et al. 2022",
    body=biogpt,
    heads={
        "base": no_head,
        "causal": lm_head(name="output_projection"),
        "sequence": labels(),
        "token": labels("classifier", bias=True),
    },
    prefix="biogpt",
)
