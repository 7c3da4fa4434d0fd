"""MiniCPM-V 4.6 and 4.7, and its OCR model: SigLIP's tower with a merger of patches between two layers."""

from __future__ import annotations

from paramcount.blocks.attention import attention, whole_heads
from paramcount.blocks.parts import dense, layer_norm
from paramcount.blocks.vision import OUT
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts
from paramcount.models.assembled import PROJECTOR, VISION, config_of, language_model, text_width, tower
from paramcount.models.vision.idefics import IDEFICS_VISION, idefics_vision
from paramcount.models.vision.llava import LLAVA

MERGER, MERGED = "vit_merger", 4  # patches joined by one step of the last merger


def minicpm_vision(c: Config) -> Parts:
    """As in transformers 5.23.0: attention within windows, whose patches are then merged."""
    h, (tall, wide) = whole_heads(c), c.sides("window_kernel_size")
    beside, between = tall * wide * h.d_model, tall * wide * c.size("intermediate_size")
    return (
        *idefics_vision(c),
        *attention(h, True, True, f"{MERGER}.self_attn", OUT, MERGER),
        layer_norm(f"{MERGER}.layer_norm1", h.d_model, component=MERGER),
        layer_norm(f"{MERGER}.pre_norm", beside, component=MERGER),
        dense(f"{MERGER}.linear_1", MERGER, beside, between, bias=True),
        dense(f"{MERGER}.linear_2", MERGER, between, h.d_model, bias=True),
    )


def minicpm_v(c: Config) -> Parts:
    """The tower, as many four-patch mergers as the config says, and the text model."""
    d_seen, n_steps = config_of(c, VISION).size("hidden_size"), c.size("merger_times").looked_at()
    beside, steps = MERGED * d_seen, list[Part]()
    for at in range(n_steps):
        name, d_out = f"merger.mlp.{at}", text_width(c) if at == n_steps - 1 else d_seen
        steps += [
            layer_norm(f"{name}.pre_norm", beside, component=PROJECTOR),
            dense(f"{name}.linear_1", PROJECTOR, beside, beside, bias=True),
            dense(f"{name}.linear_2", PROJECTOR, beside, d_out, bias=True),
        ]
    return (*tower(c, VISION, "vision_tower"), *steps, *language_model(c))


MINICPM_VISION = IDEFICS_VISION._replace(
    summary="SigLIP's tower with a merger of neighbouring patches between two layers",
    source="transformers 5.23.0",
    body=minicpm_vision,
)
MINICPM_V = LLAVA._replace(source="transformers 5.23.0", body=minicpm_v)
