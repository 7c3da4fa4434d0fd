"""PaddleOCR-VL's tower of images: SigLIP's layers, and positions both learned and rotary."""

from __future__ import annotations

from paramcount.blocks.parts import last_norm, table
from paramcount.blocks.patches import patches, places
from paramcount.blocks.task_heads import no_head
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.architecture import Architecture, within
from paramcount.models.vision.clip import UNCOSTED, clip_layers


def paddleocr_vl(c: Config) -> Parts:
    """Cui et al. 2025 (PaddleOCR-VL): images of any size, their positions interpolated between learned ones."""
    d_model = c.size("hidden_size")
    body = (
        patches(c, "embeddings.patch_embedding", bias=True),
        table("embeddings.position_embedding", places(c), d_model, "position embedding"),
        clip_layers(c),
        *last_norm(c, "post_layernorm"),
    )
    return tuple(within("vision_model.", part) for part in body)


PADDLEOCR_VL = Architecture(
    summary="tower of images of any size: SigLIP's layers with rotary positions",
    source="Cui et al. 2025 (PaddleOCR-VL)",
    body=paddleocr_vl,
    heads={"base": no_head},
    uncosted=UNCOSTED,
)
