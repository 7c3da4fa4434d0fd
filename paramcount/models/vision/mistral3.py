"""Mistral 3 and LightOnOCR: Pixtral's tower, merged neighbouring patches, two maps and a text model."""

from __future__ import annotations

from paramcount.blocks.parts import dense, rms_norm
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.assembled import PROJECTOR, VISION, config_of, language_model, text_width, tower, two_maps
from paramcount.models.vision.llava import LLAVA, projector


def mistral3(c: Config) -> Parts:
    """Mistral Small 3.1 as in transformers: four neighbouring patches are merged before the projector."""
    return (
        *tower(c, VISION, "vision_tower"),
        *_merged(c, "multi_modal_projector"),
        *projector(c),
        *language_model(c),
    )


def lighton_ocr(c: Config) -> Parts:
    """The same with a projector without biases."""
    d_in, d_out = config_of(c, VISION).size("hidden_size"), text_width(c)
    maps = two_maps("vision_projection", d_in, d_out, bias=False)
    return (*tower(c, VISION, "vision_encoder"), *_merged(c, "vision_projection"), *maps, *language_model(c))


def _merged(c: Config, name: str) -> Parts:
    d_in, side = config_of(c, VISION).size("hidden_size"), c.size("spatial_merge_size")
    return (
        rms_norm(f"{name}.norm", d_in, PROJECTOR),
        dense(f"{name}.patch_merger.merging_layer", PROJECTOR, d_in * (side * side), d_in),
    )


MISTRAL3 = LLAVA._replace(source="transformers 5.23.0", body=mistral3)
LIGHTON_OCR = MISTRAL3._replace(body=lighton_ocr)
