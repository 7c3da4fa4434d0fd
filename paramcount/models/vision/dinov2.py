"""DINOv2: ViT with a scale after each sublayer, and registers beside its class token."""

from __future__ import annotations

from paramcount.blocks.attention import attention
from paramcount.blocks.feedforward import gated, plain
from paramcount.blocks.leaves import Bare
from paramcount.blocks.parts import bare, dense, last_norm, layer_norm
from paramcount.blocks.task_heads import no_head
from paramcount.blocks.vision import O, heads_of_any_width, n_patches, patch_map, positions, token
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts, Stack
from paramcount.ledger.tensor import Size
from paramcount.models.architecture import Architecture
from paramcount.models.vision.vit import UNCOSTED


def scales(d_model: Size, *names: str) -> Parts:
    """A number for each channel of a sublayer's output (Touvron et al. 2021, CaiT, eq. 4)."""
    return tuple(bare(name, "layer scale", d_model) for name in names)


def _feed_forward(c: Config) -> Parts:
    """mlp_ratio widths up and down; or, gated, two thirds of that, rounded up to a multiple of 8."""
    d_model, ratio = c.size("hidden_size"), c.size("mlp_ratio")
    wide = c.follows("d_ff", "hidden_size · mlp_ratio", d_model, times=ratio)
    if not c.flag("use_swiglu_ffn"):
        return plain(d_model, wide, names=("fc1", "fc2"))
    thirds = c.follows("d_two_thirds", "2 · d_ff / 3, rounded down", 2 * wide, 3)
    d_ff = c.follows("d_gated_ff", "d_two_thirds, rounded up to a multiple of 8", thirds, 8, rounded="up", times=8)
    return gated(d_model, d_ff, bias=True)


def _layer(c: Config) -> Parts:
    h = heads_of_any_width(c)
    bias = c.flag("qkv_bias")
    return (
        *attention(h, bias, True, "attention", O),
        *_feed_forward(c),
        *(layer_norm(name, h.d_model) for name in ("norm1", "norm2")),
        *scales(h.d_model, "layer_scale1.lambda1", "layer_scale2.lambda1"),
    )


def _body(c: Config, masks: bool, registers: Parts = ()) -> Parts:
    d_model = c.size("hidden_size")
    mask = Part("embeddings", "mask token", Bare("mask_token", (1, d_model)))
    return (
        patch_map(c, "embeddings.patch_embeddings.projection"),
        token("embeddings.cls_token", d_model),
        *((mask,) if masks else ()),
        positions("embeddings.position_embeddings", n_patches(c) + 1, d_model),
        *registers,
        Stack("encoder.layer", c.size("num_hidden_layers"), _layer(c)),
        *last_norm(c, "layernorm"),
    )


def dinov2(c: Config) -> Parts:
    """Oquab et al. 2023, sec. 4: a scale after each sublayer, and a gated feed-forward in the largest model."""
    return _body(c, c.flag("use_mask_token"))


def with_registers(c: Config) -> Parts:
    """Darcet et al. 2023, sec. 2.2: tokens beside the patches that are discarded at the end."""
    return _body(
        c,
        True,
        (token("embeddings.register_tokens", c.size("hidden_size"), "registers", c.size("num_register_tokens", 0)),),
    )


def labels_of_both(config: Config, prefix: str) -> Parts:
    """A classifier of the class token and the mean of the patches, side by side."""
    n_labels = config.n_labels()
    return (dense("classifier", "classifier", 2 * config.size("hidden_size"), n_labels, True),) if n_labels else ()


DINOV2 = Architecture(
    summary="ViT with a scale after each sublayer, trained without labels",
    source="Oquab et al. 2023, sec. 4",
    body=dinov2,
    heads={"base": no_head, "backbone": no_head, "images": labels_of_both},
    prefix="dinov2",
    prefixes={"backbone": ""},
    uncosted=UNCOSTED,
)
DINOV2_WITH_REGISTERS = DINOV2._replace(
    summary="DINOv2 with registers beside the class token",
    source="Darcet et al. 2023, sec. 2.2",
    body=with_registers,
    prefix="dinov2_with_registers",
)
