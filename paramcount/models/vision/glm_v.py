"""GLM's image and video models, GLM-4V and GLM-OCR, and their towers."""

from __future__ import annotations

from paramcount.blocks.attention import Heads, fused_attention
from paramcount.blocks.feedforward import gated
from paramcount.blocks.parts import dense, layer_norm, rms_norm, table
from paramcount.blocks.task_heads import no_head
from paramcount.blocks.video import patch_squares, patches_in_time
from paramcount.blocks.vision import n_square_patches
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.ledger.sized import Sized
from paramcount.models.architecture import Architecture
from paramcount.models.vision.qwen_vl import SEEING_QWEN2
from paramcount.models.vision.vit import UNCOSTED

MERGER = "merger"


def glm4v(c: Config) -> Parts:
    """GLM-V team 2025, sec. 2: learned and rotary positions, gated layers, a convolution that merges patches.

    The tower's feed-forward is as wide as its output; the merger's width is intermediate_size.
    """
    d_model, d_out = c.size("hidden_size"), c.size("out_hidden_size")
    h = Heads(d_model, 1, 1, d_model)
    layer = (
        *fused_attention(h, "attn", ("qkv", "proj"), c.flag("attention_bias")),
        *gated(d_model, d_out),
        *_norms(d_model),
    )
    return (
        patches_in_time(c, "patch_embed.proj", d_model, bias=True),
        table("embeddings.position_embedding", n_square_patches(c), d_model, "position embedding"),
        rms_norm("post_conv_layernorm", d_model, "embedding norm"),
        Stack("blocks", c.size("depth"), layer),
        rms_norm("post_layernorm", d_model, "final norm"),
        *_merge(c, d_model, d_out, c.size("intermediate_size")),
    )


def glm_ocr(c: Config) -> Parts:
    """GLM-4V's tower without learned positions, with norms over queries and keys."""
    d_model, d_out = c.size("hidden_size"), c.size("out_hidden_size")
    bias, d_head = c.flag("attention_bias"), c.quotient("d_head", "hidden_size", "num_heads", rest=True)
    layer = (
        *fused_attention(Heads(d_model, 1, 1, d_model), "attn", ("qkv", "proj"), bias, bias),
        rms_norm("attn.q_norm", d_head),
        rms_norm("attn.k_norm", d_head),
        *gated(d_model, c.size("intermediate_size"), bias),
        *_norms(d_model),
    )
    return (
        patches_in_time(c, "patch_embed.proj", d_model, bias=True),
        Stack("blocks", c.size("depth"), layer),
        rms_norm("post_layernorm", d_model, "final norm"),
        *_merge(c, d_model, d_out, c.size("in_channels") * d_out),
    )


def _norms(d_model: Sized) -> Parts:
    return rms_norm("norm1", d_model), rms_norm("norm2", d_model)


def _merge(c: Config, d_model: Sized, d_out: Sized, d_ff: Sized) -> Parts:
    """A convolution over squares of patches, a map with a norm, and a gated feed-forward."""
    return (
        patch_squares(c, "downsample", MERGER, d_model, d_out),
        dense("merger.proj", MERGER, d_out, d_out),
        layer_norm("merger.post_projection_norm", d_out, component=MERGER),
        *gated(d_out, d_ff, name="merger", component=MERGER),
    )


GLM4V = Architecture(
    summary="image and video tower: learned positions, gated layers and merger",
    source="GLM-V team 2025, sec. 2",
    body=glm4v,
    heads={"base": no_head},
    uncosted=UNCOSTED,
)
GLM_OCR = GLM4V._replace(
    summary="GLM-4V's tower with norms over queries and keys", source="transformers 5.23.0", body=glm_ocr
)
SEEING_GLM = SEEING_QWEN2._replace(
    summary="a vision tower whose merger is its projector, and GLM-4", source="GLM-V team 2025, sec. 2"
)
