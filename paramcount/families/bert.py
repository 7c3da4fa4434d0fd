"""BERT and RoBERTa: encoders with learned positions and segments, and a pooler."""

from typing import Any

from paramcount.blocks.embedding import Embedding
from paramcount.blocks.linear import Linear
from paramcount.blocks.norm import LayerNorm
from paramcount.families.compose import positions, usual_layer
from paramcount.families.family import Family
from paramcount.ledger.model import Model, Part, Stack
from paramcount.ledger.tensor import Size


def _encoder(s: dict[str, Any], rows: Size) -> Model:
    d_model = s["d_model"]
    pooler = (Part("pooler", "pooler", Linear(d_model, d_model)),) if s["pooler"] else ()
    return Model(
        (
            Part("token_embedding", "token embedding", Embedding(s["n_vocab"], d_model)),
            positions(rows, d_model),
            Part("segment_embedding", "segment embedding", Embedding(s["n_segments"], d_model)),
            Part("embedding_norm", "embedding norm", LayerNorm(d_model)),
            Stack("layers", s["n_layers"], usual_layer(s)),
            *pooler,
        )
    )


def bert(**sizes: Any) -> Model:
    """BERT (Devlin et al. 2018, sec. 3 and its released code): post-norm, segments, a norm after the embeddings."""
    return _encoder(sizes, sizes["n_ctx"])


def roberta(**sizes: Any) -> Model:
    """RoBERTa: as BERT with one segment, and two position rows that its code keeps free (Liu et al. 2019)."""
    return _encoder(sizes, sizes["n_ctx"] + 2)


BERT = Family(
    name="bert",
    summary="BERT: post-norm encoder with learned positions, segments and a pooler; no pre-training heads",
    source="Devlin et al. 2018, sec. 3",
    sizes=("n_layers", "d_model", "n_heads", "d_head", "d_ff", "n_vocab", "n_ctx", "n_segments"),
    switches={"pooler": True},
    ties={"d_ff": (4, "d_model")},
    build=bert,
)
ROBERTA = BERT._replace(
    name="roberta",
    summary="RoBERTa: as bert, with two positions more than its context",
    source="Liu et al. 2019",
    build=roberta,
)
