"""umT5: T5 with relative positions in every layer."""

from __future__ import annotations

from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.models.encoder_decoders.t5 import T5, assembled, depth, positions, sublayers


def umt5(c: Config) -> Parts:
    """As T5, with relative positions in every layer."""

    def side(c: Config, name: str) -> Parts:
        layer = (*sublayers(c, name), positions(c, "layer.0.SelfAttention"))
        return (Stack(f"{name}.block", depth(c, name), layer),)

    return assembled(c, side)


UMT5 = T5._replace(
    summary="T5's encoder and decoder with relative positions in every layer", source="Chung et al. 2023", body=umt5
)
