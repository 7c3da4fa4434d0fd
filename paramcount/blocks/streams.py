"""Several residual streams that layers read and write."""

from __future__ import annotations

from paramcount.blocks.parts import bare
from paramcount.blocks.products import Matrices
from paramcount.ledger.model import Part, Parts
from paramcount.ledger.tensor import Size

STREAMS = "hyper-connections"


def streams(name: str, n_streams: Size, d_model: Size, n_maps: Size, n_scales: int) -> Parts:
    """Hyper-connections (Zhu et al. 2024, sec. 2): *n_maps* numbers computed from all streams, each group scaled."""
    return (
        Part(name, STREAMS, Matrices("fn", (n_maps, n_streams * d_model))),
        bare(f"{name}.base", STREAMS, n_maps),
        bare(f"{name}.scale", STREAMS, n_scales),
    )


def one_of(n_streams: Size, d_model: Size) -> Parts:
    """The streams mixed into one after the last layer."""
    return (
        Part("hc_head", STREAMS, Matrices("hc_fn", (n_streams, n_streams * d_model))),
        bare("hc_head.hc_base", STREAMS, n_streams),
        bare("hc_head.hc_scale", STREAMS, 1),
    )
