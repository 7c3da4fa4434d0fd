"""Gemma 4's tower: Gemma's layers over patches, with a position for each row and each column."""

from __future__ import annotations

from paramcount.blocks.attention import attention, head_norms, heads
from paramcount.blocks.decoder import norms
from paramcount.blocks.feedforward import gated
from paramcount.blocks.parts import bare, dense
from paramcount.blocks.task_heads import no_head
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.models.architecture import Architecture
from paramcount.models.vision.vit import UNCOSTED

MAPS = tuple(f"{name}_proj.linear" for name in ("q", "k", "v", "o"))
FEEDS = ("gate_proj.linear", "up_proj.linear", "down_proj.linear")
NORMS = ("input_layernorm", "post_attention_layernorm", "pre_feedforward_layernorm", "post_feedforward_layernorm")
CHANNELS = 3


def gemma4_vision(c: Config) -> Parts:
    """As transformers 5.23.0 has it."""
    h, side = heads(c), c.size("patch_size")
    q, k, v, o = MAPS
    layer = (
        *attention(h, names=(q, k, v, o)),
        *head_norms(h),
        *gated(h.d_model, c.size("intermediate_size"), names=FEEDS),
        *norms(c, *NORMS),
    )
    places = c.size("position_embedding_size")
    return (
        dense("patch_embedder.input_proj", "patch embedding", CHANNELS * (side * side), h.d_model),
        bare("patch_embedder.position_embedding_table", "position embedding", 2, places, h.d_model),
        Stack("encoder.layers", c.size("num_hidden_layers"), layer),
    )


GEMMA4_VISION = Architecture(
    summary="Gemma's layers over the patches of an image",
    source="transformers 5.23.0",
    body=gemma4_vision,
    heads={"base": no_head},
    prefix="",
    uncosted=UNCOSTED,
)
