"""MiniMax-M3: CLIP's layers over patches of two frames, and two consecutive projectors."""

from __future__ import annotations

from paramcount.blocks.attention import whole_heads
from paramcount.blocks.convolutions import filters
from paramcount.blocks.parts import dense, layer_norm
from paramcount.blocks.task_heads import no_head
from paramcount.blocks.vision import pre_norm
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.models.architecture import Architecture
from paramcount.models.assembled import PROJECTOR, VISION, config_of, language_model, text_width, tower, two_maps
from paramcount.models.vision.llava import LLAVA
from paramcount.models.vision.vit import UNCOSTED


def minimax_vision(c: Config) -> Parts:
    """As in transformers 5.23.0."""
    h, side = whole_heads(c), c.size("patch_size")
    sides = (c.size("temporal_patch_size"), side, side)
    return (
        filters("embeddings.proj", "patch embedding", c.size("num_channels"), h.d_model, sides, bias=False),
        layer_norm("pre_layrnorm", h.d_model, component="embedding norm"),
        Stack("layers", c.size("num_hidden_layers"), pre_norm(h, c.size("intermediate_size"))),
    )


def minimax_m3_vl(c: Config) -> Parts:
    """Two maps of each patch, and two of neighbouring patches side by side."""
    seen, name, between = config_of(c, VISION), "multi_modal_projector", c.size("projector_hidden_size")
    side, d_out = seen.size("spatial_merge_size"), text_width(c)
    return (
        *tower(c, VISION, "vision_tower"),
        *two_maps(name, seen.size("hidden_size"), d_out, between),
        dense(f"{name}.merge_linear_1", PROJECTOR, side * side * d_out, between, bias=True),
        dense(f"{name}.merge_linear_2", PROJECTOR, between, d_out, bias=True),
        *language_model(c),
    )


MINIMAX_VISION = Architecture(
    summary="CLIP's layers over patches of several frames",
    source="transformers 5.23.0",
    body=minimax_vision,
    heads={"base": no_head},
    prefix="",
    uncosted=UNCOSTED,
)
MINIMAX_M3_VL = LLAVA._replace(source="transformers 5.23.0", body=minimax_m3_vl)
