"""VideoLLaMA 3's tower of images and video: SigLIP's layers with rotary positions alone."""

from __future__ import annotations

from paramcount.blocks.parts import last_norm
from paramcount.blocks.task_heads import no_head
from paramcount.blocks.towers import patches, siglip_layer
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.models.architecture import Architecture


def video_llama_3(c: Config) -> Parts:
    """Zhang et al. 2025 (VideoLLaMA 3): positions of images of any size are rotary."""
    d_model = c.size("hidden_size")
    return (
        patches(c, "embeddings.patch_embedding", d_model),
        Stack("encoder.layers", c.size("num_hidden_layers"), siglip_layer(c, d_model)),
        *last_norm(c, "post_layernorm"),
    )


VIDEO_LLAMA_3 = Architecture(
    summary="tower of images and video: SigLIP's layers with rotary positions",
    source="Zhang et al. 2025 (VideoLLaMA 3)",
    body=video_llama_3,
    heads={"base": no_head},
    uncosted="reads the patches of images, of which there are as many as their sizes say, and no tokens",
)
