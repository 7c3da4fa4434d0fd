"""LLaVA: an image's patches, mapped to a text model's width by a projector."""

from __future__ import annotations

from paramcount.blocks.parts import dense
from paramcount.blocks.task_heads import no_head
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.ledger.tensor import Size
from paramcount.models.architecture import Architecture
from paramcount.models.assembled import VISION, config_of, language_model, text_head, tower
from paramcount.models.text_models import inside


def llava(c: Config) -> Parts:
    """Liu et al. 2023, sec. 3, with the projector of two maps of Liu et al. 2024."""
    return (*tower(c, VISION, "vision_tower"), *_projector(c), *language_model(c))


def _projector(c: Config) -> Parts:
    """Two maps: the one reads what as many layers give as vision_feature_layer names."""
    d_in, d_out = config_of(c, VISION).size("hidden_size") * _n_features(c), inside(c).size("hidden_size")
    bias = c.flag("multimodal_projector_bias")
    return (
        dense("multi_modal_projector.linear_1", "projector", d_in, d_out, bias),
        dense("multi_modal_projector.linear_2", "projector", d_out, d_out, bias),
    )


def _n_features(c: Config) -> Size:
    chosen = c.get("vision_feature_layer")
    if isinstance(chosen, list) and chosen:
        return c.named("n_feature_layers", len(chosen), "items of vision_feature_layer")
    if isinstance(chosen, bool) or not isinstance(chosen, int):
        raise c.refuse("vision_feature_layer", "valid: a layer's number, or a list of them")
    return 1


LLAVA = Architecture(
    summary="a vision tower, a projector and a text model",
    source="Liu et al. 2023, sec. 3; Liu et al. 2024, sec. 3",
    body=llava,
    heads={"multimodal": text_head(), "base": no_head},
    uncosted="its text model's costs alone are stated",
)
