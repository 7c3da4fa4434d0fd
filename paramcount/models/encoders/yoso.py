"""YOSO: BERT with attention by hashing."""

from __future__ import annotations

from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.encoders.nystromformer import NYSTROMFORMER, windowed


def yoso(c: Config) -> Parts:
    """Zeng et al. 2021: attention by Bernoulli sampling, and a parallel convolution if conv_window asks for one."""
    return windowed(c, "conv_window")


YOSO = NYSTROMFORMER._replace(
    summary="BERT with attention by sampling", source="Zeng et al. 2021", body=yoso, prefix="yoso", uncosted=""
)
