"""SigLIP and SigLIP 2: an image encoder and a text encoder, each with CLIP's layers; and the towers alone."""

from __future__ import annotations

from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import bare, dense, last_norm, layer_norm, table
from paramcount.blocks.task_heads import no_head
from paramcount.blocks.vision import n_square_patches, patch_map, position_table, token
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts
from paramcount.models.architecture import Architecture
from paramcount.models.assembled import VISION, beside, tower
from paramcount.models.vision.clip import clip_layers, labels_of_tower
from paramcount.models.vision.vit import UNCOSTED

POOLER = "attention pooler"


def pooler(c: Config) -> Parts:
    """A learned query that attends to all patches, followed by a feed-forward (Zhai et al. 2021, sec. 3.2)."""
    d_model = c.size("hidden_size")
    feeds = plain(d_model, c.size("intermediate_size"), True, "head.mlp", ("fc1", "fc2"), POOLER)
    return (
        token("head.probe", d_model, POOLER),
        bare("head.attention.in_proj_weight", POOLER, 3 * d_model, d_model),
        bare("head.attention.in_proj_bias", POOLER, 3 * d_model),
        dense("head.attention.out_proj", POOLER, d_model, d_model, bias=True),
        layer_norm("head.layernorm", d_model, component=POOLER),
        *feeds,
    )


def _tower(c: Config, patches: Part, rows: int) -> Parts:
    return (
        patches,
        position_table("embeddings.position_embedding", rows, c.size("hidden_size")),
        clip_layers(c),
        *last_norm(c, "post_layernorm"),
        *(pooler(c) if c.flag("vision_use_head") else ()),
    )


def siglip_vision(c: Config) -> Parts:
    """Zhai et al. 2023, sec. 4: ViT without a class token, pooled by attention."""
    return _tower(c, patch_map(c, "embeddings.patch_embedding"), n_square_patches(c))


def siglip2_vision(c: Config) -> Parts:
    """Tschannen et al. 2025, sec. 2.4.2 (NaFlex): takes cut-out patches, with positions for num_patches."""
    d_model, side = c.size("hidden_size"), c.size("patch_size")
    values = side * side * c.size("num_channels")
    patches = dense("embeddings.patch_embedding", "patch embedding", values, d_model, bias=True)
    return _tower(c, patches, c.size("num_patches"))


def siglip_text(c: Config) -> Parts:
    """Zhai et al. 2023, sec. 4: a text encoder, and a map of its last token."""
    d_model = c.size("hidden_size")
    d_out = c.size("projection_size", 0) if c.get("projection_size") is not None else d_model
    return (
        table("embeddings.token_embedding", c.size("vocab_size"), d_model),
        position_table("embeddings.position_embedding", c.size("max_position_embeddings"), d_model),
        clip_layers(c),
        *last_norm(c, "final_layer_norm"),
        dense("head", "projections", d_model, d_out, bias=True),
    )


SIGLIP_VISION = Architecture(
    summary="ViT without a class token, pooled by attention",
    source="Zhai et al. 2023, sec. 4",
    body=siglip_vision,
    heads={"base": no_head},
    prefix="",
    uncosted=UNCOSTED,
)
SIGLIP2_VISION = SIGLIP_VISION._replace(
    summary="SigLIP's tower for images of any shape", source="Tschannen et al. 2025, sec. 2.4.2", body=siglip2_vision
)
SIGLIP_TEXT = SIGLIP_VISION._replace(
    summary="text encoder beside an image encoder", body=siglip_text, uncosted="is used beside an image encoder"
)


def siglip(c: Config) -> Parts:
    """Zhai et al. 2023, sec. 3.2: two encoders, and the scale and the bias of their products."""
    seen = tower(c, VISION, "vision_model")
    if c.task == "images":
        return seen
    scalars = (bare(name, "logit scale", 1) for name in ("logit_scale", "logit_bias"))
    return (*seen, *beside(c, "text_model"), *scalars)


SIGLIP = Architecture(
    summary="an image encoder and a text encoder, whose outputs are compared",
    source="Zhai et al. 2023, sec. 3.2",
    body=siglip,
    heads={"base": no_head, "images": labels_of_tower},
    prefix="",
    uncosted=UNCOSTED,
)
