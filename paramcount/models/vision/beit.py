"""BEiT: ViT with a scale after each sublayer, relative positions, and no bias on its keys."""

from __future__ import annotations

from paramcount.blocks.attention import qkv
from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import bare, dense, last_norm, layer_norm
from paramcount.blocks.roles import OUTPUT
from paramcount.blocks.task_heads import no_head
from paramcount.blocks.vision import heads_of_any_width, image_labels, n_patches, patch_map, positions, token
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts, Stack
from paramcount.models.architecture import Architecture
from paramcount.models.vision.dinov2 import scales
from paramcount.models.vision.vit import MASKED, NORMS, UNCOSTED

SPECIAL = 3  # distances from class token to patches, back, and to itself


def _distances(c: Config, name: str) -> Part:
    """A number for each head and each distance between two patches, along both axes."""
    (height, width), side = c.sides("image_size"), c.size("patch_size")
    words = "image_size / patch_size, rounded down"
    rows, columns = c.follows("n_patch_rows", words, height, side), c.follows("n_patch_columns", words, width, side)
    n = (2 * rows + -1) * (2 * columns + -1) + SPECIAL
    return bare(f"{name}.relative_position_bias_table", "relative positions", n, c.size("num_attention_heads"))


def _layer(c: Config) -> Parts:
    h, scale = heads_of_any_width(c), c.get("layer_scale_init_value")
    if type(scale) not in (int, float):
        raise c.refuse("layer_scale_init_value", "valid: a number, 0 or less for none")
    maps = zip(("q_proj", "k_proj", "v_proj"), qkv(h), strict=True)
    return (
        *(dense(f"attention.{n}", "attention", h.d_model, wide, n != "k_proj", role) for n, (role, wide) in maps),
        dense("attention.o_proj", "attention", h.n_heads * h.d_head, h.d_model, True, OUTPUT),
        *plain(h.d_model, c.size("intermediate_size"), names=("fc1", "fc2")),
        *(layer_norm(name, h.d_model) for name in NORMS),
        *(scales(h.d_model, "lambda_1", "lambda_2") if scale > 0 else ()),
        *((_distances(c, "relative_position_bias"),) if c.flag("use_relative_position_bias") else ()),
    )


def beit(c: Config) -> Parts:
    """Bao et al. 2021, sec. 2.2."""
    if c.task == "backbone" and c.flag("add_fpn"):
        raise c.refuse("add_fpn", "valid: false, since the feature pyramid is not supported")
    d_model, rows, pooled = c.size("hidden_size"), n_patches(c) + 1, c.flag("use_mean_pooling")
    mask = (token("embeddings.mask_token", d_model, "mask token"),) if c.flag("use_mask_token") else ()
    places = c.flag("use_absolute_position_embeddings")
    return (
        patch_map(c, "embeddings.patch_embeddings.projection"),
        token("embeddings.cls_token", d_model),
        *mask,
        *((positions("embeddings.position_embeddings", rows, d_model),) if places else ()),
        *((_distances(c, "shared_position_bias"),) if c.flag("use_shared_relative_position_bias") else ()),
        Stack("layers", c.size("num_hidden_layers"), _layer(c)),
        *(() if pooled else last_norm(c, "layernorm")),
        *(last_norm(c, "pooler.layernorm") if pooled and c.task in ("base", "images") else ()),
    )


def visual_tokens(c: Config, prefix: str) -> Parts:
    """The codebook token at each hidden patch (sec. 2.3)."""
    return (
        layer_norm("layernorm", c.size("hidden_size"), component="head transform"),
        dense("lm_head", "output head", c.size("hidden_size"), c.size("vocab_size"), bias=True),
    )


BEIT = Architecture(
    summary="ViT with a scale after each sublayer and relative positions",
    source="Bao et al. 2021, sec. 2.2",
    body=beit,
    heads={"base": no_head, "images": image_labels(), MASKED: visual_tokens, "backbone": no_head},
    prefix="beit",
    uncosted=UNCOSTED,
)
