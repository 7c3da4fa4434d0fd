"""ViT-MAE: ViT with fixed positions, and a smaller decoder that reconstructs hidden patches."""

from __future__ import annotations

from paramcount.blocks.attention import Heads
from paramcount.blocks.parts import dense, frozen, layer_norm
from paramcount.blocks.task_heads import no_head
from paramcount.blocks.vision import O, n_patches, patch_map, positions, pre_norm, token
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.models.architecture import Architecture
from paramcount.models.vision.vit import NORMS, VIT, behind


def vit_mae(c: Config) -> Parts:
    """He et al. 2021, sec. 3 and appendix A.1: an encoder of the visible patches, with sinusoidal positions."""
    d_model = c.size("hidden_size")
    return (
        patch_map(c, "embeddings.patch_embeddings.projection"),
        token("embeddings.cls_token", d_model),
        *frozen(positions("embeddings.position_embeddings", n_patches(c) + 1, d_model)),
        *behind(c),
    )


def pixels(c: Config, prefix: str) -> Parts:
    """The decoder, with its own width, layers and positions, and the pixels of each patch (sec. 3)."""
    d_model, d_ff = c.size("decoder_hidden_size"), c.size("decoder_intermediate_size")
    n_heads = c.size("decoder_num_attention_heads")
    if "head_dim" in c.given:
        d_head = c.size("head_dim")
    else:
        d_head = c.quotient("d_decoder_head", "decoder_hidden_size", "decoder_num_attention_heads", rest=True)
    (tall, wide), n_channels = c.sides("patch_size"), c.size("num_channels")
    layer = pre_norm(Heads(d_model, n_heads, n_heads, d_head), d_ff, c.flag("qkv_bias"), True, "attention", O, NORMS)
    return (
        dense("decoder.decoder_embed", "projections", c.size("hidden_size"), d_model, bias=True),
        token("decoder.mask_token", d_model, "mask token"),
        *frozen(positions("decoder.decoder_pos_embed", n_patches(c) + 1, d_model)),
        Stack("decoder.decoder_layers", c.size("decoder_num_hidden_layers"), layer),
        layer_norm("decoder.decoder_norm", d_model, component="final norm"),
        dense("decoder.decoder_pred", "pixel decoder", d_model, tall * wide * n_channels, bias=True),
    )


VIT_MAE: Architecture = VIT._replace(
    summary="ViT trained to reconstruct hidden patches, with a decoder that is then left out",
    source="He et al. 2021, sec. 3",
    body=vit_mae,
    heads={"base": no_head, "pretraining": pixels},
)
