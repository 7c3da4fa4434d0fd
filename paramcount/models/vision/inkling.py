"""Inkling 2: ViT with rotary and learned positions and a scale after each sublayer, and Inkling's text model."""

from __future__ import annotations

from paramcount.blocks.attention import whole_heads
from paramcount.blocks.parts import bare, dense, layer_norm
from paramcount.blocks.task_heads import no_head
from paramcount.blocks.vision import OUT, position_table, pre_norm
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.models.architecture import Architecture
from paramcount.models.assembled import VISION, language_model, tower
from paramcount.models.vision.dinov2 import scales
from paramcount.models.vision.llava import LLAVA
from paramcount.models.vision.vit import NORMS, UNCOSTED, by_ratio


def inkling2_vision(c: Config) -> Parts:
    """As in transformers 5.23.0."""
    h, side = whole_heads(c), c.size("patch_size")
    d_ff = (
        by_ratio(c, "d_ff", c.size("hidden_size"))
        if c.get("intermediate_size") is None
        else c.size("intermediate_size")
    )
    grid, beside, bias = c.size("posemb_grid_size"), c.size("spatial_merge_size"), c.flag("projector_bias")
    between = c.size("projection_hidden_dim")
    return (
        dense("embeddings.patch_embedding", "patch embedding", c.size("num_channels") * (side * side), h.d_model),
        position_table("embeddings.position_embedding", grid * grid, h.d_model),
        bare("embeddings.class_embedding", "class token", h.d_model),
        bare("embeddings.cls_position_embedding", "position embedding", h.d_model),
        layer_norm("pre_layernorm", h.d_model, component="embedding norm"),
        Stack(
            "layers",
            c.size("num_hidden_layers"),
            (*pre_norm(h, d_ff, maps=OUT, norms=NORMS), *scales(h.d_model, "lambda_1", "lambda_2")),
        ),
        dense("merger.linear_1", "merger", beside * beside * h.d_model, between, bias),
        dense("merger.linear_2", "merger", between, c.size("text_hidden_size"), bias),
    )


def inkling2(c: Config) -> Parts:
    """The tower, whose merger outputs the text model's width, and the text model."""
    return (*tower(c, VISION, "vision_tower"), *language_model(c))


INKLING2_VISION = Architecture(
    summary="ViT with rotary and learned positions, and a scale after each sublayer",
    source="transformers 5.23.0",
    body=inkling2_vision,
    heads={"base": no_head},
    prefix="",
    uncosted=UNCOSTED,
)
INKLING2 = LLAVA._replace(source="transformers 5.23.0", body=inkling2)
