"""VaultGemma: Gemma 2 without the norms after its sublayers."""

from __future__ import annotations

from paramcount.blocks.attention import heads
from paramcount.blocks.decoder import decoder, norms
from paramcount.blocks.feedforward import gated_feed_forward
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.gemma import GEMMA, attends


def vaultgemma(c: Config) -> Parts:
    """As Gemma 2, with norms only before attention and feed-forward."""
    pre = norms(c, "input_layernorm", "pre_feedforward_layernorm")
    return decoder(c, attends(c, heads(c)), gated_feed_forward(c), pre)


VAULTGEMMA = GEMMA._replace(source="transformers 5.23.0", body=vaultgemma)
