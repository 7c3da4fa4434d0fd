"""Gemma 3: SigLIP's tower with pooled patches, a norm and a map to Gemma's width."""

from __future__ import annotations

from paramcount.blocks.parts import bare, rms_norm
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.assembled import PROJECTOR, VISION, config_of, language_model, text_width, tower
from paramcount.models.vision.llava import LLAVA


def gemma3(c: Config) -> Parts:
    """Gemma team 2025, sec. 2.1."""
    d_in = config_of(c, VISION).size("hidden_size")
    return (
        *tower(c, VISION, "vision_tower"),
        rms_norm("multi_modal_projector.mm_soft_emb_norm", d_in, PROJECTOR),
        bare("multi_modal_projector.mm_input_projection_weight", PROJECTOR, d_in, text_width(c)),
        *language_model(c),
    )


GEMMA3 = LLAVA._replace(source="Gemma team 2025, sec. 2.1", body=gemma3)
