"""Kimi K2.5's MoonViT: SigLIP's layers with rotary positions and a grid of learned ones."""

from __future__ import annotations

from paramcount.blocks.convolutions import filters
from paramcount.blocks.parts import bare, dense, last_norm, layer_norm
from paramcount.blocks.task_heads import no_head
from paramcount.blocks.vision import of_full_width, pre_norm
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.models.architecture import Architecture
from paramcount.models.assembled import OF_TEXT, PROJECTOR, VISION, config_of, language_model, text_head, tower
from paramcount.models.text_models import inside
from paramcount.models.vision.vit import UNCOSTED

CHANNELS = 3
MAPS = ("q_proj", "k_proj", "v_proj", "proj")


def kimi_vision(c: Config) -> Parts:
    """Kimi Team 2025 (Kimi-VL), sec. 2.1: images of any shape, with a stretched grid of positions."""
    h, side = of_full_width(c), c.size("patch_size")
    d_ff, places = c.size("intermediate_size"), (c.size("pos_emb_height"), c.size("pos_emb_width"))
    return (
        filters("patch_embed.proj", "patch embedding", CHANNELS, h.d_model, (side, side)),
        bare("patch_embed.pos_emb.position_embeddings", "position embedding", *places, h.d_model),
        Stack("layers", c.size("num_hidden_layers"), pre_norm(h, d_ff, True, True, "attn", MAPS, ("norm1", "norm2"))),
        *last_norm(c, "final_layernorm"),
    )


KIMI_VISION = Architecture(
    summary="ViT with rotary positions and a grid of learned ones",
    source="Kimi Team 2025 (Kimi-VL), sec. 2.1",
    body=kimi_vision,
    heads={"base": no_head},
    prefix="",
    uncosted=UNCOSTED,
)


def kimi_k25(c: Config) -> Parts:
    """Kimi Team 2025 (Kimi-VL), sec. 2.1: neighbouring patches side by side, and two maps to the text model's width."""
    seen, d_out = config_of(c, VISION), inside(c).size("hidden_size")
    tall, wide = seen.sides("merge_kernel_size")
    d_merged = seen.size("hidden_size") * (tall * wide)
    return (
        *tower(c, VISION, "vision_tower"),
        layer_norm("mm_projector.pre_norm", c.size("projection_hidden_size"), component=PROJECTOR),
        dense("mm_projector.in_proj", PROJECTOR, d_merged, d_merged, bias=True),
        dense("mm_projector.out_proj", PROJECTOR, d_merged, d_out, bias=True),
        *language_model(c),
    )


KIMI_K25 = Architecture(
    summary="a vision tower, and DeepSeek's text model",
    source="Kimi Team 2025 (Kimi-VL), sec. 2.1; transformers 5.23.0",
    body=kimi_k25,
    heads={"multimodal": text_head(), "base": no_head},
    uncosted=OF_TEXT,
)
