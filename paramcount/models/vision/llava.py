"""LLaVA and its relatives: image patches, mapped to a text model's width by a projector."""

from __future__ import annotations

from paramcount.blocks.convolutions import filters
from paramcount.blocks.parts import bare, layer_norm
from paramcount.blocks.task_heads import no_head
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.ledger.tensor import Size
from paramcount.models.architecture import Architecture
from paramcount.models.assembled import (
    OF_TEXT,
    PROJECTOR,
    VISION,
    config_of,
    language_model,
    text_head,
    text_width,
    tower,
    two_maps,
)


def llava(c: Config) -> Parts:
    """Liu et al. 2023, sec. 3, with the two-map projector of Liu et al. 2024."""
    return (*tower(c, VISION, "vision_tower"), *projector(c), *language_model(c))


def llava_next(c: Config) -> Parts:
    """Liu et al. 2024 (LLaVA-NeXT): tiled images, and a vector at the end of each row of patches."""
    return (*llava(c), bare("image_newline", PROJECTOR, text_width(c)))


def llava_next_video(c: Config) -> Parts:
    """The same, with pooled patches per frame; only pooling by convolution has weights."""
    mode, d_in = c.get("spatial_pool_mode"), config_of(c, VISION).size("hidden_size")
    if mode not in ("average", "max", "conv"):
        raise c.refuse("spatial_pool_mode", "valid: average, max, conv")
    if mode != "conv":
        return llava_next(c)
    stride, d_out = c.size("spatial_pool_stride"), c.size_or_none("spatial_pool_out_channels") or d_in
    return (*llava_next(c), filters("vision_resampler.pool", PROJECTOR, d_in, d_out, (stride, stride)))


def video_llava(c: Config) -> Parts:
    """Lin et al. 2023, sec. 3: a tower for frames and one for images, and one projector."""
    towers = (*tower(c, VISION, "video_tower"), *tower(c, VISION, "image_tower"))
    return (*towers, *projector(c), *language_model(c))


def vipllava(c: Config) -> Parts:
    """Cai et al. 2023, sec. 3: outputs of several layers of the tower, with a norm before the projector."""
    d_in, d_out = config_of(c, VISION).size("hidden_size") * n_features(c), text_width(c)
    maps = two_maps("multi_modal_projector", d_in, d_out)
    norm = layer_norm("multi_modal_projector.projector_layernorm", d_in, component=PROJECTOR)
    return (*tower(c, VISION, "vision_tower"), norm, *maps, *language_model(c))


def projector(c: Config) -> Parts:
    """Two maps, the first from the outputs of all layers in vision_feature_layer."""
    d_in, d_out = config_of(c, VISION).size("hidden_size") * n_features(c), text_width(c)
    return two_maps("multi_modal_projector", d_in, d_out, bias=c.flag("multimodal_projector_bias"))


def n_features(c: Config) -> Size:
    """The number of the tower's layers that are read."""
    chosen = c.get("vision_feature_layer")
    if isinstance(chosen, list) and chosen:
        return c.named("n_feature_layers", len(chosen), "items of vision_feature_layer")
    if isinstance(chosen, bool) or not isinstance(chosen, int):
        raise c.refuse("vision_feature_layer", "valid: a layer number, or a list of them")
    return 1


LLAVA = Architecture(
    summary="a vision tower, a projector and a text model",
    source="Liu et al. 2023, sec. 3; Liu et al. 2024, sec. 3",
    body=llava,
    heads={"multimodal": text_head(), "base": no_head},
    uncosted=OF_TEXT,
)
LLAVA_NEXT = LLAVA._replace(source="Liu et al. 2024 (LLaVA-NeXT); transformers 5.23.0", body=llava_next)
LLAVA_NEXT_VIDEO = LLAVA_NEXT._replace(body=llava_next_video)
VIDEO_LLAVA = LLAVA._replace(
    summary="a tower for frames, one for images, a projector and a text model",
    source="Lin et al. 2023, sec. 3",
    body=video_llava,
)
VIPLLAVA = LLAVA._replace(source="Cai et al. 2023, sec. 3", body=vipllava)
