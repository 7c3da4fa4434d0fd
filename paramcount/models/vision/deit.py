"""DeiT: ViT with a second token that learns from a teacher."""

from __future__ import annotations

from paramcount.blocks.task_heads import both
from paramcount.blocks.vision import image_labels, n_patches
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.architecture import Architecture
from paramcount.models.vision.vit import VIT, behind, front, pooler


def deit(c: Config) -> Parts:
    """Touvron et al. 2020, sec. 4: a distillation token after the class token, with its own position."""
    return (*front(c, n_patches(c) + 2, "cls_token", "distillation_token"), *behind(c), *pooler(c))


DEIT: Architecture = VIT._replace(
    summary="ViT with a distillation token, which learns a teacher's classes",
    source="Touvron et al. 2020, sec. 4",
    body=deit,
    heads={
        **VIT.heads,
        "images-with-teacher": both(image_labels("cls_classifier"), image_labels("distillation_classifier")),
    },
    prefix="deit",
)
