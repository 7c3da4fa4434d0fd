"""HyperCLOVA X SEED Vision: Qwen2.5-VL's tower, a linear map and a text model."""

from __future__ import annotations

from paramcount.blocks.parts import dense
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.assembled import PROJECTOR, VISION, config_of, language_model, text_width, tower
from paramcount.models.vision.llava import LLAVA


def hyperclovax_vision(c: Config) -> Parts:
    """As in transformers 5.23.0."""
    d_in = config_of(c, VISION).size("out_hidden_size")
    maps = dense("projector", PROJECTOR, d_in, text_width(c), bias=True)
    return (*tower(c, VISION, "vision_model"), maps, *language_model(c))


HYPERCLOVAX_VISION = LLAVA._replace(source="transformers 5.23.0", body=hyperclovax_vision)
