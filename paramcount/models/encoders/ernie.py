"""ERNIE 2: BERT with a task embedding."""

from __future__ import annotations

from paramcount.blocks.encoder import cross, embeddings, layer, layers, pooler
from paramcount.blocks.parts import table
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.encoders.bert import BERT, BERT_POOLED


def ernie(c: Config) -> Parts:
    """BERT with a task embedding, if use_task_id is on (Sun et al. 2019)."""
    tasks: Parts = ()
    if c.flag("use_task_id"):
        name, n_tasks = "embeddings.task_type_embeddings", c.size("task_type_vocab_size", 0)
        tasks = (table(name, n_tasks, c.size("hidden_size"), "segment embedding"),)
    return (*embeddings(c), *tasks, layers(c, layer(c, cross(c))), *pooler(c, BERT_POOLED))


ERNIE = BERT._replace(summary="BERT with a task embedding", source="Sun et al. 2019", body=ernie, prefix="ernie")
