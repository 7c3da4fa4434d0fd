"""Aya Vision and Command A Vision: SigLIP's tower, patches side by side, a gated map and Cohere's text model."""

from __future__ import annotations

from paramcount.blocks.parts import dense, layer_norm
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.ledger.tensor import Size
from paramcount.models.assembled import PROJECTOR, VISION, config_of, language_model, text_width, tower
from paramcount.models.vision.llava import LLAVA


def aya_vision(c: Config) -> Parts:
    """Dash et al. 2025, sec. 3.1: patches side by side, a norm, and a SwiGLU between two maps."""
    d_in, aligned = _d_in(c), c.size_or_none("alignment_intermediate_size") or text_width(c)
    norm = layer_norm("multi_modal_projector.layernorm", d_in, component=PROJECTOR)
    return (*tower(c, VISION, "vision_tower"), norm, *_maps(c, d_in, aligned), *language_model(c))


def cohere2_vision(c: Config) -> Parts:
    """The same without the norm."""
    maps = _maps(c, _d_in(c), c.size("alignment_intermediate_size"))
    return (*tower(c, VISION, "vision_tower"), *maps, *language_model(c))


def _d_in(c: Config) -> Size:
    side = c.size("downsample_factor")
    d_in: Size = config_of(c, VISION).size("hidden_size") * (side * side)
    return d_in


def _maps(c: Config, d_in: Size, aligned: int) -> Parts:
    """Up and back, with one half of the first map's output gating the other."""
    half = c.follows("d_gated", "half the output of the projector's first map, rounded down", aligned, 2)
    return (
        dense("multi_modal_projector.linear_1", PROJECTOR, d_in, aligned, bias=True),
        dense("multi_modal_projector.linear_2", PROJECTOR, half, text_width(c), bias=True),
    )


AYA_VISION = LLAVA._replace(source="Dash et al. 2025, sec. 3.1", body=aya_vision)
COHERE2_VISION = LLAVA._replace(source="transformers 5.23.0", body=cohere2_vision)
