"""wav2vec 2.0 with a Conformer as its encoder."""

from __future__ import annotations

from paramcount.blocks.attention import attention, whole_heads
from paramcount.blocks.convolutions import along
from paramcount.blocks.parts import bare, dense, layer_norm
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.ledger.tensor import Size
from paramcount.models.audio.wav2vec2 import WAV2VEC2, feed_forward, heard, positions, projection

MAPS = ("linear_q", "linear_k", "linear_v", "linear_out")


def wav2vec2_conformer(c: Config) -> Parts:
    """Gulati et al. 2020, sec. 2, in Baevski et al. 2020: a convolution between two half feed-forwards."""
    h = whole_heads(c)
    layer = (
        layer_norm("ffn1_layer_norm", h.d_model),
        *feed_forward(c, "ffn1"),
        *attention(h, True, True, "self_attn", MAPS),
        *_distances(c, h.d_model),
        layer_norm("self_attn_layer_norm", h.d_model),
        *_convolution(c, h.d_model),
        layer_norm("ffn2_layer_norm", h.d_model),
        *feed_forward(c, "ffn2"),
        layer_norm("final_layer_norm", h.d_model),
    )
    return heard(c, layer, projection(c), positions(c))


def _distances(c: Config, d_model: Size) -> Parts:
    """A map of sinusoidal distances and two biases per head (Dai et al. 2019, sec. 3.3), unless rotary."""
    if c.get("position_embeddings_type") != "relative":
        return ()
    h, name = whole_heads(c), "relative positions"
    return (
        dense("self_attn.linear_pos", name, d_model, d_model),
        bare("self_attn.pos_bias_u", name, h.n_heads, h.d_head),
        bare("self_attn.pos_bias_v", name, h.n_heads, h.d_head),
    )


def _convolution(c: Config, d_model: Size) -> Parts:
    """A gated map, a depthwise convolution with its norm, and a map back."""
    kernel = c.size("conv_depthwise_kernel_size")
    if kernel.looked_at() % 2 == 0:
        raise c.refuse("conv_depthwise_kernel_size", "valid: an odd number")
    return (
        layer_norm("conv_module.layer_norm", d_model),
        along("conv_module.pointwise_conv1", d_model, 2 * d_model, 1, bias=False),
        along("conv_module.depthwise_conv", 1, d_model, kernel, bias=False),
        layer_norm("conv_module.batch_norm", d_model, component="batch norm"),
        along("conv_module.pointwise_conv2", d_model, d_model, 1, bias=False),
    )


WAV2VEC2_CONFORMER = WAV2VEC2._replace(
    summary="convolutions over audio, and a Conformer",
    source="transformers 5.23.0",
    body=wav2vec2_conformer,
    prefix="wav2vec2_conformer",
)
