"""MRA: BERT with attention at several resolutions."""

from __future__ import annotations

from paramcount.blocks.encoder import embeddings, layer, layers
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.encoders.nystromformer import NYSTROMFORMER


def mra(c: Config) -> Parts:
    """Zeng et al. 2022: attention at several resolutions, which adds no parameters."""
    return (*embeddings(c, spare=2), layers(c, layer(c)))


MRA = NYSTROMFORMER._replace(
    summary="BERT with attention at several resolutions",
    source="Zeng et al. 2022",
    body=mra,
    prefix="mra",
    uncosted="attends in blocks at several resolutions",
)
