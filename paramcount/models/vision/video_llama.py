"""VideoLLaMA 3's tower of images and video: SigLIP's layers with rotary positions alone."""

from __future__ import annotations

from paramcount.blocks.parts import last_norm
from paramcount.blocks.patches import patches
from paramcount.blocks.task_heads import no_head
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.architecture import Architecture
from paramcount.models.vision.clip import UNCOSTED, clip_layers


def video_llama_3(c: Config) -> Parts:
    """Zhang et al. 2025 (VideoLLaMA 3): positions of images of any size are rotary."""
    return (
        patches(c, "embeddings.patch_embedding", bias=True),
        clip_layers(c),
        *last_norm(c, "post_layernorm"),
    )


VIDEO_LLAMA_3 = Architecture(
    summary="tower of images and video: SigLIP's layers with rotary positions",
    source="Zhang et al. 2025 (VideoLLaMA 3)",
    body=video_llama_3,
    heads={"base": no_head},
    uncosted=UNCOSTED,
)
