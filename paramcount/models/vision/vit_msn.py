"""ViT-MSN: ViT trained on what masked images have in common, without a pooler."""

from __future__ import annotations

from paramcount.blocks.task_heads import no_head
from paramcount.blocks.vision import image_labels, n_patches
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.architecture import Architecture
from paramcount.models.vision.vit import VIT, behind, front


def vit_msn(c: Config) -> Parts:
    """Assran et al. 2022, sec. 4: ViT's encoder only."""
    return (*front(c, n_patches(c) + 1, "cls_token"), *behind(c))


VIT_MSN: Architecture = VIT._replace(
    summary="ViT without a pooler",
    source="Assran et al. 2022",
    body=vit_msn,
    heads={"base": no_head, "images": image_labels()},
)
