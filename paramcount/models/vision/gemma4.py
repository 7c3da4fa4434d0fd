"""Gemma 4's tower: Gemma's layers over patches, with a position for each row and each column."""

from __future__ import annotations

from paramcount.blocks.attention import attention, head_norms, heads
from paramcount.blocks.decoder import norms
from paramcount.blocks.feedforward import gated
from paramcount.blocks.parts import bare, dense
from paramcount.blocks.task_heads import no_head
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts, Stack
from paramcount.models.architecture import Architecture
from paramcount.models.assembled import AUDIO, PROJECTOR, VISION, config_of, language_model, text_head, tower
from paramcount.models.text_models import inside
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


def gemma4(c: Config) -> Parts:
    """A tower of images, one of sound, and a map of what each gives to the text model's width; or less of that."""
    towers: list[Part | Stack] = []
    for part, width in ((VISION, "hidden_size"), (AUDIO, "output_proj_dims")):
        if c.get(f"{part}_config") is not None:
            towers += tower(c, part, f"{part}_tower")
            d_in, d_out = config_of(c, part).size(width), inside(c).size("hidden_size")
            towers.append(dense(f"embed_{part}.embedding_projection", PROJECTOR, d_in, d_out))
    return (*towers, *language_model(c))


GEMMA4 = Architecture(
    summary="towers of images and of sound, and Gemma 4's text model",
    source="transformers 5.23.0",
    body=gemma4,
    heads={"multimodal": text_head(), "base": no_head},
    uncosted="its text model's costs alone are stated",
)
