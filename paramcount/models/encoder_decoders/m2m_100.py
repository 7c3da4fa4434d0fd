"""M2M-100: sinusoidal positions that are not parameters."""

from __future__ import annotations

from paramcount.blocks.encoder_decoder import assembled, final_norm, layers, tokens
from paramcount.blocks.task_heads import lm_head, no_head
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.encoder_decoders.blenderbot import BLENDERBOT


def m2m_100(c: Config) -> Parts:
    """Fan et al. 2020: sinusoidal positions that are not parameters, and a final norm in encoder and decoder."""
    return assembled(c, lambda c, side: (tokens(c, side), layers(c, side), final_norm(c, side)))


M2M_100 = BLENDERBOT._replace(
    summary="encoder and decoder with sinusoidal positions, which are not parameters",
    source="Fan et al. 2020",
    body=m2m_100,
    heads={"base": no_head, "seq2seq": lm_head("shared", width="d_model")},
)
