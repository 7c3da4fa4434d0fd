"""Fuyu: patches mapped to the text model's width, without a tower."""

from __future__ import annotations

from paramcount.blocks.parts import dense
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.assembled import VISION, in_part, language_model, text_width
from paramcount.models.vision.llava import LLAVA


def fuyu(c: Config) -> Parts:
    """Bavishi et al. 2023 (adept.ai/blog/fuyu-8b): a decoder that reads a linear map of each patch."""
    side = c.size("patch_size")
    values = side * side * c.size("num_channels")
    patches = dense("vision_embed_tokens", "patch embedding", values, text_width(c), bias=True)
    return (*in_part(VISION, "", (patches,)), *language_model(c))


FUYU = LLAVA._replace(
    summary="a text model that reads patches through a linear map", source="Bavishi et al. 2023", body=fuyu
)
