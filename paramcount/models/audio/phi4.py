"""Phi-4-multimodal's audio encoder: convolutions over a spectrogram, then Conformer blocks."""

from __future__ import annotations

from paramcount.blocks.attention import attention, heads
from paramcount.blocks.convolutions import along, filters
from paramcount.blocks.feedforward import fused_gated
from paramcount.blocks.parts import bare, dense, layer_norm, table
from paramcount.blocks.task_heads import no_head
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts, Stack
from paramcount.ledger.tensor import Size
from paramcount.models.architecture import Architecture

SIDE = 3  # of the filters, which stride over the spectrogram by two


def phi4_audio(c: Config) -> Parts:
    """Microsoft 2025, sec. 2.2: attention with distance biases and a convolution, between half feed-forwards."""
    h = heads(c)
    d_model = h.d_model
    block = (
        *_feed_forward(c, d_model, "feed_forward_in"),
        *attention(h, True, True),
        *_convolution(c, d_model),
        *_feed_forward(c, d_model, "feed_forward_out"),
        layer_norm("layer_norm_att", d_model),
        layer_norm("layer_norm", d_model),
    )
    return (
        *_spectrogram(c, d_model),
        _distances(c),
        Stack("encoders", c.size("num_blocks"), block),
    )


def _spectrogram(c: Config, d_model: Size) -> Parts:
    """Convolutions that halve time and bands, log2(time_reduction) times, and a map of what is left.

    After the first, each is depthwise and followed by a map of all channels.
    """
    n_channels, sides, times = c.size("nemo_conv_channels"), (SIDE, SIDE), _halvings(c)
    later = (
        part
        for at in range(3, 3 * times, 3)
        for part in (
            filters(f"embed.conv.{at - 1}", "convolution", 1, n_channels, sides),
            filters(f"embed.conv.{at}", "convolution", n_channels, n_channels, (1, 1)),
        )
    )
    n_bands = c.follows("n_bands", f"input_size / {2**times}, rounded up", c.size("input_size"), 2**times, "up")
    return (
        filters("embed.conv.0", "convolution", 1, n_channels, sides),
        *later,
        dense("embed.out", "convolution", n_channels * n_bands, d_model, bias=True),
    )


def _halvings(c: Config) -> int:
    reduced = c.size("time_reduction").looked_at()
    if reduced % 2:
        raise c.refuse("time_reduction", "valid: an even number")
    return reduced.bit_length() - 1


def _distances(c: Config) -> Part:
    """A bias for each head and distance; distances before and after are separate unless symmetric."""
    most, n_heads = c.size("bias_max_distance"), c.size("num_attention_heads")
    rows = most if c.flag("bias_symmetric") else 2 * most
    return table("relative_attention_bias_layer.bias_values", rows, n_heads, "relative positions")


def _feed_forward(c: Config, d_model: Size, name: str) -> Parts:
    maps = fused_gated(d_model, c.size("intermediate_size"), True, name)
    return (*maps, layer_norm(f"{name}.layer_norm", d_model))


def _convolution(c: Config, d_model: Size) -> Parts:
    """A gated map, a depthwise convolution with a pointwise map, and the output map."""
    d_gated, d_separable = c.size("ext_pw_out_channel"), c.size("depthwise_separable_out_channel")
    inner = d_model * c.size("depthwise_multiplier")
    return (
        layer_norm("conv.layer_norm", d_model),
        along("conv.glu.ext_pw_conv_1d", d_model, 2 * d_gated, 1),
        bare("conv.glu.b1", "convolution", 1, d_gated, 1),
        bare("conv.glu.b2", "convolution", 1, d_gated, 1),
        along("conv.dw_sep_conv_1d.dw_conv", 1, inner, c.size("kernel_size")),
        along("conv.dw_sep_conv_1d.pw_conv", inner, d_separable, 1),
        along("conv.ext_pw_conv_1d", d_model, d_gated, 1),
    )


PHI4_AUDIO = Architecture(
    summary="Conformer over a spectrogram, with distance biases",
    source="Microsoft 2025 (Phi-4-Mini), sec. 2.2",
    body=phi4_audio,
    heads={"base": no_head},
    uncosted="takes audio frames rather than tokens",
)
