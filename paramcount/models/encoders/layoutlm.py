"""LayoutLM: BERT with embeddings of positions on a page."""

from __future__ import annotations

from paramcount.blocks.encoder import embeddings, layer, layers, of_the_first
from paramcount.blocks.parts import table
from paramcount.blocks.task_heads import CLASSIFIERS, bert_lm, no_head
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.encoders.bert import BERT


def layoutlm(c: Config) -> Parts:
    """BERT with embeddings of each token's position and size on the page (Xu et al. 2019)."""
    rows, d_model = c.size("max_2d_position_embeddings"), c.size("hidden_size")
    places = (table(f"embeddings.{side}_position_embeddings", rows, d_model, "position embedding") for side in "xyhw")
    return (*embeddings(c), *places, layers(c, layer(c)), of_the_first(d_model))


LAYOUTLM = BERT._replace(
    summary="BERT with embeddings of positions on a page",
    source="Xu et al. 2019",
    body=layoutlm,
    heads={"base": no_head, "masked": bert_lm(), **CLASSIFIERS},
    prefix="layoutlm",
)
