"""Jais 2: Nemotron with as many key-value heads as query heads by default."""

from __future__ import annotations

from paramcount.blocks.attention import heads
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.nemotron import NEMOTRON, ungated


def jais2(c: Config) -> Parts:
    """As Nemotron; n_kv_heads defaults to n_heads."""
    return ungated(c, heads(c))


JAIS2 = NEMOTRON._replace(source="transformers 5.23.0", body=jais2)
