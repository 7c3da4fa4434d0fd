"""Blenderbot: norms before each sublayer; and Blenderbot-small."""

from __future__ import annotations

from paramcount.blocks.encoder_decoder import assembled, embedding_norm, final_norm, layers
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.encoder_decoders.bart import BART, LANGUAGE_MODELS, placed


def blenderbot(c: Config) -> Parts:
    """Roller et al. 2020: positions, and a final norm in encoder and decoder."""
    return assembled(c, lambda c, side: (*placed(c, side), layers(c, side), final_norm(c, side)))


def blenderbot_small(c: Config) -> Parts:
    """As BART, without unused position rows."""
    return assembled(c, lambda c, side: (*placed(c, side), embedding_norm(c, side), layers(c, side)))


BLENDERBOT = BART._replace(
    summary="encoder and decoder with learned positions and norms before each sublayer",
    source="Roller et al. 2020",
    body=blenderbot,
    heads=LANGUAGE_MODELS,
)
BLENDERBOT_SMALL = BART._replace(
    source="Roller et al. 2020; transformers 5.23.0", body=blenderbot_small, heads=LANGUAGE_MODELS
)
