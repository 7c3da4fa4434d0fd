"""PaddleOCR-VL, and its image tower: SigLIP's layers, with both learned and rotary positions."""

from __future__ import annotations

from paramcount.blocks.parts import dense, last_norm, layer_norm, table
from paramcount.blocks.task_heads import no_head
from paramcount.blocks.vision import n_square_patches, patch_map
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.architecture import Architecture, within
from paramcount.models.assembled import PROJECTOR, VISION, config_of, language_model, text_head, tower
from paramcount.models.text_models import inside
from paramcount.models.vision.clip import clip_layers
from paramcount.models.vision.vit import UNCOSTED


def paddleocr_vl(c: Config) -> Parts:
    """Cui et al. 2025 (PaddleOCR-VL): images of any size, with interpolated learned positions."""
    d_model = c.size("hidden_size")
    body = (
        patch_map(c, "embeddings.patch_embedding"),
        table("embeddings.position_embedding", n_square_patches(c), d_model, "position embedding"),
        clip_layers(c),
        *last_norm(c, "post_layernorm"),
    )
    return tuple(within("vision_model.", part) for part in body)


PADDLEOCR_VL = Architecture(
    summary="tower for images of any size: SigLIP's layers with rotary positions",
    source="Cui et al. 2025 (PaddleOCR-VL)",
    body=paddleocr_vl,
    heads={"base": no_head},
    uncosted=UNCOSTED,
)


def assembled(c: Config) -> Parts:
    """The tower, a projector over neighbouring patches side by side, and ERNIE 4.5."""
    return (*tower(c, VISION, "visual"), *_projector(c), *language_model(c))


def _projector(c: Config) -> Parts:
    """Two maps: one as wide as a square of patches, one to the text model's width."""
    vision = config_of(c, VISION)
    d_model, side = vision.size("hidden_size"), vision.size("spatial_merge_size")
    d_square = side * side * d_model
    return (
        layer_norm("projector.pre_norm", d_model, component=PROJECTOR),
        dense("projector.linear_1", PROJECTOR, d_square, d_square, bias=True),
        dense("projector.linear_2", PROJECTOR, d_square, inside(c).size("hidden_size"), bias=True),
    )


PADDLEOCR = Architecture(
    summary="a vision tower, a projector over neighbouring patches, and ERNIE 4.5",
    source="Cui et al. 2025 (PaddleOCR-VL)",
    body=assembled,
    heads={"multimodal": text_head(), "base": no_head},
    uncosted="only its text model's costs are known",
)
