"""Phi-4-multimodal's tower of images: SigLIP's, with the head that pools it."""

from __future__ import annotations

from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import bare, dense, last_norm, layer_norm
from paramcount.blocks.task_heads import no_head
from paramcount.blocks.towers import grid, patches, siglip_layer
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.models.architecture import Architecture


def phi4_vision(c: Config) -> Parts:
    """Microsoft 2025, sec. 2.2: SigLIP's tower; its pooling head is in the checkpoint, though no image goes through."""
    d_model = c.size("hidden_size")
    return (
        patches(c, "embeddings.patch_embedding", d_model),
        grid(c, "embeddings.position_embedding", d_model),
        Stack("encoder.layers", c.size("num_hidden_layers"), siglip_layer(c, d_model)),
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
    uncosted="reads the patches of images, of which there are as many as their sizes say, and no tokens",
)
