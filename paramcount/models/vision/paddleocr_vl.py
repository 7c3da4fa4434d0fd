"""PaddleOCR-VL's tower of images: SigLIP's layers, and positions both learned and rotary."""

from __future__ import annotations

from paramcount.blocks.parts import last_norm
from paramcount.blocks.task_heads import no_head
from paramcount.blocks.towers import grid, patches, siglip_layer
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.models.architecture import Architecture, within


def paddleocr_vl(c: Config) -> Parts:
    """Cui et al. 2025 (PaddleOCR-VL): images of any size, their positions interpolated between learned ones."""
    d_model = c.size("hidden_size")
    body = (
        patches(c, "embeddings.patch_embedding", d_model),
        grid(c, "embeddings.position_embedding", d_model),
        Stack("encoder.layers", c.size("num_hidden_layers"), siglip_layer(c, d_model)),
        *last_norm(c, "post_layernorm"),
    )
    return tuple(within("vision_model.", part) for part in body)


PADDLEOCR_VL = Architecture(
    summary="tower of images of any size: SigLIP's layers with rotary positions",
    source="Cui et al. 2025 (PaddleOCR-VL)",
    body=paddleocr_vl,
    heads={"base": no_head},
    uncosted="reads the patches of images, of which there are as many as their sizes say, and no tokens",
)
