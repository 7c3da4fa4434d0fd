"""LFM2-VL: SigLIP 2's tower, patches side by side, two maps and LFM2."""

from __future__ import annotations

from paramcount.blocks.parts import layer_norm
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.assembled import PROJECTOR, VISION, config_of, language_model, text_width, tower, two_maps
from paramcount.models.vision.llava import LLAVA

NAME = "multi_modal_projector"


def lfm2_vl(c: Config) -> Parts:
    """LFM2-VL as in transformers."""
    side, between = c.size("downsample_factor"), c.size("projector_hidden_size")
    d_in = config_of(c, VISION).size("hidden_size") * (side * side)
    normed = c.flag("projector_use_layernorm")
    return (
        *tower(c, VISION, "vision_tower"),
        *((layer_norm(f"{NAME}.layer_norm", d_in, component=PROJECTOR),) if normed else ()),
        *two_maps(NAME, d_in, text_width(c), between, c.flag("projector_bias")),
        *language_model(c),
    )


LFM2_VL = LLAVA._replace(source="transformers 5.23.0", body=lfm2_vl)
