"""Jina embeddings 3: XLM-RoBERTa with rotary positions."""

from __future__ import annotations

from paramcount.blocks.attention import attention, heads
from paramcount.blocks.feedforward import plain
from paramcount.blocks.task_heads import DEEPER_CLASSIFIERS, ROBERTA_LM, answers, no_head, one_layer
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.architecture import Architecture
from paramcount.models.encoders.nomic_bert import post_norm

_JINA_POOLED = frozenset({"base"})


def jina_embeddings_v3(c: Config) -> Parts:
    """Sturua et al. 2024: XLM-RoBERTa with rotary positions; its adapters are not part of the class."""
    h = heads(c)._replace(n_kv_heads=c.size("num_attention_heads"))
    mlp = plain(c.size("hidden_size"), c.size("intermediate_size"), names=("fc1", "fc2"))
    return post_norm(c, attention(h, True, True), mlp, _JINA_POOLED)


JINA_EMBEDDINGS_V3 = Architecture(
    summary="XLM-RoBERTa with rotary positions",
    source="Sturua et al. 2024",
    body=jina_embeddings_v3,
    heads={
        "base": no_head,
        "masked": ROBERTA_LM,
        "sequence": DEEPER_CLASSIFIERS["sequence"],
        "token": one_layer,
        "question": answers,
    },
    prefix="roberta",
)
