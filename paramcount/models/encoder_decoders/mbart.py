"""mBART: BART with a final norm in encoder and decoder."""

from __future__ import annotations

from paramcount.blocks.encoder_decoder import assembled, final_norm
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.encoder_decoders.bart import ALL_HEADS, BART, bart_side


def mbart(c: Config) -> Parts:
    """Liu et al. 2020, sec. 2.2: as BART, with a final norm in encoder and decoder."""
    return assembled(c, lambda c, side: (*bart_side(c, side), final_norm(c, side)))


MBART = BART._replace(
    summary="BART's encoder and decoder, each with a final norm",
    source="Liu et al. 2020, sec. 2.2",
    body=mbart,
    heads=ALL_HEADS,
)
