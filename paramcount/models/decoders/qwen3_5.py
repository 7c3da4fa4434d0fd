"""Qwen 3.5: Qwen3-Next with separate maps, dense or with experts."""

from __future__ import annotations

from paramcount.blocks.task_heads import DECODER_HEADS
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.ahead import Ahead
from paramcount.models.decoders.qwen3_next import QWEN3_NEXT, QWEN_FEEDS, ahead, delta_net, gated_attention, mixed


def qwen3_5(c: Config) -> Parts:
    """As Qwen3-Next, without experts; the maps into the delta net are separate."""
    return mixed(c, ["dense"] * c.layers(), _QWEN3_5, QWEN_FEEDS)


def qwen3_5_moe(c: Config) -> Parts:
    """The same with experts in every layer."""
    return mixed(c, ["sparse"] * c.layers(), _QWEN3_5, QWEN_FEEDS)


_NUMBER = "mtp_num_hidden_layers"
_QWEN3_5 = {"full": gated_attention, "linear": delta_net}
QWEN3_5 = QWEN3_NEXT._replace(
    summary="gated delta nets, and gated attention in every fourth layer",
    source="transformers 5.23.0, models/qwen3_5",
    body=qwen3_5,
    heads=DECODER_HEADS,
    ahead=Ahead(ahead("dense"), _NUMBER),
)
QWEN3_5_MOE = QWEN3_NEXT._replace(
    source="transformers 5.23.0, models/qwen3_5_moe",
    body=qwen3_5_moe,
    heads=DECODER_HEADS,
    ahead=Ahead(ahead("sparse"), _NUMBER),
)
