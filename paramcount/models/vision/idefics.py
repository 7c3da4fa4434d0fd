"""The towers of Idefics 2, Idefics 3 and SmolVLM: SigLIP's without its pooler."""

from __future__ import annotations

from paramcount.blocks.parts import last_norm
from paramcount.blocks.task_heads import no_head
from paramcount.blocks.vision import n_square_patches, patch_map, position_table
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.architecture import Architecture
from paramcount.models.vision.siglip import layers
from paramcount.models.vision.vit import UNCOSTED


def idefics_vision(c: Config) -> Parts:
    """Laurençon et al. 2024, sec. 3: SigLIP's tower, whose patches all go on."""
    return (
        patch_map(c, "embeddings.patch_embedding"),
        position_table("embeddings.position_embedding", n_square_patches(c), c.size("hidden_size")),
        layers(c),
        *last_norm(c, "post_layernorm"),
    )


IDEFICS_VISION = Architecture(
    summary="SigLIP's tower without its pooler",
    source="Laurençon et al. 2024, sec. 3",
    body=idefics_vision,
    heads={"base": no_head},
    prefix="",
    uncosted=UNCOSTED,
)
