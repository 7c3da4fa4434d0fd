"""Gemma 4's tower: Gemma's layers over patches, with a position for each row and each column."""

from __future__ import annotations

from paramcount.blocks.attention import attention, head_norms, heads
from paramcount.blocks.decoder import norms
from paramcount.blocks.feedforward import gated
from paramcount.blocks.parts import bare, dense, layer_norm
from paramcount.blocks.task_heads import no_head
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts, Stack
from paramcount.ledger.tensor import Size
from paramcount.models.architecture import Architecture
from paramcount.models.assembled import (
    AUDIO,
    OF_TEXT,
    PROJECTOR,
    VISION,
    config_of,
    in_part,
    language_model,
    text_head,
    text_width,
    tower,
)
from paramcount.models.text_models import inside
from paramcount.models.vision.vit import UNCOSTED

MAPS = tuple(f"{name}_proj.linear" for name in ("q", "k", "v", "o"))
FEEDS = ("gate_proj.linear", "up_proj.linear", "down_proj.linear")
NORMS = ("input_layernorm", "post_attention_layernorm", "pre_feedforward_layernorm", "post_feedforward_layernorm")
CHANNELS = 3


def gemma4_vision(c: Config) -> Parts:
    """As in transformers 5.23.0."""
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
    summary="Gemma's layers over image patches",
    source="transformers 5.23.0",
    body=gemma4_vision,
    heads={"base": no_head},
    prefix="",
    uncosted=UNCOSTED,
)


def gemma4(c: Config) -> Parts:
    """Optional image and audio towers, each with a map to the text model's width."""
    towers: list[Part | Stack] = []
    for part, width in ((VISION, "hidden_size"), (AUDIO, "output_proj_dims")):
        if c.get(f"{part}_config") is not None:
            towers += tower(c, part, f"{part}_tower")
            d_in, d_out = config_of(c, part).size(width), inside(c).size("hidden_size")
            towers.append(dense(f"embed_{part}.embedding_projection", PROJECTOR, d_in, d_out))
    return (*towers, *language_model(c))


GEMMA4 = Architecture(
    summary="image and audio towers, and Gemma 4's text model",
    source="transformers 5.23.0",
    body=gemma4,
    heads={"multimodal": text_head(), "base": no_head},
    uncosted=OF_TEXT,
)


def gemma4_unified(c: Config) -> Parts:
    """Maps of larger patches and of audio frames, with norms and positions, instead of towers."""
    maps: list[Part | Stack] = []
    if c.get("vision_config") is not None:
        maps += in_part(VISION, "embed_vision", _patches_read_at_once(config_of(c, VISION), text_width(c)))
    if c.get("audio_config") is not None:
        d_in = config_of(c, AUDIO).size("audio_embed_dim")
        maps.append(dense("embed_audio.embedding_projection", PROJECTOR, d_in, text_width(c)))
    return (*maps, *language_model(c))


def _patches_read_at_once(c: Config, d_text: Size) -> Parts:
    d_embed, side = c.size("mm_embed_dim"), c.size("patch_size") * c.size("pooling_kernel_size")
    values, norm = CHANNELS * (side * side), "embedding norm"
    return (
        layer_norm("patch_ln1", values, component=norm),
        dense("patch_dense", "patch embedding", values, d_embed, bias=True),
        layer_norm("patch_ln2", d_embed, component=norm),
        bare("pos_embedding", "position embedding", c.size("mm_posemb_size"), 2, d_embed),
        layer_norm("pos_norm", d_embed, component=norm),
        dense("multimodal_embedder.embedding_projection", "projections", c.size("output_proj_dims"), d_text),
    )


GEMMA4_UNIFIED = GEMMA4._replace(
    summary="maps of patches and audio frames, and Gemma 4's text model", body=gemma4_unified
)
