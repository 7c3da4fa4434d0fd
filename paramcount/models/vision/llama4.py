"""Llama 4's tower: ViT with rotary and learned positions, and an adapter of four patches in one."""

from __future__ import annotations

from paramcount.blocks.parts import bare, dense, layer_norm
from paramcount.blocks.task_heads import no_head
from paramcount.blocks.vision import O, even_heads, n_square_patches, pre_norm
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.models.architecture import Architecture
from paramcount.models.vision.vit import UNCOSTED

NORMS = ("input_layernorm", "post_attention_layernorm")


def llama4_vision(c: Config) -> Parts:
    """As transformers 5.23.0 has it; the class of the adapter reads intermediate_size for what it is given."""
    d_model, d_ff, side = c.size("hidden_size"), c.size("intermediate_size"), c.size("patch_size")
    d_out = c.size("projector_output_dim")
    return (
        dense("patch_embedding.linear", "patch embedding", c.size("num_channels") * (side * side), d_model),
        bare("class_embedding", "class token", d_model),
        bare("positional_embedding_vlm", "position embedding", n_square_patches(c) + 1, d_model),
        layer_norm("layernorm_pre", d_model, component="embedding norm"),
        Stack("model.layers", c.size("num_hidden_layers"), pre_norm(even_heads(c), d_ff, maps=O, norms=NORMS)),
        layer_norm("layernorm_post", d_model, component="final norm"),
        dense("vision_adapter.mlp.fc1", "projector", d_ff, c.size("projector_input_dim")),
        dense("vision_adapter.mlp.fc2", "projector", d_out, d_out),
    )


LLAMA4_VISION = Architecture(
    summary="ViT with rotary and learned positions, and an adapter of four patches in one",
    source="transformers 5.23.0",
    body=llama4_vision,
    heads={"base": no_head},
    prefix="",
    uncosted=UNCOSTED,
)
