"""InternVL's InternViT: ViT with a scale after each sublayer, and norms over queries and keys in the largest."""

from __future__ import annotations

from paramcount.blocks.attention import attention, whole_heads
from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import last_norm, layer_norm, rms_norm
from paramcount.blocks.task_heads import no_head
from paramcount.blocks.vision import n_patches, patch_map, positions, token
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.ledger.tensor import Size
from paramcount.models.architecture import Architecture
from paramcount.models.assembled import PROJECTOR, VISION, config_of, language_model, text_width, tower, two_maps
from paramcount.models.vision.dinov2 import scales
from paramcount.models.vision.llava import LLAVA
from paramcount.models.vision.vit import NORMS, UNCOSTED

MAPS = ("q_proj", "k_proj", "v_proj", "projection_layer")


def _layer(c: Config) -> Parts:
    h, kind = whole_heads(c), c.get("norm_type")
    if kind not in ("layer_norm", "rms_norm"):
        raise c.refuse("norm_type", "valid: layer_norm, rms_norm")
    norm = layer_norm if kind == "layer_norm" else rms_norm
    norms = [rms_norm(f"attention.{name}", h.d_model) for name in ("q_norm", "k_norm") if c.flag("use_qk_norm")]
    return (
        *attention(h, c.flag("attention_bias"), True, "attention", MAPS),
        *norms,
        *plain(h.d_model, c.size("intermediate_size"), names=("fc1", "fc2")),
        *(norm(name, h.d_model) for name in NORMS),
        *scales(h.d_model, "lambda_1", "lambda_2"),
    )


def internvl_vision(c: Config, layers: str = "encoder.layer") -> Parts:
    """Chen et al. 2023, sec. 3.2."""
    d_model = c.size("hidden_size")
    mask = (token("embeddings.mask_token", d_model, "mask token"),) if c.flag("use_mask_token") else ()
    places = positions("embeddings.position_embeddings", n_patches(c) + 1, d_model)
    return (
        patch_map(c, "embeddings.patch_embeddings.projection"),
        token("embeddings.cls_token", d_model),
        *mask,
        *((places,) if c.flag("use_absolute_position_embeddings") else ()),
        Stack(layers, c.size("num_hidden_layers"), _layer(c)),
        *(() if c.flag("use_mean_pooling") else last_norm(c, "layernorm")),
    )


def internvl(c: Config) -> Parts:
    """Chen et al. 2024 (InternVL 1.5), sec. 3.1: neighbouring patches side by side, a norm and two maps."""
    d_in = config_of(c, VISION).size("hidden_size") * _n_beside(c)
    norm = layer_norm("multi_modal_projector.layer_norm", d_in, component=PROJECTOR)
    maps = two_maps("multi_modal_projector", d_in, text_width(c))
    return (*tower(c, VISION, "vision_tower"), norm, *maps, *language_model(c))


def _n_beside(c: Config) -> Size:
    """The number of patches merged into one."""
    ratio = c.get("downsample_ratio")
    if isinstance(ratio, bool) or not isinstance(ratio, int | float) or not 0 < ratio <= 1:
        raise c.refuse("downsample_ratio", "valid: a number above 0, up to 1")
    side = int(1 / ratio)
    return c.named("n_merged", side * side, "1 / downsample_ratio, rounded down and squared")


def qianfan_vision(c: Config) -> Parts:
    """The same under the names in Qianfan-OCR."""
    return internvl_vision(c, "layers")


INTERNVL_VISION = Architecture(
    summary="ViT with a scale after each sublayer",
    source="Chen et al. 2023, sec. 3.2",
    body=internvl_vision,
    heads={"base": no_head},
    prefix="",
    uncosted=UNCOSTED,
)
INTERNVL = LLAVA._replace(source="Chen et al. 2024 (InternVL 1.5), sec. 3.1", body=internvl)
QIANFAN_VISION = INTERNVL_VISION._replace(source="transformers 5.23.0", body=qianfan_vision)
