"""BART: learned positions, and norms after each sublayer."""

from __future__ import annotations

from paramcount.blocks.encoder_decoder import assembled, embedding_norm, layers, positions, tokens
from paramcount.blocks.parts import dense
from paramcount.blocks.task_heads import both, hidden, labels, lm_head, no_head, spans
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.architecture import Architecture

UNUSED_ROWS = 2  # fairseq numbers positions from after the padding token's id


def bart(c: Config) -> Parts:
    """Lewis et al. 2019, sec. 2.1: learned positions, and a norm after the embeddings."""
    return assembled(c, bart_side)


def bart_side(c: Config, side: str) -> Parts:
    return tokens(c, side), positions(c, side, UNUSED_ROWS), embedding_norm(c, side), layers(c, side)


def placed(c: Config, side: str) -> Parts:
    return tokens(c, side), positions(c, side)


def _bart_labels(config: Config, prefix: str) -> Parts:
    """A classifier, with three labels by default."""
    if "num_labels" in config.given or isinstance(config.get("id2label"), dict):
        return labels("classification_head.out_proj", "d_model", bias=True)(config, prefix)
    n_labels = config.named("n_labels", 3, "labels by default")
    return (dense("classification_head.out_proj", "classifier", config.size("d_model"), n_labels, bias=True),)


_square = hidden("classification_head.dense", "d_model")
LANGUAGE_MODELS = {
    "base": no_head,
    "seq2seq": lm_head("shared", width="d_model"),
    "causal": lm_head("decoder.embed_tokens", width="d_model"),
}
SEQUENCE = both(_square, labels("classification_head.out_proj", "d_model", bias=True))
ALL_HEADS = {**LANGUAGE_MODELS, "sequence": SEQUENCE, "question": spans(width="d_model")}
BART = Architecture(
    summary="encoder and decoder with learned positions and norms after each sublayer",
    source="Lewis et al. 2019, sec. 2.1",
    body=bart,
    heads={**ALL_HEADS, "sequence": both(_square, _bart_labels)},
)
