"""PaliGemma: SigLIP's tower, a map to Gemma's width, and Gemma."""

from __future__ import annotations

from paramcount.blocks.parts import dense
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.assembled import PROJECTOR, VISION, config_of, language_model, tower
from paramcount.models.vision.llava import LLAVA


def paligemma(c: Config) -> Parts:
    """Beyer et al. 2024, sec. 3.1."""
    d_in, d_out = config_of(c, VISION).size("hidden_size"), c.size("projection_dim")
    linear = dense("multi_modal_projector.linear", PROJECTOR, d_in, d_out, bias=True)
    return (*tower(c, VISION, "vision_tower"), linear, *language_model(c))


PALIGEMMA = LLAVA._replace(source="Beyer et al. 2024, sec. 3.1", body=paligemma)
