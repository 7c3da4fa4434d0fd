"""Gemma's audio encoders: a Conformer over a spectrogram, in Gemma 3n and Gemma 4."""

from __future__ import annotations

from paramcount.blocks.attention import Heads, projections
from paramcount.blocks.convolutions import along, filters
from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import bare, dense, layer_norm, rms_norm
from paramcount.blocks.roles import OUTPUT
from paramcount.blocks.task_heads import no_head
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.ledger.sized import Sized
from paramcount.ledger.tensor import Size
from paramcount.models.architecture import Architecture
from paramcount.models.listed import sizes

SIDE = 3  # of Gemma 4's filters, which stride over the spectrogram by two
PADDING = 2  # padding bands of Gemma 3n's spectrogram, one on each side
SPECTROGRAM = "subsample_conv_projection"


def gemma3n(c: Config) -> Parts:
    """Google 2025 (Gemma 3n): attention and a light convolution between half feed-forwards."""
    h = _heads(c, "conf_num_attention_heads")
    block = (
        *_half(h.d_model, "ffw_layer_start"),
        *_attention(h, "attention.attn", "attention.post"),
        dense("attention.attn.relative_position_embedding.pos_proj", "relative positions", h.d_model, _inner(h)),
        rms_norm("attention.pre_attn_norm", h.d_model),
        rms_norm("attention.post_norm", h.d_model),
        *_convolution(h.d_model, c.size("conf_conv_kernel_size")),
        *_half(h.d_model, "ffw_layer_end"),
        rms_norm("norm", h.d_model),
    )
    return (*_padded_spectrogram(c, h.d_model), Stack("conformer", c.size("conf_num_hidden_layers"), block))


def gemma4(c: Config) -> Parts:
    """Google 2026 (Gemma 4): the same with clipping maps, whose limits are not parameters, and an output map."""
    h, own = _heads(c, "num_attention_heads"), ".linear"
    layer = (
        *_half(h.d_model, "feed_forward1", own),
        *_attention(h, "self_attn", f"self_attn.post{own}", own),
        dense("self_attn.relative_k_proj", "relative positions", h.d_model, _inner(h)),
        rms_norm("norm_pre_attn", h.d_model),
        rms_norm("norm_post_attn", h.d_model),
        *_convolution(h.d_model, c.size("conv_kernel_size"), own),
        *_half(h.d_model, "feed_forward2", own),
        rms_norm("norm_out", h.d_model),
    )
    return (
        *_halved_spectrogram(c, h.d_model),
        Stack("layers", c.size("num_hidden_layers"), layer),
        dense("output_proj", "projections", h.d_model, c.size("output_proj_dims"), bias=True),
    )


def _heads(c: Config, key: str) -> Heads:
    """Heads whose width is the model's divided and rounded down."""
    n_heads = c.size(key)
    return Heads(c.size("hidden_size"), n_heads, n_heads, c.quotient("d_head", "hidden_size", key, rest=True))


def _inner(h: Heads) -> Size:
    width: Size = h.n_heads * h.d_head
    return width


def _half(d_model: Size, name: str, own: str = "") -> Parts:
    """Half a feed-forward (Gulati et al. 2020, eq. 1) between norms."""
    return (
        *plain(d_model, 4 * d_model, False, name, (f"ffw_layer_1{own}", f"ffw_layer_2{own}")),
        rms_norm(f"{name}.pre_layer_norm", d_model),
        rms_norm(f"{name}.post_layer_norm", d_model),
    )


def _attention(h: Heads, name: str, out: str, own: str = "") -> Parts:
    """Queries scaled elementwise; the output map has d_model inputs, which the heads must then divide."""
    names = f"{name}.q_proj{own}", f"{name}.k_proj{own}", f"{name}.v_proj{own}"
    return (
        *projections(h, names),
        bare(f"{name}.per_dim_scale", "attention", h.d_head),
        dense(out, "attention", h.d_model, h.d_model, role=OUTPUT),
    )


def _convolution(d_model: Size, kernel: Size, own: str = "") -> Parts:
    """A gated map, a depthwise convolution, and a map back."""
    return (
        dense(f"lconv1d.linear_start{own}", "convolution", d_model, 2 * d_model),
        along("lconv1d.depthwise_conv1d", 1, d_model, kernel, bias=False),
        dense(f"lconv1d.linear_end{own}", "convolution", d_model, d_model),
        rms_norm("lconv1d.pre_layer_norm", d_model),
        rms_norm("lconv1d.conv_norm", d_model),
    )


def _padded_spectrogram(c: Config, d_model: Size) -> Parts:
    """Two convolutions over a spectrogram with their norms, and a map of all remaining bands."""
    first, second = _two_sizes(c, "sscp_conv_channel_size")
    (high, wide, step), (later_high, later_wide, later_step) = _window(c, 0), _window(c, 1)
    n_bands = _bands(c, 0, c.size("input_feat_size"), wide, step)
    n_bands = _bands(c, 1, n_bands, later_wide, later_step)
    return (
        filters(f"{SPECTROGRAM}.conv_0.conv", "convolution", 1, first, (high, wide), False),
        rms_norm(f"{SPECTROGRAM}.conv_0.norm", first),
        filters(f"{SPECTROGRAM}.conv_1.conv", "convolution", first, second, (later_high, later_wide), False),
        rms_norm(f"{SPECTROGRAM}.conv_1.norm", second),
        dense(f"{SPECTROGRAM}.input_proj_linear", "convolution", second * n_bands, d_model),
    )


def _bands(c: Config, at: int, before: Sized, wide: int, step: int) -> Sized:
    """The number of bands after a convolution, from the number *before* it."""
    return c.follows(f"n_bands_{at}", f"bands after convolution {at}", before + (PADDING - wide + step), step)


def _window(c: Config, at: int) -> tuple[int, int, int]:
    """The height and width of convolution *at*, and its stride over bands."""
    (high, wide), (_, step) = _pair(c, "sscp_conv_kernel_size", at), _pair(c, "sscp_conv_stride_size", at)
    return high, wide, step


def _halved_spectrogram(c: Config, d_model: Size) -> Parts:
    """Two convolutions that halve a spectrogram with as many bands as the first has channels, and a map."""
    key, sides = "subsampling_conv_channels", (SIDE, SIDE)
    first, second = _two_sizes(c, key)
    quarter = c.follows("n_bands", f"{key}[0] / 4, rounded down", first, 4)
    return (
        filters(f"{SPECTROGRAM}.layer0.conv", "convolution", 1, first, sides, False),
        layer_norm(f"{SPECTROGRAM}.layer0.norm", first, bias=False),
        filters(f"{SPECTROGRAM}.layer1.conv", "convolution", first, second, sides, False),
        layer_norm(f"{SPECTROGRAM}.layer1.norm", second, bias=False),
        dense(f"{SPECTROGRAM}.input_proj_linear", "convolution", quarter * second, d_model),
    )


def _two_sizes(c: Config, key: str) -> list[Sized]:
    """The two whole numbers listed under *key*; raises ConfigError."""
    found = sizes(c, key)
    if len(found) != 2:
        raise c.refuse(key, "valid: a list of two whole numbers")
    return found


def _pair(c: Config, key: str, at: int) -> list[int]:
    """The pair at place *at* of two pairs of whole numbers under *key*; raises ConfigError."""
    pairs = c.get(key)
    if not isinstance(pairs, list) or len(pairs) != 2:
        raise c.refuse(key, "valid: two pairs of whole numbers")
    return _two(c, key, pairs[at])


def _two(c: Config, key: str, numbers: object) -> list[int]:
    if isinstance(numbers, list) and len(numbers) == 2 and all(type(one) is int and one > 0 for one in numbers):
        return numbers
    raise c.refuse(key, "valid: whole numbers from 1 up, in pairs")


GEMMA3N = Architecture(
    summary="Conformer over a spectrogram, with attention within chunks",
    source="Google 2025 (Gemma 3n)",
    body=gemma3n,
    heads={"base": no_head},
    uncosted="takes audio frames rather than tokens",
)
GEMMA4 = GEMMA3N._replace(source="Google 2026 (Gemma 4)", body=gemma4)
