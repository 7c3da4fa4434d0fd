"""GTE: BERT with rotary positions and gates."""

from __future__ import annotations

from paramcount.blocks.attention import attention, heads
from paramcount.blocks.feedforward import gated
from paramcount.blocks.parts import dense
from paramcount.blocks.roles import DOWN
from paramcount.blocks.task_heads import both, no_head, one_layer, transform, vocabulary
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.architecture import Architecture
from paramcount.models.encoders.nomic_bert import POOLED_TO_CLASSIFY, post_norm


def gte(c: Config) -> Parts:
    """Zhang et al. 2024: BERT with rotary positions and a gated feed-forward with a bias only on its last map."""
    h = heads(c)._replace(n_kv_heads=c.size("num_attention_heads"))
    d_model, d_ff = c.size("hidden_size"), c.size("intermediate_size")
    mlp = (*gated(d_model, d_ff)[:2], dense("mlp.down_proj", "feed-forward", d_ff, d_model, True, DOWN))
    parts = post_norm(c, attention(h, True, True), mlp, POOLED_TO_CLASSIFY)
    return parts if c.size("type_vocab_size", 0) else (parts[0], *parts[2:])


GTE = Architecture(
    summary="BERT with rotary positions and a gated feed-forward",
    source="Zhang et al. 2024",
    body=gte,
    heads={
        "base": no_head,
        "masked": both(transform("lm_head.dense", "lm_head.layer_norm"), vocabulary("lm_head.decoder")),
        "sequence": one_layer,
        "token": one_layer,
    },
    prefix="gte",
)
