"""DINOv3: ViT with rotary positions, registers, and a scale after each sublayer."""

from __future__ import annotations

from paramcount.blocks.attention import attend, qkv
from paramcount.blocks.feedforward import gated, plain
from paramcount.blocks.parts import dense, last_norm, layer_norm
from paramcount.blocks.roles import OUTPUT
from paramcount.blocks.task_heads import no_head
from paramcount.blocks.vision import of_full_width, patch_map, token
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.models.architecture import Architecture
from paramcount.models.vision.dinov2 import scales
from paramcount.models.vision.vit import UNCOSTED


def _layer(c: Config) -> Parts:
    h = of_full_width(c)
    d_ff, bias = c.size("intermediate_size"), c.flag("mlp_bias")
    names = {"q_proj": "query_bias", "k_proj": "key_bias", "v_proj": "value_bias"}
    maps = zip(names, qkv(h), strict=True)
    return (
        *(dense(f"attention.{n}", "attention", h.d_model, width, c.flag(names[n]), role) for n, (role, width) in maps),
        dense("attention.o_proj", "attention", h.d_model, h.d_model, c.flag("proj_bias"), OUTPUT),
        attend(h),
        *(gated(h.d_model, d_ff, bias) if c.flag("use_gated_mlp") else plain(h.d_model, d_ff, bias)),
        *(layer_norm(name, h.d_model) for name in ("norm1", "norm2")),
        *scales(h.d_model, "layer_scale1.lambda1", "layer_scale2.lambda1"),
    )


def dinov3(c: Config) -> Parts:
    """Siméoni et al. 2025, sec. 3.2: rotary positions instead of learned ones; keys have no bias."""
    d_model = c.size("hidden_size")
    return (
        patch_map(c, "embeddings.patch_embeddings"),
        token("embeddings.cls_token", d_model),
        token("embeddings.mask_token", d_model, "mask token"),
        token("embeddings.register_tokens", d_model, "registers", c.size("num_register_tokens", 0)),
        Stack("model.layer", c.size("num_hidden_layers"), _layer(c)),
        *last_norm(c),
    )


DINOV3 = Architecture(
    summary="ViT with rotary positions, registers and a scale after each sublayer",
    source="Siméoni et al. 2025, sec. 3.2",
    body=dinov3,
    heads={"base": no_head, "backbone": no_head},
    prefix="",
    uncosted=UNCOSTED,
)
