"""Phi-4-multimodal's tower of images: SigLIP's, with the head that pools it."""

from __future__ import annotations

from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import bare, dense, last_norm, layer_norm, table
from paramcount.blocks.patches import patches, places
from paramcount.blocks.task_heads import no_head
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.architecture import Architecture
from paramcount.models.vision.clip import UNCOSTED, clip_layers


def phi4_vision(c: Config) -> Parts:
    """Microsoft 2025, sec. 2.2: SigLIP's tower; its pooling head is in the checkpoint, though no image goes through."""
    d_model = c.size("hidden_size")
    return (
        patches(c, "embeddings.patch_embedding", bias=True),
        table("embeddings.position_embedding", places(c), d_model, "position embedding"),
        clip_layers(c),
        *last_norm(c, "post_layernorm"),
        *_pooler(c),
    )


def _pooler(c: Config) -> Parts:
    """A learned query that attends to all patches (Lee et al. 2019), and a feed-forward."""
    d_model, name = c.size("hidden_size"), "pooler"
    return (
        bare("head.probe", name, 1, 1, d_model),
        bare("head.attention.in_proj_weight", name, 3 * d_model, d_model),
        bare("head.attention.in_proj_bias", name, 3 * d_model),
        dense("head.attention.out_proj", name, d_model, d_model, bias=True),
        layer_norm("head.layernorm", d_model, component=name),
        *plain(d_model, c.size("intermediate_size"), name="head.mlp", names=("fc1", "fc2"), component=name),
    )


PHI4_VISION = Architecture(
    summary="SigLIP's tower of images",
    source="Microsoft 2025 (Phi-4-Mini), sec. 2.2",
    body=phi4_vision,
    heads={"base": no_head},
    uncosted=UNCOSTED,
)
