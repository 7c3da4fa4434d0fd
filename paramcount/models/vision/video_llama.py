"""VideoLLaMA 3, and its image and video tower: SigLIP's layers with only rotary positions."""

from __future__ import annotations

from paramcount.blocks.parts import dense, last_norm
from paramcount.blocks.task_heads import no_head
from paramcount.blocks.vision import patch_map
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.architecture import Architecture
from paramcount.models.assembled import PROJECTOR, VISION, config_of, language_model, text_head, tower
from paramcount.models.text_models import inside
from paramcount.models.vision.clip import clip_layers
from paramcount.models.vision.vit import UNCOSTED


def video_llama_3(c: Config) -> Parts:
    """Zhang et al. 2025 (VideoLLaMA 3): rotary positions for images of any size."""
    return (
        patch_map(c, "embeddings.patch_embedding"),
        clip_layers(c),
        *last_norm(c, "post_layernorm"),
    )


VIDEO_LLAMA_3 = Architecture(
    summary="image and video tower: SigLIP's layers with rotary positions",
    source="Zhang et al. 2025 (VideoLLaMA 3)",
    body=video_llama_3,
    heads={"base": no_head},
    uncosted=UNCOSTED,
)


def assembled(c: Config) -> Parts:
    """The tower, two maps to the text model's width, and the text model."""
    d_in, d_out, name = config_of(c, VISION).size("hidden_size"), inside(c).size("hidden_size"), "projector.readout"
    return (
        *tower(c, VISION, "vision_model"),
        dense(f"{name}.0", PROJECTOR, d_in, d_out, bias=True),
        dense(f"{name}.2", PROJECTOR, d_out, d_out, bias=True),
        *language_model(c),
    )


VIDEO_LLAMA = Architecture(
    summary="a vision tower, a projector and a text model",
    source="Zhang et al. 2025 (VideoLLaMA 3)",
    body=assembled,
    heads={"multimodal": text_head(), "base": no_head},
    uncosted="only its text model's costs are known",
)
