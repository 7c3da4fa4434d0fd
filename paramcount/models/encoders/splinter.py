"""Splinter: BERT's encoder with span selection for questions."""

from __future__ import annotations

from paramcount.blocks.encoder import embeddings, layer, layers
from paramcount.blocks.parts import dense, layer_norm
from paramcount.blocks.task_heads import no_head
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.architecture import Architecture


def splinter(c: Config) -> Parts:
    """Ram et al. 2021: BERT without a pooler."""
    return (*embeddings(c), layers(c, layer(c)))


def _span_selection(config: Config, prefix: str) -> Parts:
    """Where a question's span starts and ends (Ram et al. 2021, sec. 4.1)."""
    d_model, name = config.size("hidden_size"), "splinter_qass"
    parts: Parts = ()
    for own in ("query_start", "query_end", "start", "end"):
        own_map = dense(f"{name}.{own}_transform.dense", "classifier", d_model, d_model, bias=True)
        own_norm = layer_norm(f"{name}.{own}_transform.LayerNorm", d_model, component="classifier")
        parts = (*parts, own_map, own_norm)
    return (*parts, *(dense(f"{name}.{own}_classifier", "classifier", d_model, d_model) for own in ("start", "end")))


SPLINTER = Architecture(
    summary="BERT's encoder with span selection for questions",
    source="Ram et al. 2021",
    body=splinter,
    heads={"base": no_head, "pretraining": _span_selection, "question": _span_selection},
    prefix="splinter",
)
