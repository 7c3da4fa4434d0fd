"""Qwen's image and video models, from Qwen2-VL to Qwen3-VL and Qwen3.5, and the towers in the Omni models."""

from __future__ import annotations

from paramcount.blocks.attention import Heads, attention, fused_attention
from paramcount.blocks.feedforward import gated, plain
from paramcount.blocks.parts import dense, layer_norm, rms_norm, table
from paramcount.blocks.task_heads import no_head
from paramcount.blocks.video import patches_in_time
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.ledger.sized import Sized
from paramcount.models.architecture import Architecture
from paramcount.models.assembled import VISION, language_model, text_head, tower
from paramcount.models.vision.vit import UNCOSTED

FUSED = ("qkv", "proj")
MERGER = "merger"
MERGED = ("linear_fc1", "linear_fc2")  # the maps of a merger
MERGED_BY_NUMBER = ("mlp.0", "mlp.2")


def seeing(c: Config) -> Parts:
    """A tower, whose merger maps to the text model's width, and the text model."""
    return (*tower(c, VISION, "visual"), *language_model(c))


def qwen2_vl(c: Config) -> Parts:
    """Wang et al. 2024, sec. 2.1: a ViT with rotary positions, and a merger of neighbouring patches."""
    d_model = c.size("embed_dim")
    d_ff = c.size("mlp_ratio") * d_model
    layer = (
        *fused_attention(one_head(d_model), "attn", FUSED, True, True),
        *plain(d_model, d_ff, names=("fc1", "fc2")),
        layer_norm("norm1", d_model),
        layer_norm("norm2", d_model),
    )
    merge = (layer_norm("merger.ln_q", d_model), *_merge(c, "merger", d_model, c.size("hidden_size")))
    return _tower(c, d_model, layer, merge)


def qwen2_5_vl(c: Config) -> Parts:
    """Bai et al. 2025, sec. 2.1: Qwen2-VL's tower with RMSNorm and a gated feed-forward."""
    return gated_tower(c, fused_attention(one_head(c.size("hidden_size")), "attn", FUSED, True, True))


def qwen2_5_omni(c: Config) -> Parts:
    """Qwen2.5-VL's tower with separate maps for queries, keys and values."""
    return gated_tower(c, attention(one_head(c.size("hidden_size")), True, True, "attn", ("q", "k", "v", "proj")))


def qwen3_vl(c: Config) -> Parts:
    """Bai et al. 2025 (Qwen3-VL), sec. 2: learned positions, and mergers after several layers."""
    d_model = c.size("hidden_size")
    return (*qwen3_5(c), Stack("deepstack_merger_list", _n_deep(c), _deep(c, d_model, "norm", MERGED)))


def qwen3_omni(c: Config) -> Parts:
    """Qwen3-VL's tower under other names."""
    d_model = c.size("hidden_size")
    deep = Stack("merger_list", _n_deep(c), _deep(c, d_model, "ln_q", MERGED_BY_NUMBER))
    return (*_with_positions(c, "ln_q", MERGED_BY_NUMBER), deep)


def qwen3_5(c: Config) -> Parts:
    """Qwen3-VL's tower with a merger only after its last layer."""
    return _with_positions(c, "norm", MERGED)


def _with_positions(c: Config, norm: str, names: tuple[str, str]) -> Parts:
    d_model = c.size("hidden_size")
    layer = (
        *fused_attention(one_head(d_model), "attn", FUSED, True, True),
        *plain(d_model, c.size("intermediate_size"), names=("linear_fc1", "linear_fc2")),
        layer_norm("norm1", d_model),
        layer_norm("norm2", d_model),
    )
    merge = layer_norm(f"merger.{norm}", d_model), *_merge(c, "merger", d_model, c.size("out_hidden_size"), names)
    positions = table("pos_embed", c.size("num_position_embeddings"), d_model, "position embedding")
    patches, *others = _tower(c, d_model, layer, merge, bias=True)
    return (patches, positions, *others)


def gated_tower(c: Config, attends: Parts) -> Parts:
    """Layers with *attends*, RMSNorm and a gated feed-forward, and a merger after the last."""
    d_model = c.size("hidden_size")
    layer = (
        *attends,
        *gated(d_model, c.size("intermediate_size"), True),
        rms_norm("norm1", d_model),
        rms_norm("norm2", d_model),
    )
    merge = (rms_norm("merger.ln_q", d_model), *_merge(c, "merger", d_model, c.size("out_hidden_size")))
    return _tower(c, d_model, layer, merge)


def _tower(c: Config, d_model: Sized, layer: Parts, merge: Parts, bias: bool = False) -> Parts:
    return (patches_in_time(c, "patch_embed.proj", d_model, bias), Stack("blocks", c.size("depth"), layer), *merge)


def _merge(c: Config, name: str, d_model: Sized, d_out: Sized, names: tuple[str, str] = MERGED_BY_NUMBER) -> Parts:
    """Two maps of neighbouring patches side by side, a square of spatial_merge_size on each side."""
    d_square = _square(c, d_model)
    first, second = (f"{name}.{own}" if name else own for own in names)
    return dense(first, MERGER, d_square, d_square, True), dense(second, MERGER, d_square, d_out, True)


def _deep(c: Config, d_model: Sized, norm: str, names: tuple[str, str]) -> Parts:
    """A merger with a norm over everything it merges."""
    return layer_norm(norm, _square(c, d_model)), *_merge(c, "", d_model, c.size("out_hidden_size"), names)


def _square(c: Config, d_model: Sized) -> Sized:
    side = c.size("spatial_merge_size")
    square: Sized = side * side * d_model
    return square


def _n_deep(c: Config) -> Sized:
    layers = c.get("deepstack_visual_indexes")
    if not isinstance(layers, list):
        raise c.refuse("deepstack_visual_indexes", "valid: a list of layer numbers")
    return c.named("n_deep", len(layers), "layers of deepstack_visual_indexes")


def one_head(d_model: Sized) -> Heads:
    """Heads that together are as wide as the model, whatever their number."""
    return Heads(d_model, 1, 1, d_model)


QWEN2_VL = Architecture(
    summary="image and video tower: rotary positions, and a merger of neighbouring patches",
    source="Wang et al. 2024 (Qwen2-VL), sec. 2.1",
    body=qwen2_vl,
    heads={"base": no_head},
    uncosted=UNCOSTED,
)
QWEN2_5_VL = QWEN2_VL._replace(
    summary="Qwen2-VL's tower with RMSNorm and gated feed-forwards",
    source="Bai et al. 2025 (Qwen2.5-VL), sec. 2.1",
    body=qwen2_5_vl,
)
QWEN2_5_OMNI = QWEN2_5_VL._replace(
    summary="Qwen2.5-VL's tower with separate maps for queries, keys and values",
    source="Xu et al. 2025 (Qwen2.5-Omni), sec. 2",
    body=qwen2_5_omni,
)
QWEN3_VL = QWEN2_VL._replace(
    summary="image and video tower: learned positions, and mergers after several layers",
    source="Bai et al. 2025 (Qwen3-VL), sec. 2",
    body=qwen3_vl,
)
QWEN3_OMNI = QWEN3_VL._replace(
    summary="Qwen3-VL's tower under other names", source="Xu et al. 2025 (Qwen3-Omni), sec. 2", body=qwen3_omni
)
QWEN3_5 = QWEN3_VL._replace(summary="Qwen3-VL's tower with one merger", source="transformers 5.23.0", body=qwen3_5)
SEEING_QWEN2 = Architecture(
    summary="a vision tower whose merger is its projector, and Qwen2",
    source="Wang et al. 2024 (Qwen2-VL), sec. 2; Bai et al. 2025 (Qwen2.5-VL), sec. 2",
    body=seeing,
    heads={"multimodal": text_head(), "base": no_head},
    uncosted="only its text model's costs are known",
)
SEEING_QWEN3 = SEEING_QWEN2._replace(
    summary="a vision tower whose mergers are its projector, and Qwen3",
    source="Bai et al. 2025 (Qwen3-VL), sec. 2",
)
SEEING_QWEN3_5 = SEEING_QWEN3._replace(
    summary="a vision tower whose merger is its projector, and Qwen3.5", source="transformers 5.23.0"
)
