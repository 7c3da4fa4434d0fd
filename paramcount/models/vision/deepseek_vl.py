"""DeepSeek-VL: SigLIP's tower, optionally SAM's for large images, two maps and a text model."""

from __future__ import annotations

from paramcount.blocks.convolutions import filters
from paramcount.blocks.parts import bare, dense
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.assembled import PROJECTOR, VISION, config_of, in_part, language_model, text_width, tower
from paramcount.models.vision.got_ocr2 import sam_neck
from paramcount.models.vision.llava import LLAVA

FINE = "high_res_vision_config"


def deepseek_vl(c: Config) -> Parts:
    """Lu et al. 2024, sec. 3.1."""
    d_in, d_out = config_of(c, VISION).size("hidden_size"), text_width(c)
    return (
        *tower(c, VISION, "vision_model"),
        dense("aligner.linear1", PROJECTOR, d_in, d_out, bias=True),
        dense("aligner.linear2", PROJECTOR, d_out, d_out, bias=True),
        *language_model(c),
    )


def deepseek_vl_hybrid(c: Config) -> Parts:
    """The same with a second tower for large images; each provides half of the last map's input."""
    seen, fine = config_of(c, VISION), config_of(c, VISION, FINE)
    d_fine, d_out, name = fine.size("output_channels"), text_width(c), "high_res_vision_proj"
    half = c.follows("d_half", "the text model's width / 2, rounded down", d_out, 2)
    return (
        *tower(c, VISION, "vision_model"),
        *tower(c, VISION, "high_res_vision_model", FINE),
        *in_part(VISION, "", sam_neck(fine, "high_res_vision_neck")),
        *in_part(VISION, name, (filters("conv1", "neck", d_fine, 2 * d_fine, (3, 3), bias=False),)),
        *in_part(VISION, name, (filters("conv2", "neck", 2 * d_fine, 4 * d_fine, (3, 3), bias=False),)),
        bare("high_res_vision_alpha", PROJECTOR, 1),
        dense("aligner.vision_proj", PROJECTOR, seen.size("hidden_size"), half, bias=True),
        dense("aligner.high_res_vision_proj", PROJECTOR, 4 * d_fine, half, bias=True),
        dense("aligner.proj", PROJECTOR, d_out, d_out, bias=True),
        *language_model(c),
    )


DEEPSEEK_VL = LLAVA._replace(source="Lu et al. 2024, sec. 3.1", body=deepseek_vl)
DEEPSEEK_VL_HYBRID = LLAVA._replace(source="Lu et al. 2024, sec. 3.1", body=deepseek_vl_hybrid)
