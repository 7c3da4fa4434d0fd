"""Florence-2's tower, DaViT: stages of fewer and wider patches, attention within windows and over channels."""

from __future__ import annotations

from typing import Any

from paramcount.blocks.attention import Heads, fused_attention
from paramcount.blocks.convolutions import filters
from paramcount.blocks.feedforward import plain
from paramcount.blocks.leaves import Head
from paramcount.blocks.parts import dense, layer_norm, table
from paramcount.blocks.task_heads import no_head
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts, Stack
from paramcount.ledger.sized import Sized
from paramcount.ledger.tensor import Size
from paramcount.models.architecture import Architecture
from paramcount.models.assembled import PROJECTOR, VISION, beside, config_of, tower
from paramcount.models.text_models import TEXT
from paramcount.models.vision.vit import UNCOSTED, by_ratio


def _staged(c: Config, key: str, kind: type[int] = int) -> list[Any]:
    """The list under *key*, with one item per stage."""
    found, wide = c.get(key), c.get("embed_dim")
    listed = isinstance(found, list) and isinstance(wide, list) and len(found) == len(wide)
    if not listed or not all(type(one) is kind and one >= 0 for one in found):
        raise c.refuse(key, "valid: a list with an item for each stage, as in embed_dim")
    return list(found)


def widths(c: Config) -> list[Sized]:
    """The width of each stage."""
    found = _staged(c, "embed_dim")
    return [c.named(f"d_model_{at}", one, f"embed_dim of stage {at}") for at, one in enumerate(found, 1)]


def _block(c: Config, name: str, attends: str, d_model: Sized, d_ff: Sized) -> Parts:
    """Attention and a feed-forward, each after a depthwise convolution (Ding et al. 2022, sec. 3)."""
    h = Heads(d_model, 1, 1, d_model)
    return (
        filters(f"{name}.conv1", "convolution", 1, d_model, (3, 3)),
        *fused_attention(h, f"{name}.{attends}", ("qkv", "proj"), c.flag("qkv_bias"), True),
        filters(f"{name}.conv2", "convolution", 1, d_model, (3, 3)),
        *plain(d_model, d_ff, name=f"{name}.ffn", names=("fc1", "fc2")),
        layer_norm(f"{name}.norm1", d_model),
        layer_norm(f"{name}.norm2", d_model),
    )


def florence2_vision(c: Config) -> Parts:
    """Ding et al. 2022, sec. 3.4: each stage makes fewer, wider patches, and alternates two kinds of attention."""
    wide, depths, kernels = widths(c), _staged(c, "depths"), _staged(c, "patch_size")
    normed_first = _staged(c, "patch_prenorm", bool)
    parts: list[Any] = []
    d_in: Size = c.size("in_channels")
    for at, d_model in enumerate(wide):
        kernel = c.named(f"patch_size_{at + 1}", kernels[at], f"patch_size of stage {at + 1}")
        parts += [
            filters(f"convs.{at}.conv", "patch embedding", d_in, d_model, (kernel, kernel)),
            layer_norm(f"convs.{at}.norm", d_in if normed_first[at] else d_model, component="embedding norm"),
        ]
        d_ff = by_ratio(c, f"d_ff_{at + 1}", d_model, f"embed_dim of stage {at + 1}")
        layer = (
            *_block(c, "spatial_block", "window_attn", d_model, d_ff),
            *_block(c, "channel_block", "channel_attn", d_model, d_ff),
        )
        depth = c.named(f"n_layers_{at + 1}", depths[at], f"depths of stage {at + 1}")
        parts.append(Stack(f"blocks.{at}", depth, layer))
        d_in = d_model
    return tuple(parts)


FLORENCE2_VISION = Architecture(
    summary="stages of fewer and wider patches, attention within windows and over channels",
    source="Ding et al. 2022, sec. 3; Xiao et al. 2023, sec. 4",
    body=florence2_vision,
    heads={"base": no_head},
    prefix="",
    uncosted=UNCOSTED,
)


def _projector(c: Config) -> Parts:
    """A map, a norm, and positions of rows and columns, each half the width."""
    seen, name = config_of(c, VISION), "multi_modal_projector"
    d_in, d_out, rows = widths(seen)[-1], seen.size("projection_dim"), seen.size("max_position_embeddings")
    half = seen.follows("d_row", "embed_dim of the last stage / 2, rounded down", d_in, 2)
    place = f"{name}.image_position_embed"
    return (
        dense(f"{name}.image_projection", PROJECTOR, d_in, d_out),
        layer_norm(f"{name}.image_proj_norm", d_out, component=PROJECTOR),
        table(f"{place}.row_embeddings", rows, half, PROJECTOR),
        table(f"{place}.column_embeddings", rows, d_in + -1 * half, PROJECTOR),
    )


def florence2(c: Config) -> Parts:
    """Xiao et al. 2023, sec. 4: DaViT, and BART's encoder and decoder, which read the patches as tokens."""
    if c.nested(TEXT).model_type != "bart":
        raise c.refuse(TEXT, "valid: a config of type bart")
    return (*tower(c, VISION, "vision_tower"), *_projector(c), *beside(c, "language_model"))


def _logits(c: Config, prefix: str) -> Parts:
    text = c.inner[TEXT]
    tied_to = f"{prefix}language_model.shared.weight" if c.flag("tie_word_embeddings") else ""
    return (Part("lm_head", "output head", Head(text.size("vocab_size"), text.size("d_model"), tied_to)),)


FLORENCE2 = Architecture(
    summary="DaViT, and BART's encoder and decoder",
    source="Xiao et al. 2023, sec. 4",
    body=florence2,
    heads={"multimodal": _logits, "base": no_head},
    uncosted=UNCOSTED,
)
