"""DeepSeek-VL: SigLIP's tower, two maps and a text model."""

from __future__ import annotations

from paramcount.blocks.parts import dense
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.assembled import PROJECTOR, VISION, config_of, language_model, text_width, tower
from paramcount.models.vision.llava import LLAVA


def deepseek_vl(c: Config) -> Parts:
    """Lu et al. 2024, sec. 3.1."""
    d_in, d_out = config_of(c, VISION).size("hidden_size"), text_width(c)
    return (
        *tower(c, VISION, "vision_model"),
        dense("aligner.linear1", PROJECTOR, d_in, d_out, bias=True),
        dense("aligner.linear2", PROJECTOR, d_out, d_out, bias=True),
        *language_model(c),
    )


DEEPSEEK_VL = LLAVA._replace(source="Lu et al. 2024, sec. 3.1", body=deepseek_vl)
