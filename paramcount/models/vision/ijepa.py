"""I-JEPA: ViT without a class token."""

from __future__ import annotations

from paramcount.blocks.task_heads import no_head
from paramcount.blocks.vision import image_labels, n_patches
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.architecture import Architecture
from paramcount.models.vision.vit import VIT, behind, front


def ijepa(c: Config) -> Parts:
    """Assran et al. 2023, sec. 3: an encoder of patches with a position each, without a class token."""
    return (*front(c, n_patches(c)), *behind(c))


IJEPA: Architecture = VIT._replace(
    summary="ViT without a class token",
    source="Assran et al. 2023, sec. 3",
    body=ijepa,
    heads={"base": no_head, "images": image_labels()},
    prefix="ijepa",
)
